package audit

import (
	"bytes"
	"context"
	"fmt"

	"sotay/internal/store"
)

// Report is what Verify found.
type Report struct {
	Seals, Sealed int64
	// Unsealed are the entries that no seal covers yet: the tail in which a
	// removal would not show.
	Unsealed []string
	// Faults name each seal that does not hold, in order.
	Faults []string
}

// Verify walks the chain from its start.
func (r *Record) Verify(ctx context.Context) (Report, error) {
	var rep Report
	var prev []byte
	for {
		seals, err := r.seals.After(ctx, rep.Seals, 100)
		if err != nil {
			return rep, err
		}
		for i := range seals {
			s := &seals[i]
			rep.Seals++
			if s.Seq != rep.Seals {
				return rep, fmt.Errorf("seal %d is missing", rep.Seals)
			}
			if err := r.verifySeal(ctx, s, prev, &rep); err != nil {
				return rep, err
			}
			prev = s.Hash
		}
		if len(seals) < 100 {
			break
		}
	}
	err := r.entries.All(ctx, store.Query{Index: "seal", Eq: []any{int64(0)}}, func(e Entry) error {
		rep.Unsealed = append(rep.Unsealed, e.ID)
		return nil
	})
	return rep, err
}

func (r *Record) verifySeal(ctx context.Context, s *Seal, prev []byte, rep *Report) error {
	found, err := r.entries.GetMany(ctx, s.Entries)
	if err != nil {
		return err
	}
	entries := make([]Entry, 0, len(s.Entries))
	for _, id := range s.Entries {
		e, ok := found[id]
		if !ok {
			rep.Faults = append(rep.Faults, fmt.Sprintf("seal %d: entry %s is gone", s.Seq, id))
			continue
		}
		entries = append(entries, e)
	}
	rep.Sealed += int64(len(entries))
	if !bytes.Equal(s.Prev, prev) {
		rep.Faults = append(rep.Faults, fmt.Sprintf("seal %d: does not follow seal %d", s.Seq, s.Seq-1))
	}
	if !bytes.Equal(s.Hash, sealHash(s.Seq, s.Prev, entries)) {
		rep.Faults = append(rep.Faults, fmt.Sprintf("seal %d: hash does not match its entries", s.Seq))
	}
	return nil
}
