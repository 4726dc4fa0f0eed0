package quiz

import (
	"time"

	"sotay/internal/publication"
	"sotay/internal/quiz/question"
)

// The kinds in the change log, and the kind of what stays in the bank.
const (
	KindQuiz     = "quiz"
	KindContest  = "contest"
	KindQuestion = "question"
)

// Part is a stretch of a paper: named questions, or some drawn for each attempt
// from those named or from the bank's of a topic and difficulty.
type Part struct {
	// QuestionIDs are the named questions; empty draws from the bank.
	QuestionIDs []string `bson:"questionIds"`
	// Topic and Difficulty choose from the bank; a difficulty of "" is any.
	// Topics are compared without marks and case.
	Topic      string              `bson:"topic"`
	Difficulty question.Difficulty `bson:"difficulty"`
	// Count is how many of them an attempt gets; 0 is all, of named ones only.
	Count int64 `bson:"count"`
	// Pinned are the versions that the part stands for, set when the draft is
	// handed in, so that what is approved is what goes out.
	Pinned []Pin `bson:"pinned"`
}

// Pin names one version of a question.
type Pin struct {
	QuestionID string `bson:"questionId"`
	Version    int64  `bson:"version"`
}

// Counts says which of a member's attempts is the one that counts.
type Counts string

// The attempts that can count.
const (
	Best  Counts = "best"
	Last  Counts = "last"
	First Counts = "first"
)

// UsualPassMark is that of a quiz whose author says none.
const UsualPassMark = 50

// Rules are how a sitting is sat.
type Rules struct {
	// TimeLimitSeconds is how long an attempt lasts, 0 for as long as the
	// sitting is open.
	TimeLimitSeconds int64 `bson:"timeLimitSeconds"`
	// Attempts is how many a member has, 0 for any number.
	Attempts int64 `bson:"attempts"`
	// PauseSeconds is the wait from the end of an attempt to the next.
	PauseSeconds int64 `bson:"pauseSeconds"`
	// PassMark is the score that passes, in per cent of the full mark; with 0
	// whatever is handed in does.
	PassMark         int64  `bson:"passMark"`
	Counts           Counts `bson:"counts"`
	ShuffleQuestions bool   `bson:"shuffleQuestions"`
	ShuffleChoices   bool   `bson:"shuffleChoices"`
}

// When says when something of the outcome may be shown to the member.
type When string

// The times at which something may be shown.
const (
	AfterSubmit      When = "afterSubmit"
	AfterLastAttempt When = "afterLastAttempt"
	AfterClose       When = "afterClose"
	Never            When = "never"
)

// Review says what of an outcome is shown when.
type Review struct {
	Score        When `bson:"score"`
	Answers      When `bson:"answers"`
	Explanations When `bson:"explanations"`
}

// Window is when attempts may be begun. Either end may be the zero time, for
// none.
type Window struct {
	OpensAt  time.Time `bson:"opensAt"`
	ClosesAt time.Time `bson:"closesAt"`
	// HardClose ends running attempts at the close; else they have their time.
	HardClose bool `bson:"hardClose"`
}

// Opened tells whether attempts may be begun by now, Closed whether no more.
func (w *Window) Opened(now time.Time) bool { return w.OpensAt.IsZero() || !now.Before(w.OpensAt) }

// Closed tells whether attempts may no longer be begun.
func (w *Window) Closed(now time.Time) bool { return !w.ClosesAt.IsZero() && !now.Before(w.ClosesAt) }

// Quiz is the content of one version of a study quiz.
type Quiz struct {
	Title       string   `bson:"title"`
	Description string   `bson:"description"`
	DocumentID  string   `bson:"documentId"` // "" when it belongs to none
	Topics      []string `bson:"topics"`
	Language    string   `bson:"language"`
	Parts       []Part   `bson:"parts"`
	Rules       Rules    `bson:"rules"`
	Review      Review   `bson:"review"`
	Window      Window   `bson:"window"`
	// Offline allows leases: an attempt begun without signal.
	Offline bool `bson:"offline"`
	// Practice allows leases that carry salted answers, for feedback after
	// each answer. They are no attempts and count for nothing.
	Practice bool `bson:"practice"`
}

// The items and versions of the kinds.
type (
	QuestionItem    = publication.Item[question.Question]
	QuestionVersion = publication.Version[question.Question]
	QuizItem        = publication.Item[Quiz]
	QuizVersion     = publication.Version[Quiz]
)

// Questions is how many questions an attempt has.
func Questions(parts []Part) int64 {
	var n int64
	for i := range parts {
		p := &parts[i]
		switch {
		case p.Count > 0:
			n += p.Count
		case len(p.Pinned) > 0:
			n += int64(len(p.Pinned))
		default:
			n += int64(len(p.QuestionIDs))
		}
	}
	return n
}
