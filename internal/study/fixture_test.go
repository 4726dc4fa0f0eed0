package study

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/audience"
	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/editorial"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
	"sotay/internal/study/evidence"
	"sotay/internal/study/tally"
)

// orgs is a tree of four: root, and a, b and a younger one below it.
type orgs struct{}

// young is a unit that was formed on youngSince.
const young, youngSince = "moi-lap", "2026-11-24"

func (orgs) OrgPath(id string) []string {
	switch id {
	case "root":
		return []string{"root"}
	case "a", "b", young:
		return []string{"root", id}
	}
	return nil
}

// people is a directory whose members a test moves about.
type people struct {
	mu  sync.Mutex
	all map[string]caller.Identity
	// wants are those who have asked to be informed.
	wants map[string]bool
	// changed are those who were put, in order.
	changed []string
}

func member(id, org, kind, status string) caller.Identity {
	path := orgs{}.OrgPath(org)
	return caller.Identity{MemberID: id, OrgID: org, OrgPath: path, Units: path, Kind: kind, Status: status, MaySignIn: true}
}

func (p *people) put(m caller.Identity) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[m.MemberID] = m
	p.changed = append(p.changed, m.MemberID)
}

func (p *people) Identity(id string) (*caller.Identity, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, ok := p.all[id]
	return &m, ok
}

func (p *people) EachOn(_ string, fn func(*caller.Identity)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.all {
		fn(&m)
	}
}

func (p *people) UnitOn(day, orgID string) (string, []string, []string) {
	path := orgs{}.OrgPath(orgID)
	switch {
	case orgID == "root" && formed(day):
		return "Đảng bộ", path, []string{"a", "b", young}
	case orgID == "root":
		return "Đảng bộ", path, []string{"a", "b"}
	case orgID == young && !formed(day):
		return "", nil, nil
	}
	return "Chi bộ " + orgID, path, nil
}

func formed(day string) bool { return day == "" || day >= youngSince }

func (p *people) HeirOn(day, orgID string) string {
	if orgID == young && !formed(day) {
		return ""
	}
	return orgID
}

func (p *people) Standing(id string) (string, string, bool) {
	m, ok := p.Identity(id)
	return m.OrgID, m.Status, ok
}

func (p *people) NamedOn(_ context.Context, _, id string) (name, unit string, err error) {
	m, ok := p.Identity(id)
	if !ok {
		return "", "", nil
	}
	return "Nguyễn Văn " + id, "Chi bộ " + m.OrgID, nil
}

func (p *people) Changed(since any) ([]string, any, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, asked := since.(int)
	if !asked {
		return nil, len(p.changed), true
	}
	return slices.Clone(p.changed[n:]), len(p.changed), false
}

func (p *people) EachIn(orgID string, fn func(*caller.Identity)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.all {
		if slices.Contains(m.OrgPath, orgID) {
			fn(&m)
		}
	}
}

func (p *people) WantInformation(_ context.Context, ids []string) (map[string]bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = p.wants[id]
	}
	return out, nil
}

func (p *people) EnterpriseNames(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = "Công ty " + id
	}
	return out, nil
}

func (p *people) EachMember(_ context.Context, c *caller.Caller, orgID, _ string, _ int, fn func(memberID, name, orgID, kind, status string)) (*string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.all {
		if m.OrgID == orgID {
			fn(m.MemberID, "Người "+m.MemberID, m.OrgID, m.Kind, m.Status)
		}
	}
	return nil, nil
}

// texts has one document, "nq", of two sections; its second version changes the
// latter.
type texts struct{ live atomic.Int64 }

func (t *texts) HasSection(_ context.Context, id, _ string) (bool, error) { return id == "nq", nil }

func (t *texts) Sees(_ *caller.Identity, _, id string) bool { return id == "nq" && t.live.Load() != 0 }

func (t *texts) LiveVersion(_, id string) int64 {
	if id == "nq" {
		return t.live.Load()
	}
	return 0
}

func (t *texts) Outline(_ context.Context, _, _ string, version int64, fn func(string, int64, string)) (string, int64, error) {
	fn("s1", 100, "same") // 4.8 seconds at the least
	fn("s2", 100, map[int64]string{1: "old", 2: "new"}[version])
	return "Nghị quyết", 0, nil
}

// quizzes has one quiz, "kt", which those named have passed.
type quizzes struct {
	mu     sync.Mutex
	passed map[string]time.Time
}

func (q *quizzes) Out(id string) bool { return id == "kt" }

func (q *quizzes) Passed(_ context.Context, memberID, _ string) (time.Time, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.passed[memberID], nil
}

func (q *quizzes) PassedSince(_ context.Context, _ string, since time.Time, fn func(string) error) error {
	q.mu.Lock()
	found := maps.Clone(q.passed)
	q.mu.Unlock()
	for id, at := range found {
		if at.Before(since) {
			continue
		}
		if err := fn(id); err != nil {
			return err
		}
	}
	return nil
}

