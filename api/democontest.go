package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"gopkg.in/yaml.v3"

	"sotay/content"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/quiz"
)

// sampleContest is a contest of the demo province, as its file says. Its rounds
// are reckoned from the day of the first start.
type sampleContest struct {
	Key         string   `yaml:"key"`
	Title       string   `yaml:"title"`
	Description string   `yaml:"description"`
	Topics      []string `yaml:"topics"`
	Questions   []struct {
		Topic string `yaml:"topic"`
		Count int64  `yaml:"count"`
	} `yaml:"questions"`
	Attempts         int64  `yaml:"attempts"`
	TimeLimitSeconds int64  `yaml:"timeLimitSeconds"`
	Guess            string `yaml:"guess"`
	Rounds           []struct {
		Title       string `yaml:"title"`
		OpensOnDay  int    `yaml:"opensOnDay"`
		ClosesOnDay int    `yaml:"closesOnDay"`
	} `yaml:"rounds"`
	Prizes           []quiz.Prize `yaml:"prizes"`
	CollectivePrizes []quiz.Prize `yaml:"collectivePrizes"`
}

// demoContests brings the sample contests out. What is there already stays: its
// rounds are those of the first start.
func (p *program) demoContests(ctx context.Context, a *app, im *importer, approver *caller.Caller) error {
	files, err := fs.Glob(content.Files, "contests/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range files {
		text, err := content.Files.ReadFile(name)
		if err != nil {
			return err
		}
		var c sampleContest
		if err := yaml.Unmarshal(text, &c); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		id, err := a.demoContest(ctx, im, &c, p.hooks.now())
		if err == nil {
			err = im.release(ctx, imported{kind: quiz.KindContest, id: id}, approver)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// demoContest makes a sample contest, or finds it.
func (a *app) demoContest(ctx context.Context, im *importer, c *sampleContest, now time.Time) (string, error) {
	key := "sample/contest/" + c.Key
	old, err := a.quizzes.ImportedContest(ctx, key)
	if !errors.Is(err, fault.NotFound) {
		return old.ID, err
	}
	i, err := a.quizzes.CreateContest(ctx, im.editor, im.orgID, c.input(key, now))
	return i.ID, err
}

// input is the contest with the windows that its rounds have from a day on:
// from midnight to 17:30 in Vietnam.
func (c *sampleContest) input(key string, now time.Time) quiz.ContestInput {
	y, m, d := now.In(clock.Vietnam).Date()
	rounds := make([]quiz.Round, len(c.Rounds))
	for k, r := range c.Rounds {
		rounds[k] = quiz.Round{Title: r.Title, Guess: quiz.GuessKind(c.Guess), Window: quiz.Window{
			OpensAt:  time.Date(y, m, d+r.OpensOnDay, 0, 0, 0, 0, clock.Vietnam).UTC(),
			ClosesAt: time.Date(y, m, d+r.ClosesOnDay, 17, 30, 0, 0, clock.Vietnam).UTC()},
			Rules: quiz.Rules{Attempts: c.Attempts, TimeLimitSeconds: c.TimeLimitSeconds, ShuffleQuestions: true, ShuffleChoices: true}}
		for _, q := range c.Questions {
			rounds[k].Parts = append(rounds[k].Parts, quiz.Part{Topic: q.Topic, Count: q.Count})
		}
	}
	return quiz.ContestInput{Title: &c.Title, Description: &c.Description, Topics: &c.Topics, Rounds: &rounds, Prizes: &c.Prizes,
		CollectivePrizes: &c.CollectivePrizes, SourceKey: key}
}
