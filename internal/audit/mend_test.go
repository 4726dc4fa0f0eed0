package audit

import (
	"testing"

	"sotay/internal/store"
)

// TestMend restores a record as an archive may hold it: with the entries of
// a seal that was made after the seals were read.
func TestMend(t *testing.T) {
	t.Parallel()
	from := openEngine(t)
	r := newRecord(t, from)
	seal := func(ids ...string) {
		t.Helper()
		for _, id := range ids {
			r.write(t, id)
		}
		if _, err := r.SealPending(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	move := func(to store.Engine, s *store.Schema) {
		t.Helper()
		err := store.Dump(t.Context(), from, s, func(docs []store.Raw) error { return store.Load(t.Context(), to, s, docs) })
		if err != nil {
			t.Fatal(err)
		}
	}
	seal("a", "b")
	to := openEngine(t)
	move(to, SealSchema())
	seal("c")
	r.write(t, "d")
	move(to, EntrySchema())

	mended := newRecord(t, to)
	for range 2 { // the second finds nothing to do
		if err := mended.Mend(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if rep := mended.verified(t); len(rep.Unsealed) != 2 || len(rep.Faults) > 0 || rep.Sealed != 2 {
		t.Fatalf("after mending: %+v", rep)
	}
	if _, err := mended.SealPending(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep := mended.verified(t); len(rep.Unsealed) > 0 || len(rep.Faults) > 0 || rep.Sealed != 4 || rep.Seals != 2 {
		t.Errorf("after sealing: %+v", rep)
	}
}