type plainEncoder struct{}

func (plainEncoder) Drive(id string, v *DriveVersion) ([]byte, error) {
	return json.Marshal(map[string]any{"id": id, "version": v.Number})
}

// testClock is a settable clock.
type testClock struct{ at atomic.Int64 }

func newClock() *testClock {
	c := &testClock{}
	c.at.Store(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *testClock) now() time.Time          { return time.UnixMilli(c.at.Load()).UTC() }
func (c *testClock) advance(d time.Duration) { c.at.Add(d.Milliseconds()) }

// world is what processes share.
type world struct {
	clock   *testClock
	people  *people
	texts   *texts
	quizzes *quizzes
}

func newWorld() *world {
	w := &world{clock: newClock(), people: &people{all: map[string]caller.Identity{}, wants: map[string]bool{}}, texts: &texts{}, quizzes: &quizzes{passed: map[string]time.Time{}}}
	w.texts.live.Store(1)
	return w
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

// replica opens the room on a store, as a process does.
func (w *world) replica(t testing.TB, e store.Engine) *Service {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rec, err := audit.New(e, w.clock.now)
	must(err)
	sec, err := secret.Parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	must(err)
	log, err := changelog.New(e, w.clock.now)
	must(err)
	desk, err := publication.NewDesk(e, log, w.clock.now, slog.New(slog.DiscardHandler))
	must(err)
	leases, err := store.NewLeases(e, store.LeaseOptions{})
	must(err)
	unmarked := func(string) bool { return false }
	s, err := New(Deps{Engine: e, Orgs: orgs{}, People: w.people, Texts: w.texts, Quizzes: w.quizzes, Changes: log, Desk: desk, Encoder: plainEncoder{},
		Classified: unmarked, ClassifiedLine: unmarked, Audit: rec, Leases: leases, Pages: page.New(sec), Rules: tally.Usual(), Reading: evidence.Usual(), Now: w.clock.now, Log: slog.New(slog.DiscardHandler)})
	must(err)
	must(s.Start(t.Context()))
	return s
}

func staff(id string, role caller.RoleName, org string) *caller.Caller {
	m := member(id, org, "official", "active")
	m.Roles = []caller.Role{{Name: role, OrgID: org}}
	return &caller.Caller{Identity: &m, SessionID: "phien-" + id}
}

// as is a member who asks.
func (w *world) as(id string) *caller.Caller {
	m, _ := w.people.Identity(id)
	return &caller.Caller{Identity: m, SessionID: "may-" + id}
}

// publish publishes a drive that has been open for an hour.
func (w *world) publish(t testing.TB, s *Service, steps ...Step) string {
	t.Helper()
	now := w.clock.now()
	title, opens, due, closes := "Đợt học tập", now.Add(-time.Hour), now.AddDate(0, 0, 5), now.AddDate(0, 0, 9)
	everyone := audience.Everyone()
	editor, approver := staff("bt", caller.Editor, "root"), staff("duyet", caller.Approver, "root")
	i, err := s.CreateDrive(t.Context(), editor, "root", DriveInput{Title: &title, Steps: &steps, OpensAt: &opens, DueAt: &due, ClosesAt: &closes, Visibility: &everyone})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []editorial.Verb{editorial.Submit, editorial.Approve, editorial.Publish} {
		who := approver
		if v == editorial.Submit {
			who = editor
		}
		if _, err := s.StepDrive(t.Context(), who, i.ID, v, 0, ""); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
	}
	return i.ID
}

// reads sends what a phone has seen of a section in one sitting: ten seconds of
// it, to its end.
func (w *world) reads(t testing.TB, s *Service, id, section string, version int64) {
	t.Helper()
	w.clock.advance(12 * time.Second) // nobody reads two sections at once
	now := w.clock.now()
	e := Event{ID: section, Kind: ProgressEvent, TextKind: textDocument, TextID: "nq", Version: version, SectionID: section, SessionID: section + "-" + now.String(), At: now.Add(-11 * time.Second)}
	later := e
	later.At, later.ForegroundMillis, later.ReachedEnd = now, 10_000, true
	out, err := s.TakeEvents(t.Context(), w.as(id), nil, []Event{e, later})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range out {
		if r.Fault != nil {
			t.Fatalf("%s: %v", section, r.Fault)
		}
	}
}

// count is the whole report, now.
func (w *world) count(t testing.TB, s *Service, drive, asOf string) *Report {
	t.Helper()
	r, err := s.Report(t.Context(), staff("ld", caller.Leader, "root"), drive, "", asOf, 1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readStep() Step { return Step{Kind: ReadStep, DocumentID: "nq"} }
func quizStep() Step { return Step{Kind: QuizStep, QuizID: "kt"} }
