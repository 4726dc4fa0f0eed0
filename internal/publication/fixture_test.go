package publication

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/audience"
	"sotay/internal/audit"
	"sotay/internal/changelog"
	"sotay/internal/effect"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// note is the payload of the tests' kind.
type note struct {
	Text string `bson:"text"`
	On   string `bson:"on"` // the note that this one belongs to
}

// testClock is a settable clock.
type testClock struct{ at atomic.Int64 }

func (c *testClock) now() time.Time          { return time.UnixMilli(c.at.Load()).UTC() }
func (c *testClock) advance(d time.Duration) { c.at.Add(d.Milliseconds()) }
func newClock() *testClock {
	c := &testClock{}
	c.at.Store(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

// world is one process on a store.
type world struct {
	m     *Machine[note]
	desk  *Desk
	log   *changelog.Log
	audit *audit.Record
}

func openStore(t *testing.T) store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	schemas := append(Schemas(), audit.EntrySchema(), audit.SealSchema())
	if err := e.Prepare(t.Context(), append(schemas, noteKind().Schemas()...)); err != nil {
		t.Fatal(err)
	}
	return e
}

func noteKind() Kind[note] {
	return Kind[note]{Name: "note", Items: "notes", Versions: "noteversions",
		EncodeVersion: func(v *Version[note]) ([]byte, error) { return json.Marshal(v.Payload) },
		EncodeLive: func(v *Version[note], links []Link) ([]byte, error) {
			var on []string
			for _, l := range links {
				if l.Live {
					on = append(on, l.From+"="+l.Data["text"])
				}
			}
			return json.Marshal(map[string]any{"text": v.Payload.Text, "version": v.Number, "links": on})
		},
		Links: func(v *Version[note]) ([]string, map[string]string) {
			if v.Payload.On == "" {
				return nil, nil
			}
			return []string{"note/" + v.Payload.On}, map[string]string{"text": v.Payload.Text}
		}}
}

func newWorld(t *testing.T, e store.Engine, c *testClock) *world {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	w := &world{}
	var err error
	if w.audit, err = audit.New(e, c.now); err != nil {
		t.Fatal(err)
	}
	if w.log, err = changelog.New(e, c.now); err != nil {
		t.Fatal(err)
	}
	if w.desk, err = NewDesk(e, w.log, c.now, quiet); err != nil {
		t.Fatal(err)
	}
	if w.m, err = NewMachine(e, noteKind(), w.desk, w.audit, c.now, quiet); err != nil {
		t.Fatal(err)
	}
	return w
}

func anyone(id string) Actor { return Actor{ID: id, May: func(string) error { return nil }} }

var (
	writer   = anyone("writer")
	approver = anyone("approver")
)

// draft makes an item with a text.
func (w *world) draft(t *testing.T, text, on string) string {
	t.Helper()
	i := Item[note]{OrgID: "org", Visibility: audience.Everyone(), Payload: note{Text: text, On: on}}
	i.ID = ident.New()
	i.UniqueKey, i.SourceKey = i.ID, i.ID
	if err := w.m.Create(t.Context(), writer, &i); err != nil {
		t.Fatal(err)
	}
	return i.ID
}

// approve takes a draft to where it may be published.
func (w *world) approve(t *testing.T, id string) {
	t.Helper()
	if _, err := w.m.Submit(t.Context(), writer, id, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := w.m.Approve(t.Context(), approver, id, 0); err != nil {
		t.Fatal(err)
	}
}

func (w *world) out(t *testing.T, text, on string) string {
	t.Helper()
	id := w.draft(t, text, on)
	w.approve(t, id)
	if _, err := w.m.Publish(t.Context(), approver, id, 0); err != nil {
		t.Fatal(err)
	}
	return id
}

// settle lets time pass and the sweepers run until nothing is left.
func (w *world) settle(t *testing.T, c *testClock) {
	t.Helper()
	for range 20 {
		c.advance(10 * time.Minute)
		n := 0
		for _, s := range []effect.Sweeper{w.m.Sweeper(), w.desk.Sweeper()} {
			k, err := s.Sweep(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			n += k
		}
		if n == 0 {
			return
		}
	}
	t.Fatal("the sweepers never come to an end")
}

// entries reads the whole log and checks that it has no gap.
func (w *world) entries(t *testing.T) []changelog.Entry {
	t.Helper()
	list, err := w.log.After(t.Context(), 0, store.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if list[i].Seq != int64(i)+1 {
			t.Fatalf("entry %d has number %d", i+1, list[i].Seq)
		}
	}
	return list
}

// served is what a reader of the log shows of an item: the body of the entry
// with the highest order, "" when it is not out.
func (w *world) served(t *testing.T, id string) string {
	t.Helper()
	var best *changelog.Entry
	list := w.entries(t)
	for i := range list {
		if list[i].ID == id && (best == nil || list[i].Order >= best.Order) {
			best = &list[i]
		}
	}
	if best == nil || best.Op == changelog.Delete {
		return ""
	}
	key := BodyID("note", id, best.Order)
	bodies, err := w.desk.Bodies(t.Context(), []string{key})
	if err != nil {
		t.Fatal(err)
	}
	b, ok := bodies[key]
	if !ok {
		t.Fatalf("entry %d has no body", best.Seq)
	}
	plain, err := b.Plain()
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}
