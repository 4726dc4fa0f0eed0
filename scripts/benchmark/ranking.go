package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/editorial"
	"sotay/internal/httpapi"
	"sotay/internal/ident"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/quiz"
	"sotay/internal/quiz/question"
	"sotay/internal/quiz/rank"
	"sotay/internal/quiz/rank/ranktest"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// ranking measures what happens after the close of a round as large as the
// largest that was published, in a process that does nothing else.
type ranking struct {
	file string
	// late is how many facts are still to be put down when the ranking begins:
	// one second of a rush, though the server waits ten after the close.
	late int

	engine   *sqlite.Engine
	room     *quiz.Service
	attempts *store.Collection[quiz.Attempt]
	now      atomic.Int64
}

func (r *ranking) run(ctx context.Context) (err error) {
	if r.engine, err = sqlite.Open(ctx, sqlite.Options{Path: r.file, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.engine.Close(context.WithoutCancel(ctx))) }()
	closes := time.Date(2026, 12, 4, 10, 30, 0, 0, time.UTC)
	opens := closes.Add(-7 * 24 * time.Hour)
	r.now.Store(opens.Add(-time.Hour).UnixMilli())
	if err := r.open(ctx); err != nil {
		return err
	}
	id, err := r.contest(ctx, opens, closes)
	if err != nil {
		return err
	}
	facts := ranktest.Real(opens.UnixMilli(), closes.UnixMilli()).Facts(15)
	slices.SortFunc(facts, func(a, b rank.Fact) int { return int(a.SubmittedAt - b.SubmittedAt) })
	sitting := quiz.RoundID(id, 1)
	early := len(facts) - r.late
	if err := r.fill(ctx, sitting, facts[:early]); err != nil {
		return err
	}
	r.now.Store(facts[early-1].SubmittedAt + 6*60*1000)
	r.now.Store(min(r.now.Load(), closes.UnixMilli()-1))
	folding := cpu()
	if err := r.room.RankDue(ctx); err != nil {
		return err
	}
	folding = cpu() - folding
	if err := r.fill(ctx, sitting, facts[early:]); err != nil {
		return err
	}
	return r.measure(ctx, sitting, closes, folding, early)
}

// measure closes the round and ranks it.
func (r *ranking) measure(ctx context.Context, sitting string, closes time.Time, folding time.Duration, folded int) error {
	debug.FreeOSMemory()
	idle := memory("VmRSS:")
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak begins here
	r.now.Store(closes.Add(time.Minute).UnixMilli())
	begin, used := time.Now(), cpu()
	if err := r.room.RankDue(ctx); err != nil {
		return err
	}
	took, used := time.Since(begin), cpu()-used
	atMost("ranking_seconds", took.Seconds(), 2)
	atMost("ranking_memory_mb", memory("VmHWM:")-idle, 300)
	note("ranking: 282,294 attempts by 106,252 people; after the close %.2f s of processor time, %d attempts still to be put down; idle at %.0f MB", used.Seconds(), r.late, idle)
	note("ranking: while the round ran, putting down a fact cost %.0f us of processor time", float64(folding.Microseconds())/float64(folded))
	begin = time.Now()
	n := 0
	err := r.attempts.AllRaw(ctx, store.Query{Index: "closed", Eq: []any{sitting}}, func(doc store.Raw) error {
		n++
		return store.Walk(doc, func([]byte, store.Value) {})
	})
	note("ranking: reading the %d attempts themselves instead would take %.1f s", n, time.Since(begin).Seconds())
	return err
}

// fill inserts closed attempts of ten answers each.
func (r *ranking) fill(ctx context.Context, sitting string, facts []rank.Fact) error {
	for at := 0; at < len(facts); at += store.MaxPage {
		var rows []*quiz.Attempt
		for i := at; i < min(at+store.MaxPage, len(facts)); i++ {
			rows = append(rows, closedAttempt(sitting, &facts[i]))
		}
		if err := errors.Join(r.attempts.InsertMany(ctx, rows)...); err != nil {
			return err
		}
		if at%50_000 == 0 {
			fmt.Fprintf(os.Stderr, "filled in %d of %d attempts\n", at, len(facts))
		}
	}
	return ctx.Err()
}

func closedAttempt(sitting string, f *rank.Fact) *quiz.Attempt {
	closed := time.UnixMilli(f.SubmittedAt).UTC()
	guess := f.Guess
	a := &quiz.Attempt{SittingID: sitting, Mine: sitting + "/" + f.Member, MemberID: f.Member, Number: f.Number, OrgID: f.Unit, Version: 1, PaperID: sitting + "/1",
		Seed: make([]byte, 16), State: quiz.Submitted, StartedAt: closed.Add(-time.Duration(f.Duration) * time.Millisecond), ClosedAt: closed,
		Due: -closed.UnixMilli(), Right: f.Right, Mark: f.Mark, Guess: &guess, Device: f.Device}
	a.ID = ident.Derive("attempt", a.Mine, strconv.FormatInt(f.Number, 10))
	for q := range f.Total {
		a.Places, a.Marks = append(a.Places, q), append(a.Marks, 0)
		a.Answers = append(a.Answers, quiz.Answer{Item: fmt.Sprintf("q%d", q+1), Seq: 1, Response: question.Response{ChoiceIDs: []string{f.Member}}, At: closed})
	}
	return a
}

