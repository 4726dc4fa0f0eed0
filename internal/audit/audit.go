package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/ident"
	"sotay/internal/store"
)

// Record is the audit record of an installation.
type Record struct {
	entries *store.Collection[Entry]
	seals   *store.Sequence[Seal]
	now     clock.Now
}

// New opens the record.
func New(e store.Engine, now clock.Now) (*Record, error) {
	entries, err := store.NewCollection[Entry](e, EntrySchema())
	if err != nil {
		return nil, err
	}
	seals, err := store.NewSequence[Seal](e, SealSchema())
	if err != nil {
		return nil, err
	}
	return &Record{entries: entries, seals: seals, now: now}, nil
}

// Write adds an entry. id makes it repeatable: the same act written twice is
// one entry; "" makes a new id.
func (r *Record) Write(ctx context.Context, id string, e Entry) error {
	if id == "" {
		id = ident.New()
	}
	e.ID, e.At, e.Seal = id, clock.Milli(e.At), 0
	if e.At.IsZero() || e.At.Unix() <= 0 {
		e.At = r.now()
	}
	err := r.entries.Insert(ctx, &e)
	if store.IsDuplicate(err, "_id") {
		return nil
	}
	return err
}

// effectArgs are the arguments of an effect that writes an entry.
const (
	argAct, argActor, argTarget, argAt = "act", "actor", "target", "at"
	detailPrefix                       = "d:"
)

// Args packs an entry into the arguments of an effect.
func Args(at time.Time, actorID, act, target string, details map[string]string) map[string]string {
	args := map[string]string{argAct: act, argActor: actorID, argTarget: target, argAt: at.UTC().Format(time.RFC3339Nano)}
	for k, v := range details {
		args[detailPrefix+k] = v
	}
	return args
}

// WriteArgs writes the entry that Args packed, under the effect's id.
func (r *Record) WriteArgs(ctx context.Context, effectID string, args map[string]string) error {
	at, err := time.Parse(time.RFC3339Nano, args[argAt])
	if err != nil {
		return fmt.Errorf("audit effect: %w", err)
	}
	e := Entry{At: at, ActorID: args[argActor], Act: args[argAct], Target: args[argTarget], Details: map[string]string{}}
	for k, v := range args {
		if len(k) > len(detailPrefix) && k[:len(detailPrefix)] == detailPrefix {
			e.Details[k[len(detailPrefix):]] = v
		}
	}
	return r.Write(ctx, effectID, e)
}

// Handler performs the effects of a collection's rows that carry an entry.
func Handler[T any](r *Record) effect.Handler[T] {
	return func(ctx context.Context, _ T, e effect.Effect) error { return r.WriteArgs(ctx, e.ID, e.Args) }
}

// SealPending seals what is not sealed yet and returns how many entries it
// sealed. It runs under a lease, and is safe without one: the chain's numbers
// decide between two sealers.
func (r *Record) SealPending(ctx context.Context) (int, error) {
	before, err := r.finishLast(ctx)
	if err != nil {
		return 0, err
	}
	page, err := r.entries.Find(ctx, store.Query{Index: "seal", Eq: []any{int64(0)}, Limit: store.MaxPage})
	if err != nil || len(page.Items) == 0 {
		return 0, err
	}
	ids := make([]string, len(page.Items))
	for i := range page.Items {
		ids[i] = page.Items[i].ID
	}
	seal, err := r.seals.Append(ctx, func(seq int64, last *Seal) (Seal, error) {
		if seq != before+1 { // another sealer was faster: its entries may be ours
			return Seal{}, errOvertaken
		}
		var prev []byte
		if last != nil {
			prev = last.Hash
		}
		return Seal{At: r.now(), Entries: ids, Prev: prev, Hash: sealHash(seq, prev, page.Items)}, nil
	})
	if errors.Is(err, errOvertaken) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return len(ids), r.mark(ctx, seal)
}

var errOvertaken = errors.New("another sealer was faster")

// finishLast marks the entries of the newest seal, which a crash between seal
// and marks may have left unmarked; else they would be sealed twice. It returns
// that seal's number.
func (r *Record) finishLast(ctx context.Context) (int64, error) {
	last, err := r.seals.Last(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return last.Seq, r.mark(ctx, last)
}

// markers is how many entries are marked at one time: engines commit together
// what arrives together, and a backlog is marked beside those who wait for the
// store.
const markers = 16

func (r *Record) mark(ctx context.Context, s Seal) error {
	found, err := r.entries.GetMany(ctx, s.Entries)
	if err != nil {
		return err
	}
	var all errgroup.Group
	all.SetLimit(markers)
	for _, id := range s.Entries {
		if e, ok := found[id]; !ok || e.Seal != 0 {
			continue
		}
		all.Go(func() error { return r.markOne(ctx, id, s.Seq) })
	}
	return all.Wait()
}

func (r *Record) markOne(ctx context.Context, id string, seal int64) error {
	_, err := r.entries.Update(ctx, id, func(e *Entry) error {
		if e.Seal != 0 {
			return store.ErrUnchanged
		}
		e.Seal = seal
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
