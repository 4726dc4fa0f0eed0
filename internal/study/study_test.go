package study

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
	"sotay/internal/store/storetest"
	"sotay/internal/study/tally"
)

// A whole drive with every kind of member.
func TestDrive(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	for id, m := range map[string][3]string{"doc": {"a", "official", "active"}, "dubi": {"a", "probationary", "active"}, "mien": {"a", "official", "exempt"},
		"tam": {"b", "official", "temporarilyExempt"}, "khach": {"b", "official", "temporaryAttachment"}, "dinhchi": {"b", "official", "suspended"},
		"nghi": {"b", "official", "resigned"}, "giay": {"b", "official", "active"}, "sau": {"", "official", "active"}} {
		w.people.put(member(id, m[0], m[1], m[2]))
	}
	drive := w.publish(t, s, readStep(), quizStep())
	if _, err := s.Report(t.Context(), staff("ld", caller.Leader, "root"), drive, "", "", 1); !errors.Is(err, notOpen) {
		t.Fatalf("a report before the roll: %v", err)
	}
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := tally.Counts{Total: 6, Exempt: 2, TemporarilyExempt: 1, Obliged: 4}
	if r := w.count(t, s, drive, ""); r.Unit.Counts != want || r.RollDate != "2026-11-23" || len(r.Unit.Units) != 2 || r.Unit.Units[0].Counts.Total != 3 {
		t.Fatalf("the roll: %+v", r)
	}
	// Who reads to the end and passes has completed, once; the exempt member's
	// is credit.
	for _, id := range []string{"doc", "mien"} {
		w.reads(t, s, id, "s1", 1)
		w.reads(t, s, id, "s2", 1)
		if m, err := s.Drive(t.Context(), w.as(id), drive); err != nil || m.Completion != nil || !m.Steps[0].Done || m.Steps[1].Done {
			t.Fatalf("%s before the quiz: %+v, %v", id, m, err)
		}
		w.quizzes.passed[id] = w.clock.now()
	}
	w.clock.advance(time.Minute)
	for id, basis := range map[string]tally.Basis{"doc": tally.ByApp, "mien": tally.Voluntary} {
		m, err := s.Drive(t.Context(), w.as(id), drive)
		if err != nil || m.Completion == nil || m.Completion.Basis != basis || m.DueAt.IsZero() != (id == "mien") || m.Obliged != (id == "doc") {
			t.Fatalf("%s: %+v, %v", id, m, err)
		}
	}
	w.reads(t, s, "dubi", "s1", 1)
	secretary := staff("bithu", caller.Secretary, "b")
	for k, fresh := range []bool{true, false} {
		_, first, err := s.RecordOnBehalf(t.Context(), secretary, drive, OnBehalf{MemberID: "giay", Method: "paper", On: "2026-11-23", Reason: "Không có điện thoại"})
		if err != nil || first != fresh {
			t.Fatalf("on behalf, time %d: fresh %v, %v", k, first, err)
		}
	}
	if _, _, err := s.RecordOnBehalf(t.Context(), secretary, drive, OnBehalf{MemberID: "dubi", Method: "paper", On: "2026-11-23", Reason: "r"}); !errors.Is(err, fault.NotFound) {
		t.Errorf("for another branch: %v", err)
	}
	want.CompletedObliged, want.CompletedExempt, want.OnBehalf, want.Voluntary, want.InProgress, want.QuizPassed = 2, 1, 1, 1, 1, 2
	if r := w.count(t, s, drive, ""); r.Unit.Counts != want {
		t.Errorf("after the reading: %+v\nwant %+v", r.Unit.Counts, want)
	}
	// What comes in mid-drive is noted and moves no denominator.
	w.clock.advance(24 * time.Hour)
	if err := s.NoteChanges(t.Context()); err != nil { // from now on it looks at who changes
		t.Fatal(err)
	}
	w.people.put(member("dubi", "b", "probationary", "active"))
	w.people.put(member("khach", "b", "official", "exempt"))
	w.people.put(member("giay", "b", "official", "deceased"))
	for range 2 {
		if err := s.NoteChanges(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	before := want
	want.MovedSince, want.ExemptedSince, want.DiedSince = 1, 1, 1
	if r := w.count(t, s, drive, ""); r.Unit.Counts != want {
		t.Errorf("with notes: %+v\nwant %+v", r.Unit.Counts, want)
	}
	if m, err := s.Drive(t.Context(), w.as("khach"), drive); err != nil || m.Obliged || !m.DueAt.IsZero() {
		t.Errorf("exempted in mid-drive: %+v, %v", m, err)
	}
	if r := w.count(t, s, drive, "2026-11-23"); r.Unit.Counts != before {
		t.Errorf("as of the day before: %+v\nwant %+v", r.Unit.Counts, before)
	}
	// A correction takes a completion back, and gives it again.
	id := CompletionID(drive, "doc")
	if _, err := s.Correct(t.Context(), secretary, id, Revoke, "Nhầm người"); !errors.Is(err, fault.NotFound) {
		t.Errorf("by another branch: %v", err)
	}
	own := staff("bithu-a", caller.Secretary, "a")
	for k, kind := range []CorrectionKind{Revoke, Reinstate} {
		w.clock.advance(time.Minute)
		if _, err := s.Correct(t.Context(), own, id, kind, "Nhầm người"); err != nil {
			t.Fatal(err)
		}
		want.CompletedObliged, want.InProgress = int64(1+k), int64(2-k) // what was read stays read
		if r := w.count(t, s, drive, ""); r.Unit.Counts != want {
			t.Errorf("after %s: %+v\nwant %+v", kind, r.Unit.Counts, want)
		}
	}
	list, _, err := s.Members(t.Context(), secretary, "b", drive, StateCompleted, "", 50)
	if err != nil || len(list) != 1 || list[0].MemberID != "giay" || list[0].Name != "Người giay" {
		t.Errorf("completed in branch b: %+v, %v", list, err)
	}
}

// A section that says the same in a new version need not be read again, and one
// that changed must.
func TestNewVersionInMidDrive(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	drive := w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.reads(t, s, "doc", "s1", 1)
	w.texts.live.Store(2)
	w.reads(t, s, "doc", "s2", 1) // of the old version
	if m, err := s.Drive(t.Context(), w.as("doc"), drive); err != nil || m.Steps[0].Read != 1 || m.Completion != nil {
		t.Fatalf("the changed section: %+v, %v", m.Steps, err)
	}
	w.reads(t, s, "doc", "s2", 2)
	if m, err := s.Drive(t.Context(), w.as("doc"), drive); err != nil || m.Completion == nil || m.Completion.Studied[0].Version != 2 {
		t.Fatalf("both sections: %+v, %v", m, err)
	}
}

// Who has completed is asked for what changed since, and for nothing else; that
// they have read it is a fact of its own.
func TestTopUp(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	drive := w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.reads(t, s, "doc", "s1", 1)
	w.reads(t, s, "doc", "s2", 1)
	w.texts.live.Store(2)
	before, err := s.Drive(t.Context(), w.as("doc"), drive)
	if err != nil || before.Completion == nil || before.Steps[0].Read != 1 || before.Steps[0].Done {
		t.Fatalf("asked for what changed: %+v, %v", before, err)
	}
	w.clock.advance(time.Hour)
	w.reads(t, s, "doc", "s2", 2)
	after, err := s.Drive(t.Context(), w.as("doc"), drive)
	if err != nil {
		t.Fatal(err)
	}
	c := after.Completion
	if len(c.TopUps) != 1 || c.TopUps[0].Studied[0].Version != 2 || c.Studied[0].Version != 1 || !c.RecordedAt.Equal(before.Completion.RecordedAt) {
		t.Errorf("%+v", c)
	}
	if n := w.count(t, s, drive, "").Unit.Counts; n.CompletedObliged != 1 {
		t.Errorf("%+v", n)
	}
}

// A text that is withdrawn in mid-drive completes it for nobody.
func TestWithdrawnText(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	w.people.put(member("khong", "a", "official", "active"))
	drive := w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.texts.live.Store(0)
	w.reads(t, s, "doc", "s1", 1)
	w.reads(t, s, "doc", "s2", 1) // from a phone that had it
	for id, done := range map[string]bool{"doc": true, "khong": false} {
		if m, err := s.Drive(t.Context(), w.as(id), drive); err != nil || (m.Completion != nil) != done {
			t.Errorf("%s: %+v, %v", id, m, err)
		}
	}
}

// Who was recorded by mistake, and studies later, has completed by that; the
// order of facts is kept whatever the clocks say that wrote them.
func TestStudyAfterARevocation(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	drive := w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	secretary := staff("bithu", caller.Secretary, "a")
	if _, _, err := s.RecordOnBehalf(t.Context(), secretary, drive, OnBehalf{MemberID: "doc", Method: "paper", On: "2026-11-23", Reason: "r"}); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(-time.Minute) // another process, whose clock is behind
	if _, err := s.Correct(t.Context(), secretary, CompletionID(drive, "doc"), Revoke, "Nhầm người"); err != nil {
		t.Fatal(err)
	}
	if c := w.count(t, s, drive, "").Unit.Counts; c.CompletedObliged != 0 || c.OnBehalf != 0 {
		t.Errorf("revoked: %+v", c)
	}
	w.clock.advance(time.Hour)
	w.reads(t, s, "doc", "s1", 1)
	w.reads(t, s, "doc", "s2", 1)
	if c := w.count(t, s, drive, "").Unit.Counts; c.CompletedObliged != 1 || c.OnBehalf != 0 {
		t.Errorf("studied later: %+v", c)
	}
	if _, _, err := s.RecordOnBehalf(t.Context(), staff("doc", caller.Secretary, "a"), drive, OnBehalf{MemberID: "doc", Method: "paper", On: "2026-11-23", Reason: "r"}); !errors.Is(err, notYourOwn) {
		t.Errorf("one's own: %v", err)
	}
}

// Whom a drive is for stays once its roll has been taken down.
func TestOpenDriveKeepsItsRoll(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	drive := w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	editor := staff("bt", caller.Editor, "root")
	later := w.clock.now().Add(time.Hour)
	_, err := s.UpdateDrive(t.Context(), editor, drive, 0, DriveInput{OpensAt: &later, Audience: &Audience{Kinds: []string{"official"}}})
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) != 2 || f.Fields[0].Code != "already_open" {
		t.Errorf("%v", err)
	}
	due := w.clock.now().AddDate(0, 0, 7)
	if _, err := s.UpdateDrive(t.Context(), editor, drive, 0, DriveInput{DueAt: &due}); err != nil {
		t.Errorf("a later deadline: %v", err)
	}
}

// Two processes take the roll down at once: one is kept, nobody stands twice,
// and nothing of the other is left.
func TestOneRoll(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	one := w.replica(t, e)
	for k := range 450 {
		w.people.put(member(fmt.Sprintf("m%03d", k), map[bool]string{true: "a", false: "b"}[k%3 > 0], "official", "active"))
	}
	drive := w.publish(t, one, readStep())
	two := w.replica(t, e)
	v, err := one.drive(drive)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, s := range []*Service{one, two} {
		wg.Go(func() {
			if err := s.open(t.Context(), v); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	pages, members := 0, map[string]bool{}
	err = one.pages.All(t.Context(), store.Query{Index: "drive", Eq: []any{drive}}, func(p Page) error {
		pages++
		for i := range p.Rows {
			members[p.Rows[i].MemberID] = true
		}
		if len(p.Rows) > pageSize {
			t.Errorf("%d rows on a page", len(p.Rows))
		}
		return nil
	})
	if err != nil || pages != 3 || len(members) != 450 {
		t.Errorf("%d pages, %d members, %v", pages, len(members), err)
	}
	for _, s := range []*Service{one, two} {
		if r := w.count(t, s, drive, ""); r.Unit.Counts.Total != 450 {
			t.Errorf("%+v", r.Unit.Counts)
		}
	}
}

// Whatever many do at once through two processes, each member has completed
// once, both processes tell the same counts, and rebuilding finds nothing wrong.
func TestCountersAreTheCompletions(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	one := w.replica(t, e)
	const n = 40
	for k := range n {
		w.people.put(member(fmt.Sprintf("m%02d", k), "a", "official", []string{"active", "exempt"}[k%2]))
	}
	drive := w.publish(t, one, readStep())
	if err := one.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	two := w.replica(t, e)
	both := []*Service{one, two}
	secretary := staff("bithu", caller.Secretary, "a")
	var wg sync.WaitGroup
	for k := range n {
		for _, s := range both {
			wg.Go(func() {
				id := fmt.Sprintf("m%02d", k)
				if k%4 == 3 {
					_, _, err := s.RecordOnBehalf(t.Context(), secretary, drive, OnBehalf{MemberID: id, Method: "paper", On: "2026-11-23", Reason: "r"})
					if err != nil {
						t.Error(err)
					}
					return
				}
				for _, section := range []string{"s1", "s2"}[:1+k%2] {
					w.reads(t, s, id, section, 1)
				}
			})
		}
	}
	wg.Wait()
	if _, err := one.Rebuild(t.Context(), drive); err != nil {
		t.Fatal(err)
	}
	done := 0
	err := one.completions.All(t.Context(), store.Query{Index: "drive", Eq: []any{drive}}, func(Completion) error { done++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range both {
		if err := s.refresh(t.Context(), lately); err != nil {
			t.Fatal(err)
		}
		c := w.count(t, s, drive, "").Unit.Counts
		if c.Total != n || c.CompletedObliged+c.CompletedExempt != int64(done) || done == 0 || done == n || c.OnBehalf != n/4 {
			t.Errorf("%d completions, counted %+v", done, c)
		}
		if wrong, err := s.Rebuild(t.Context(), drive); wrong != 0 || err != nil {
			t.Errorf("rebuilding finds %d rows wrong, %v", wrong, err)
		}
	}
}

// A freeze keeps the counts of its moment, those that waited for their effects
// included; what comes later shows as a difference.
func TestFreezes(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	for _, id := range []string{"mot", "hai"} {
		w.people.put(member(id, "a", "official", "active"))
	}
	drive := w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A process that died behind the write of the evidence.
	d := storetest.NewDying(e, 2, true)
	dead := w.replica(t, d)
	w.clock.advance(time.Minute)
	now := w.clock.now()
	var events []Event
	for k, section := range []string{"s1", "s2"} {
		begun := Event{ID: section, Kind: ProgressEvent, TextKind: textDocument, TextID: "nq", Version: 1, SectionID: section, SessionID: section, At: now.Add(time.Duration(k-2) * 12 * time.Second)}
		done := begun
		done.At, done.ForegroundMillis, done.ReachedEnd = begun.At.Add(11*time.Second), 10_000, true
		events = append(events, begun, done)
	}
	if _, err := dead.TakeEvents(t.Context(), w.as("mot"), nil, events); err != nil {
		t.Fatal(err)
	}
	leader := staff("ld", caller.Leader, "root")
	first, err := s.Freeze(t.Context(), leader, drive, " Sơ  kết ")
	if err != nil || first.Name != "Sơ kết" {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err := s.Freeze(t.Context(), leader, drive, "sơ kết"); !errors.Is(err, nameTaken) {
		t.Errorf("the same name: %v", err)
	}
	if _, err := s.Freeze(t.Context(), staff("ld-a", caller.Leader, "a"), drive, "của chi bộ"); !errors.Is(err, fault.NotFound) {
		t.Errorf("by a leader below the drive: %v", err)
	}
	w.reads(t, s, "hai", "s1", 1)
	w.reads(t, s, "hai", "s2", 1)
	if _, err := s.Freeze(t.Context(), leader, drive, "Tổng kết"); err != nil {
		t.Fatal(err)
	}
	list, err := s.Freezes(t.Context(), staff("ld-a", caller.Leader, "a"), drive)
	if err != nil || len(list) != 2 || list[0].Name != "Sơ kết" {
		t.Fatalf("%+v, %v", list, err)
	}
	for k, want := range []int64{1, 2} {
		f, err := s.Frozen(t.Context(), leader, drive, list[k].ID, "", 1)
		if err != nil || f.Unit.Counts.CompletedObliged != want || f.Unit.Since.CompletedObliged != 2-want || len(f.Unit.Units) != 2 ||
			f.Unit.Units[0].Counts.CompletedObliged != want || f.Unit.Units[0].Since.Total != 0 {
			t.Errorf("%s: %+v, %v", list[k].Name, f, err)
		}
	}
}

// A row that has been damaged is mended from the completions.
func TestRebuild(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	w.people.put(member("khac", "a", "official", "active"))
	drive := w.publish(t, s, readStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.reads(t, s, "doc", "s1", 1)
	w.reads(t, s, "doc", "s2", 1)
	right := w.count(t, s, drive, "").Unit.Counts
	err := s.setRow(t.Context(), drive, "doc", func(r *Row) bool { r.Entries, r.CompletionRev = []tally.Entry{}, 0; return true })
	if err == nil {
		err = s.setRow(t.Context(), drive, "khac", func(r *Row) bool {
			r.Entries = append(r.Entries, tally.Entry{Kind: tally.Completed, At: w.clock.now(), Basis: tally.ByApp})
			return true
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := s.Rebuild(t.Context(), drive)
	if err != nil || wrong != 2 {
		t.Fatalf("%d wrong, %v", wrong, err)
	}
	right.InProgress = 0 // what has begun is told by evidence, not by completions
	if got := w.count(t, s, drive, "").Unit.Counts; got != right {
		t.Errorf("%+v\nwant %+v", got, right)
	}
}

// Who passes the quiz last has completed without looking at the drive again,
// until it closes.
func TestQuizPassedLast(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	s := w.replica(t, e)
	w.people.put(member("doc", "a", "official", "active"))
	w.people.put(member("muon", "a", "official", "active"))
	drive := w.publish(t, s, readStep(), quizStep())
	if err := s.OpenDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"doc", "muon"} {
		w.reads(t, s, id, "s1", 1)
		w.reads(t, s, id, "s2", 1)
	}
	w.quizzes.passed["doc"] = w.clock.now()
	for range 2 {
		if err := s.WatchQuizzes(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if c := w.count(t, s, drive, "").Unit.Counts; c.CompletedObliged != 1 || c.QuizPassed != 1 || c.InProgress != 1 {
		t.Errorf("%+v", c)
	}
	w.clock.advance(9*24*time.Hour + time.Minute) // a minute after the close
	w.quizzes.passed["muon"] = w.clock.now()
	if err := w.replica(t, e).WatchQuizzes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := w.count(t, s, drive, "").Unit.Counts; c.CompletedObliged != 1 {
		t.Errorf("passed after the close: %+v", c)
	}
}
