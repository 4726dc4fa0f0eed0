package jobs

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/page"
	"sotay/internal/secret"
	"sotay/internal/sheet"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// shelf is a room into which words are brought, two a step.
type shelf struct {
	words map[string]int // how often each was written
	// dies ends the process behind so many words of applying; 0 is never.
	dies  int
	wrote int
	// refuses is said of a word in the check.
	refuses string
}

var errDied = errors.New("the process died")

type shelving struct {
	*shelf
	run *Run
}

func (s shelving) Check(ctx context.Context, t *sheet.Table) error {
	for {
		r, err := t.Next()
		if err != nil || r == nil {
			return err
		}
		tally := Tally{New: 1}
		if s.words[r.Text("word")] > 0 {
			tally = Tally{Unchanged: 1}
		}
		if r.Text("word") == s.refuses {
			r.Fail("word", "refused", "Không nhận.", "Refused.")
		}
		if err := s.run.Seen(ctx, 1, tally, r.Problems); err != nil {
			return err
		}
	}
}

func (s shelving) Apply(ctx context.Context, t *sheet.Table) error {
	var all []string
	for {
		r, err := t.Next()
		if err != nil {
			return err
		}
		if r == nil {
			break
		}
		all = append(all, r.Text("word"))
	}
	for from := s.run.Applied(); from < int64(len(all)); from = s.run.Applied() {
		to := min(from+2, int64(len(all)))
		err := s.run.Step(ctx, Plan{To: to, Tally: Tally{New: to - from}}, func(context.Context) (Outcome, error) {
			for _, w := range all[from:to] {
				if s.dies > 0 && s.wrote == s.dies {
					return Outcome{}, errDied
				}
				s.wrote++
				s.words[w]++
			}
			return Outcome{}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type bed struct {
	*Service
	shelf *shelf
	at    time.Time
	audit *audit.Record
}

var boss = &caller.Caller{Identity: &caller.Identity{MemberID: "boss"}}

func newBed(t *testing.T) *bed {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	if err := e.Prepare(t.Context(), append(Schemas(), store.LeaseSchema(), audit.EntrySchema(), audit.SealSchema())); err != nil {
		t.Fatal(err)
	}
	b := &bed{shelf: &shelf{words: map[string]int{}}, at: time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)}
	now := func() time.Time { return b.at }
	sec, err := secret.Parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		t.Fatal(err)
	}
	if b.audit, err = audit.New(e, now); err != nil {
		t.Fatal(err)
	}
	leases, err := store.NewLeases(e, store.LeaseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	kind := Kind{Name: "words", Limits: sheet.Default(), Columns: []sheet.Column{{Key: "word", Names: []string{"Từ"}, Required: true}},
		Begin: func(_ context.Context, r *Run) (Work, error) { return shelving{b.shelf, r}, nil }}
	b.Service, err = New(Deps{Engine: e, Secret: sec, Audit: b.audit, Pages: page.New(sec), Leases: leases, Now: now, Log: slog.New(slog.DiscardHandler),
		Who: func(string) (*caller.Identity, bool) { return boss.Identity, true }, Oversees: func(*caller.Caller) bool { return true }, Kinds: []Kind{kind}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bed) upload(t *testing.T, words string, dry bool) Job {
	t.Helper()
	text := "Từ\n" + strings.ReplaceAll(words, " ", "\n") + "\n"
	j, err := b.Create(t.Context(), boss, Upload{Kind: "words", DryRun: dry, FileName: "words.csv", File: strings.NewReader(text), Size: int64(len(text))})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// state reads how a job stands.
func (b *bed) state(t *testing.T, id string) Job {
	t.Helper()
	j, err := b.Job(t.Context(), boss, id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// A run that dies behind any word is gone on with: every word is on the shelf,
// the steps before are not done again, and the tally counts each row once.
func TestAJobGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	for dies := 1; dies <= 5; dies++ {
		b := newBed(t)
		b.shelf.dies = dies
		j := b.upload(t, "a b c d e", false)
		if err := b.Work(t.Context(), j.ID); !errors.Is(err, errDied) {
			if dies < 5 || err != nil {
				t.Fatalf("dies behind %d: %v", dies, err)
			}
		}
		b.shelf.dies = 0
		if err := b.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := b.state(t, j.ID)
		if got.State != Done || got.Applied != 5 || got.Tally != (Tally{New: 5}) || !got.Ended() {
			t.Errorf("dies behind %d: %s, %d applied, %+v", dies, got.State, got.Applied, got.Tally)
		}
		for i, w := range strings.Fields("a b c d e") {
			want := 1
			if i >= dies/2*2 && i < dies && dies < 5 {
				want = 2 // of the step that was cut off, which is done again
			}
			if b.shelf.words[w] != want {
				t.Errorf("dies behind %d: %s was written %d times, want %d", dies, w, b.shelf.words[w], want)
			}
		}
		if n, err := b.Kept(t.Context()); n != 0 || err != nil {
			t.Errorf("dies behind %d: %d parts of files are kept, %v", dies, n, err)
		}
	}
}

// One error and nothing is written; a dry run writes nothing; the same file
// again has nothing to do.
func TestAJobIsCheckedFirst(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.shelf.refuses = "x"
	bad := b.upload(t, "a x", false)
	dry := b.upload(t, "a b", true)
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if j := b.state(t, bad.ID); j.State != Failed || j.Errors != 1 || j.Problems[0].Row != 3 || j.Failure.Code != "rows_not_valid" || len(b.shelf.words) > 0 {
		t.Errorf("with an error: %s %+v, %v", j.State, j.Problems, b.shelf.words)
	}
	if j := b.state(t, dry.ID); j.State != Checked || j.Tally != (Tally{New: 2}) || len(b.shelf.words) > 0 {
		t.Errorf("dry: %s %+v, %v", j.State, j.Tally, b.shelf.words)
	}
	for range 2 {
		j := b.upload(t, "a b", false)
		if err := b.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if j = b.state(t, j.ID); j.State != Done || b.shelf.words["a"] != 1 {
			t.Errorf("%s, written %v", j.State, b.shelf.words)
		}
	}
}

// A run whose job another has taken over writes nothing more into it.
func TestTheLaterRunTakesAJobOver(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	j := b.upload(t, "a b c d", false)
	b.shelf.dies = 3
	if err := b.Work(t.Context(), j.ID); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	old := &Run{service: b.Service, job: b.state(t, j.ID), holder: "other"}
	if err := old.save(t.Context(), func(j *Job) { j.Applied = 99 }); !errors.Is(err, errLost) {
		t.Errorf("a run without the job saved: %v", err)
	}
	b.shelf.dies = 0
	if err := b.Work(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	if got := b.state(t, j.ID); got.State != Done || got.Applied != 4 {
		t.Errorf("%s, %d applied", got.State, got.Applied)
	}
	if err := b.Work(t.Context(), j.ID); err != nil || b.shelf.words["a"] != 1 {
		t.Errorf("an ended job was worked on: %v, %v", err, b.shelf.words)
	}
}

// A file that kills whoever reads it is given up after some tries, and so is one
// whose upload was cut off.
func TestAJobIsGivenUp(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.shelf.dies, b.shelf.wrote = 1, 1 // at once
	j := b.upload(t, "a", false)
	for range maxTries + 2 {
		_ = b.Sweep(t.Context())
	}
	if got := b.state(t, j.ID); got.State != Failed || got.Failure.Code != "import_gave_up" {
		t.Errorf("%s %+v", got.State, got.Failure)
	}
	half := Job{Kind: "words", State: Receiving, By: "boss", Open: openFile, CreatedAt: b.at, UpdatedAt: b.at}
	half.ID = "half"
	if err := b.rows.Insert(t.Context(), &half); err != nil {
		t.Fatal(err)
	}
	b.at = b.at.Add(patience + time.Minute)
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := b.state(t, "half"); got.State != Failed || got.Failure.Code != "upload_incomplete" {
		t.Errorf("%s %+v", got.State, got.Failure)
	}
}

// While another process holds the lease nothing is done.
func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	release, _, err := b.Leases.TryAcquire(t.Context(), lease)
	if err != nil {
		t.Fatal(err)
	}
	j := b.upload(t, "a", false)
	if err := b.Sweep(t.Context()); err != nil || b.state(t, j.ID).State != Checking {
		t.Errorf("%v, %s", err, b.state(t, j.ID).State)
	}
	release()
	if err := b.Sweep(t.Context()); err != nil || b.state(t, j.ID).State != Done {
		t.Errorf("%v, %s", err, b.state(t, j.ID).State)
	}
}

// A key stands for one request.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	send := func(text string) (Job, error) {
		return b.Create(t.Context(), boss, Upload{Kind: "words", File: strings.NewReader(text), Size: int64(len(text)), Key: "k"})
	}
	first, err := send("Từ\na\n")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := send("Từ\na\n"); err != nil || again.ID != first.ID {
		t.Errorf("%v, %s", err, again.ID)
	}
	if _, err := send("Từ\nb\n"); !errors.Is(err, keyReused) || fault.As(err).Kind != fault.Unsuited {
		t.Errorf("another body under the key: %v", err)
	}
}
