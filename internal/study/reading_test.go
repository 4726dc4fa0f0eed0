package study

import (
	"testing"
	"time"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
)

// A member sees section by section what counts and what is still needed, in a
// drive and outside of any.
func TestMyReading(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.people.put(member("doc", "a", "official", "active"))
	s := w.replica(t, e)
	w.reads(t, s, "doc", "s1", 1) // before there is a drive
	outside, err := s.MyReading(t.Context(), w.as("doc"), "")
	if err != nil || len(outside) != 1 || outside[0].Read != 1 || outside[0].Done {
		t.Fatalf("outside: %+v, %v", outside, err)
	}
	w.clock.advance(2 * time.Hour)
	id := w.opened(t, s)
	within, err := s.MyReading(t.Context(), w.as("doc"), id)
	if err != nil || len(within) != 1 || within[0].Read != 0 || len(within[0].Sections) != 2 {
		t.Fatalf("before reading: %+v, %v", within, err)
	}
	w.reads(t, s, "doc", "s2", 1)
	within, err = s.MyReading(t.Context(), w.as("doc"), id)
	want := SectionRead{ID: "s2", Read: true, ReachedEnd: true, Counted: 10 * time.Second, Needed: 4800 * time.Millisecond}
	if err != nil || within[0].Read != 1 || within[0].Sections[1] != want || within[0].Done {
		t.Errorf("after reading: %+v, %v", within, err)
	}
	w.texts.live.Store(2) // s2 says something else now
	if within, err = s.MyReading(t.Context(), w.as("doc"), id); err != nil || within[0].Version != 2 || within[0].Read != 0 {
		t.Errorf("of a new version: %+v, %v", within, err)
	}
	if _, err = s.StepDrive(t.Context(), staff("duyet", caller.Approver, "root"), id, editorial.Withdraw, 0, "Thôi."); err != nil {
		t.Fatal(err)
	}
	_, err = s.MyReading(t.Context(), w.as("doc"), id)
	refused(t, err, fault.NotFound)
}

// What was read while a drive was open, before anybody knew of it, counts when
// the drive is known: it was published after it opened.
func TestReadBeforeTheDriveWasKnown(t *testing.T) {
	t.Parallel()
	w, e := newWorld(), openEngine(t)
	w.people.put(member("doc", "a", "official", "active"))
	w.people.put(member("som", "a", "official", "active"))
	s := w.replica(t, e)
	w.reads(t, s, "som", "s1", 1) // more than an hour before: it was not open
	w.clock.advance(2 * time.Hour)
	w.reads(t, s, "doc", "s1", 1)
	id := w.opened(t, s) // open for an hour
	for who, want := range map[string]int64{"doc": 1, "som": 0} {
		if mine, err := s.Drive(t.Context(), w.as(who), id); err != nil || mine.Steps[0].Read != want {
			t.Errorf("%s: %+v, %v", who, mine.Steps, err)
		}
	}
	w.reads(t, s, "doc", "s2", 1)
	if mine, err := s.Drive(t.Context(), w.as("doc"), id); err != nil || mine.Completion == nil {
		t.Errorf("read to the end: %+v, %v", mine, err)
	}
	if c := w.count(t, s, id, "").Unit.Counts; c.CompletedObliged != 1 || c.InProgress != 0 {
		t.Errorf("%+v", c)
	}
}
