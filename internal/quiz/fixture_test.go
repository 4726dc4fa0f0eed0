package quiz

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/editorial"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/quiz/question"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// orgs is a tree of three: root, and a and b below it.
type orgs struct{}

func (orgs) OrgPath(id string) []string {
	switch id {
	case "root":
		return []string{"root"}
	case "a", "b":
		return []string{"root", id}
	}
	return nil
}

// people has everybody, in organisation a, but for "khong-co".
type people struct{}

func (people) Identity(id string) (*caller.Identity, bool) {
	return who(id, "a").Identity, id != "khong-co"
}

// noTexts has no document.
type noTexts struct{}

func (noTexts) HasSection(context.Context, string, string) (bool, error) { return false, nil }

// plainEncoder writes what tests look for.
type plainEncoder struct{}

func (plainEncoder) Quiz(id string, v *QuizVersion) ([]byte, error) {
	return json.Marshal(map[string]any{"id": id, "version": v.Number, "title": v.Payload.Title})
}

func (plainEncoder) Contest(id string, v *ContestVersion) ([]byte, error) {
	return json.Marshal(map[string]any{"id": id, "version": v.Number, "title": v.Payload.Title})
}

// devices are named like the sessions on them.
type devices struct{}

func (devices) InstallationOf(_ context.Context, sessionID string) (string, error) {
	return sessionID, nil
}

// rollNames has names for all but those who were erased.
type rollNames struct{}

func (rollNames) MemberNames(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		if id != "erased" {
			out[id] = "Người " + id
		}
	}
	return out, nil
}

func (rollNames) OrgName(orgID, _ string) string { return "Đơn vị " + orgID }

// testClock is a settable clock.
type testClock struct{ at atomic.Int64 }

func newClock() *testClock {
	c := &testClock{}
	c.at.Store(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *testClock) now() time.Time          { return time.UnixMilli(c.at.Load()).UTC() }
func (c *testClock) advance(d time.Duration) { c.at.Add(d.Milliseconds()) }

// fixture is the room on a store of its own.
type fixture struct {
	*Service
	engine           store.Engine
	clock            *testClock
	editor, approver *caller.Caller
}

func openEngine(t testing.TB) store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	schemas := append(append(Schemas(), publication.Schemas()...), audit.EntrySchema(), audit.SealSchema())
	if err := e.Prepare(t.Context(), append(schemas, store.LeaseSchema())); err != nil {
		t.Fatal(err)
	}
	return e
}

// newFixture opens the room on a store, as a process does.
func newFixture(t testing.TB, e store.Engine, c *testClock) *fixture {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rec, err := audit.New(e, c.now)
	must(err)
	sec, err := secret.Parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	must(err)
	log, err := changelog.New(e, c.now)
	must(err)
	desk, err := publication.NewDesk(e, log, c.now, slog.New(slog.DiscardHandler))
	must(err)
	leases, err := store.NewLeases(e, store.LeaseOptions{})
	must(err)
	unmarked := func(string) bool { return false }
	s, err := New(Deps{Engine: e, Orgs: orgs{}, Members: people{}, Texts: noTexts{}, Devices: devices{}, People: rollNames{}, Changes: log, Desk: desk, Encoder: plainEncoder{}, Classified: unmarked,
		ClassifiedLine: unmarked, Audit: rec, Secret: sec, Leases: leases, Pages: page.New(sec), Now: c.now, Log: slog.New(slog.DiscardHandler)})
	must(err)
	must(s.Start(t.Context()))
	return &fixture{Service: s, engine: e, clock: c, editor: who("editor", "root", caller.Editor), approver: who("approver", "root", caller.Approver)}
}

// who is a member of an organisation, with roles over the root.
func who(id, org string, roles ...caller.RoleName) *caller.Caller {
	i := &caller.Identity{MemberID: id, OrgID: org, OrgPath: orgs{}.OrgPath(org), Units: orgs{}.OrgPath(org), Status: "active", MaySignIn: true, Audience: org}
	for _, r := range roles {
		i.Roles = append(i.Roles, caller.Role{Name: r, OrgID: "root", From: "2020-01-01"})
	}
	return &caller.Caller{Identity: i, SessionID: "session-" + id}
}

// phone is the same member in another session.
func phone(c *caller.Caller, session string) *caller.Caller {
	return &caller.Caller{Identity: c.Identity, SessionID: session}
}

func ptr[T any](v T) *T { return &v }

// aQuestion publishes a single choice whose right one is "dung".
func (f *fixture) aQuestion(t testing.TB, text string) string {
	t.Helper()
	return f.publishQuestion(t, question.Question{Kind: question.Single, Text: text, Explanation: "Vì " + text, Choices: []question.Choice{
		{ID: "sai", Text: "Sai"}, {ID: "dung", Text: "Đúng", Right: true}, {ID: "thieu", Text: "Thiếu"}}})
}

func (f *fixture) publishQuestion(t testing.TB, q question.Question) string {
	t.Helper()
	i, err := f.CreateQuestion(t.Context(), f.editor, "root", q)
	if err != nil {
		t.Fatal(err)
	}
	f.steps(t, func(by *caller.Caller, v editorial.Verb) error {
		_, err := f.StepQuestion(t.Context(), by, i.ID, v, 0, "lý do")
		return err
	}, editorial.Submit, editorial.Approve, editorial.Publish)
	return i.ID
}

// aQuiz publishes a quiz of n questions, or the next version of the one named.
func (f *fixture) aQuiz(t testing.TB, id string, n int, change func(*QuizInput)) string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = f.aQuestion(t, fmt.Sprintf("Câu %d", i+1))
	}
	in := QuizInput{Title: ptr("Đề"), Parts: &[]Part{{QuestionIDs: ids}}, Rules: &Rules{Counts: Best, PassMark: 50}}
	if change != nil {
		change(&in)
	}
	if id == "" {
		i, err := f.CreateQuiz(t.Context(), f.editor, "root", in)
		if err != nil {
			t.Fatal(err)
		}
		id = i.ID
	} else if _, err := f.UpdateQuiz(t.Context(), f.editor, id, 0, in); err != nil {
		t.Fatal(err)
	}
	f.step(t, id, editorial.Submit, editorial.Approve, editorial.Publish)
	return id
}

// step takes a quiz on.
func (f *fixture) step(t testing.TB, id string, verbs ...editorial.Verb) {
	t.Helper()
	f.steps(t, func(by *caller.Caller, v editorial.Verb) error {
		_, err := f.StepQuiz(t.Context(), by, id, v, 0, "lý do")
		return err
	}, verbs...)
}

func (f *fixture) steps(t testing.TB, do func(*caller.Caller, editorial.Verb) error, verbs ...editorial.Verb) {
	t.Helper()
	for _, v := range verbs {
		by := f.editor
		if v == editorial.Approve {
			by = f.approver
		}
		if err := do(by, v); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", v, err))
		}
	}
}

// choose answers a question of an attempt.
func (f *fixture) choose(t testing.TB, c *caller.Caller, attemptID, item, choice string, at *time.Time) Saved {
	t.Helper()
	out, err := f.Save(t.Context(), c, attemptID, Save{Item: item, Response: question.Response{ChoiceIDs: []string{choice}}, At: at})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sweep has the sweepers of this process do what is due.
func (f *fixture) sweep(t testing.TB) {
	t.Helper()
	for _, s := range f.Sweepers() {
		if _, err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
