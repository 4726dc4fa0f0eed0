package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/fault"
	"sotay/internal/page"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// world is what processes share: a store, a log, and what others say.
type world struct {
	t      *testing.T
	engine store.Engine
	at     atomic.Int64
	log    *changelog.Log
	// opens are when things are heard of, wants who has asked.
	opens     map[string]time.Time
	wants     map[string]bool
	reminders []Reminded
}

func (w *world) now() time.Time { return time.UnixMilli(w.at.Load()).UTC() }

func (w *world) Describe(kind, id string) (string, time.Time, bool) {
	return "Tên của " + id, w.opens[kind+"/"+id], true
}

func (w *world) RemindersOf(context.Context, string) ([]Reminded, error) { return w.reminders, nil }

func (w *world) WantInformation(context.Context, []string) (map[string]bool, error) {
	return w.wants, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	if err := e.Prepare(t.Context(), append(Schemas(), changelog.Schema())); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, engine: e, opens: map[string]time.Time{}, wants: map[string]bool{}}
	w.at.Store(time.Date(2026, 11, 29, 1, 0, 0, 0, time.UTC).UnixMilli())
	if w.log, err = changelog.New(e, w.now); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) replica() *Service {
	w.t.Helper()
	sec, err := secret.Parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := New(Deps{Engine: w.engine, Changes: w.log, Subjects: w, Reminders: w, People: w, Pages: page.New(sec), Now: w.now, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = s.Start(w.t.Context())
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// out appends to the log, an hour after what was before.
func (w *world) out(kind, id string, version int64, op changelog.Op, cause string, v audience.Visibility) {
	w.t.Helper()
	w.at.Add(time.Hour.Milliseconds())
	order := w.at.Load()
	if _, err := w.log.Append(w.t.Context(), changelog.Entry{Key: changelog.Key(kind, id, version, op, cause), Kind: kind, ID: id, Version: version, Op: op, Order: order, After: v}); err != nil {
		w.t.Fatal(err)
	}
}

func who(id, org, status string) *caller.Caller {
	return &caller.Caller{Identity: &caller.Identity{MemberID: id, Units: []string{"root", org}, Status: status}}
}

func (w *world) inbox(s *Service, c *caller.Caller) *Inbox {
	w.t.Helper()
	if err := s.CatchUp(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	in, err := s.Inbox(w.t.Context(), c, "", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

func refs(in *Inbox) []string {
	out := []string{}
	for _, n := range in.Notices {
		out = append(out, fmt.Sprintf("%s/%s/%d", n.Kind, n.Ref, n.Version))
	}
	return out
}

func everyone() audience.Visibility { return audience.Everyone() }

// What is in an inbox: the newest version of what is out for the member, drives
// that have opened, reminders, and nothing for exempt members who have not asked.
func TestInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.replica()
	w.out(Document, "nq", 1, changelog.Upsert, "", everyone())
	w.out(Document, "rieng", 1, changelog.Upsert, "", audience.Visibility{Kind: audience.Orgs, OrgIDs: []string{"b"}})
	w.out("question", "q1", 1, changelog.Upsert, "", everyone())
	w.out(Document, "nq", 2, changelog.Upsert, "", everyone())
	w.out(Document, "nq", 2, changelog.Upsert, "lienquan", everyone()) // encoded again: no news
	w.out(Drive, "dot", 1, changelog.Upsert, "", everyone())
	w.out(Material, "thu-hoi", 1, changelog.Upsert, "", everyone())
	w.out(Material, "thu-hoi", 1, changelog.Delete, "", audience.Visibility{})
	w.opens["drive/dot"] = w.now().Add(time.Hour)
	w.reminders = []Reminded{{ID: "nhac", DriveID: "dot", At: w.now()}}
	of := who("an", "a", "active")
	in := w.inbox(s, of)
	if got, want := refs(in), []string{"reminder/dot/0", "document/nq/2"}; !slices.Equal(got, want) || in.Unread != 2 {
		t.Errorf("inbox %v, want %v, unread %d", got, want, in.Unread)
	}
	w.at.Add(2 * time.Hour.Milliseconds())
	if got := refs(w.inbox(s, of)); !slices.Equal(got, []string{"drive/dot/1", "reminder/dot/0", "document/nq/2"}) {
		t.Errorf("after the opening: %v", got)
	}
	if in.Notices[1].At.Equal(w.now()) || in.Notices[1].Title != "Tên của nq" {
		t.Errorf("notice: %+v", in.Notices[1])
	}
	if in := w.inbox(s, who("binh", "a", "exempt")); len(in.Notices) != 0 || in.Unread != 0 {
		t.Errorf("exempt: %+v", in)
	}
	w.wants["binh"] = true
	if in := w.inbox(s, who("binh", "a", "exempt")); len(in.Notices) != 3 {
		t.Errorf("exempt and has asked: %+v", in)
	}
	other := w.replica()
	if got, same := refs(w.inbox(other, of)), refs(w.inbox(s, of)); !slices.Equal(got, same) || w.inbox(other, of).Notices[2].ID != w.inbox(s, of).Notices[2].ID {
		t.Errorf("another process has %v, this one %v", got, same)
	}
	w.at.Add((401 * 24 * time.Hour).Milliseconds())
	if in := w.inbox(s, of); len(in.Notices) != 0 {
		t.Errorf("after 400 days: %+v", in)
	}
}

// Marks: of single notices, of all up to an instant, from two processes; a newer
// version is unread again.
func TestRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, other := w.replica(), w.replica()
	for i := range 5 {
		w.out(Document, fmt.Sprint("d", i), 1, changelog.Upsert, "", everyone())
	}
	c := who("an", "a", "active")
	in := w.inbox(s, c)
	if err := other.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := other.Read(t.Context(), c, []string{in.Notices[0].ID, "khong-co"}, time.Time{}); err != nil || left != 4 {
		t.Errorf("one: %d, %v", left, err)
	}
	if left, err := s.Read(t.Context(), c, nil, in.Notices[3].At); err != nil || left != 2 {
		t.Errorf("up to the fourth: %d, %v", left, err)
	}
	if in := w.inbox(s, c); in.Unread != 2 || !in.Notices[0].Read || in.Notices[1].Read || !in.Notices[4].Read {
		t.Errorf("%+v", in)
	}
	if in := w.inbox(s, who("khac", "a", "active")); in.Unread != 5 {
		t.Errorf("another's: %+v", in)
	}
	w.out(Document, "d0", 2, changelog.Upsert, "", everyone())
	if in := w.inbox(s, c); in.Unread != 3 || in.Notices[0].Ref != "d0" || in.Notices[0].Read {
		t.Errorf("a newer version: %+v", in)
	}
	if left, err := s.Read(t.Context(), c, nil, w.now().Add(time.Hour)); err != nil || left != 0 {
		t.Errorf("all: %d, %v", left, err)
	}
	w.out(Document, "d9", 1, changelog.Upsert, "", everyone())
	if in := w.inbox(s, c); in.Unread != 1 { // marked up to now at most
		t.Errorf("published after: %+v", in)
	}
	if m, err := s.MyMarks(t.Context(), c); err != nil || len(m.IDs) != 0 {
		t.Errorf("marks that say nothing are kept: %+v, %v", m, err)
	}
	_, err := s.Read(t.Context(), c, nil, time.Time{})
	if !errors.Is(err, fault.BadInput) {
		t.Errorf("nothing asked: %v", err)
	}
	for range 2 {
		if err := s.Erase(t.Context(), "an"); err != nil {
			t.Fatal(err)
		}
	}
	if in := w.inbox(s, c); in.Unread != 6 {
		t.Errorf("after the erasure: %d", in.Unread)
	}
}

// A listing by pages has each notice once, also when others come meanwhile.
func TestInboxPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.replica()
	for i := range 7 {
		w.out(Document, fmt.Sprint("d", i), 1, changelog.Upsert, "", everyone())
	}
	c := who("an", "a", "active")
	seen := map[string]bool{}
	w.inbox(s, c)
	for cursor, k := "", 0; ; k++ {
		in, err := s.Inbox(t.Context(), c, cursor, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range in.Notices {
			if seen[n.Ref] {
				t.Errorf("%s twice", n.Ref)
			}
			seen[n.Ref] = true
		}
		if in.Next == nil {
			break
		}
		cursor = *in.Next
		w.out(Document, fmt.Sprint("moi", k), 1, changelog.Upsert, "", everyone())
		if err := s.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Inbox(t.Context(), who("khac", "a", "active"), cursor, 3); !errors.Is(err, fault.BadCursor) {
			t.Errorf("another's cursor: %v", err)
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d of 7", len(seen))
	}
}

// Marks of many devices through two processes at once add up.
func TestReadAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 12 {
		w.out(Document, fmt.Sprint("d", i), 1, changelog.Upsert, "", everyone())
	}
	both := []*Service{w.replica(), w.replica()}
	c := who("an", "a", "active")
	all := w.inbox(both[0], c).Notices
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			if _, err := both[i%2].Read(t.Context(), c, []string{all[i].ID}, time.Time{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if in := w.inbox(both[0], c); in.Unread != 0 {
		t.Errorf("%d are unread", in.Unread)
	}
}

func TestMarksMerge(t *testing.T) {
	t.Parallel()
	marks := rapid.Custom(func(t *rapid.T) Marks {
		m := Marks{UpTo: time.UnixMilli(rapid.Int64Range(0, 50).Draw(t, "upTo"))}
		one := Marks{IDs: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 4).Draw(t, "ids")}
		m.merge(&one)
		return m
	})
	merged := func(a Marks, bs ...Marks) Marks {
		for i := range bs {
			a.merge(&bs[i])
		}
		return a
	}
	same := func(a, b Marks) bool { return a.UpTo.Equal(b.UpTo) && slices.Equal(a.IDs, b.IDs) }
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := marks.Draw(t, "a"), marks.Draw(t, "b"), marks.Draw(t, "c")
		if !same(merged(a, b), merged(b, a)) || !same(merged(merged(a, b), c), merged(a, merged(b, c))) || !same(merged(a, b, b), merged(a, b)) {
			t.Fatal("the order of marks matters, or a repeat")
		}
	})
}

// Who has never read anything begins with the news of a month.
func TestFirstInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.replica()
	w.out(Document, "cu", 1, changelog.Upsert, "", everyone())
	w.at.Add((40 * 24 * time.Hour).Milliseconds())
	w.out(Document, "moi", 1, changelog.Upsert, "", everyone())
	c := who("an", "a", "active")
	in := w.inbox(s, c)
	if len(in.Notices) != 2 || in.Unread != 1 || in.Notices[0].Read || !in.Notices[1].Read {
		t.Errorf("%+v", in)
	}
	if left, err := s.Read(t.Context(), c, []string{in.Notices[0].ID}, time.Time{}); err != nil || left != 0 {
		t.Errorf("%d left, %v", left, err)
	}
}