// open joins the room with the least that it needs.
func (r *ranking) open(ctx context.Context) error {
	schemas := append(append(quiz.Schemas(), publication.Schemas()...), audit.EntrySchema(), audit.SealSchema())
	if err := store.Migrate(ctx, r.engine, schemas, nil); err != nil {
		return err
	}
	now := func() time.Time { return time.UnixMilli(r.now.Load()).UTC() }
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	record, err := audit.New(r.engine, now)
	if err != nil {
		return err
	}
	sec, err := secret.Parse(strings.Repeat("A", 43) + "=")
	if err != nil {
		return err
	}
	changes, err := changelog.New(r.engine, now)
	if err != nil {
		return err
	}
	desk, err := publication.NewDesk(r.engine, changes, now, log)
	if err != nil {
		return err
	}
	leases, err := store.NewLeases(r.engine, store.LeaseOptions{})
	if err != nil {
		return err
	}
	unmarked := func(string) bool { return false }
	r.room, err = quiz.New(quiz.Deps{Engine: r.engine, Orgs: benchTree{}, Members: benchTree{}, Texts: benchTree{}, Devices: benchTree{}, People: benchTree{}, Changes: changes,
		Desk: desk, Encoder: httpapi.Encoder{}, Classified: unmarked, ClassifiedLine: unmarked, Audit: record, Secret: sec, Leases: leases, Pages: page.New(sec), Now: now, Log: log})
	if err != nil {
		return err
	}
	for _, s := range quiz.Schemas() {
		if s.Name == "attempts" {
			if r.attempts, err = store.NewCollection[quiz.Attempt](r.engine, s); err != nil {
				return err
			}
		}
	}
	return r.room.Start(ctx)
}

// contest publishes a contest of one round.
func (r *ranking) contest(ctx context.Context, opens, closes time.Time) (string, error) {
	who := func(id string, role caller.RoleName) *caller.Caller {
		return &caller.Caller{Identity: &caller.Identity{MemberID: id, OrgID: "root", OrgPath: []string{"root"}, Roles: []caller.Role{{Name: role, OrgID: "root"}}}}
	}
	editor, approver := who("editor", caller.Editor), who("approver", caller.Approver)
	q, err := r.room.CreateQuestion(ctx, editor, "root", question.Question{Kind: question.TrueFalse, Text: "Đúng hay sai?",
		Choices: []question.Choice{{ID: "true", Text: "Đúng", Right: true}, {ID: "false", Text: "Sai"}}})
	if err != nil {
		return "", err
	}
	title := "Tuần thi"
	c, err := r.room.CreateContest(ctx, editor, "root", quiz.ContestInput{Title: &title, Rounds: &[]quiz.Round{{Title: "Tuần 15", Window: quiz.Window{OpensAt: opens, ClosesAt: closes},
		Guess: quiz.GuessAllCorrect, Parts: []quiz.Part{{QuestionIDs: []string{q.ID}}}}}})
	if err != nil {
		return "", err
	}
	steps := []struct {
		verb editorial.Verb
		who  *caller.Caller
	}{{editorial.Submit, editor}, {editorial.Approve, approver}, {editorial.Publish, approver}}
	for _, st := range steps {
		if _, err := r.room.StepQuestion(ctx, st.who, q.ID, st.verb, 0, ""); err != nil {
			return "", fmt.Errorf("%s question: %w", st.verb, err)
		}
	}
	for _, st := range steps {
		if _, err := r.room.StepContest(ctx, st.who, c.ID, st.verb, 0, ""); err != nil {
			return "", fmt.Errorf("%s contest: %w", st.verb, err)
		}
	}
	return c.ID, nil
}

// benchTree is a province of many branches, and whatever else the room asks
// for.
type benchTree struct{}

func (benchTree) OrgPath(id string) []string {
	if id == "root" {
		return []string{"root"}
	}
	return []string{"root", "group-" + id[max(0, len(id)-2):], id}
}

func (benchTree) Identity(string) (*caller.Identity, bool) { return nil, false }

func (benchTree) HasSection(context.Context, string, string) (bool, error) { return false, nil }

func (benchTree) InstallationOf(context.Context, string) (string, error) { return "", nil }

func (benchTree) MemberNames(context.Context, []string) (map[string]string, error) { return nil, nil }

func (benchTree) OrgName(orgID, _ string) string { return orgID }

// cpu is the processor time of this process.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory is a line of this process's status in MB.
func memory(line string) float64 {
	b, _ := os.ReadFile("/proc/self/status")
	for l := range strings.SplitSeq(string(b), "\n") {
		if v, ok := strings.CutPrefix(l, line); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(v)[0], 64)
			return kb / 1024
		}
	}
	return 0
}
