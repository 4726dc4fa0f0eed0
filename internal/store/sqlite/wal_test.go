package sqlite

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"sotay/internal/store"
)

// Under writes that never pause the log is begun anew all the same: a
// checkpoint that only ever copies a part would let it grow for ever.
func TestLogStaysShort(t *testing.T) {
	t.Parallel()
	e := openTest(t, "")
	c := notes(t, e)
	const writers, each = 16, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for k := range each {
				rows := make([]*note, 100)
				for i := range rows {
					id := fmt.Sprintf("%04x-%d-%d", (i*7919+k*31+w*17)%65536, w, k*100+i)
					rows[i] = &note{Meta: store.Meta{ID: id}, Key: id, Owner: fmt.Sprint(i % 50)}
				}
				for _, err := range c.InsertMany(t.Context(), rows) {
					if err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	info, err := os.Stat(e.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MiB", info.Size()>>20)
	if limit := int64(3 * resetPages * 4096); info.Size() > limit {
		t.Errorf("log of %d bytes, want at most %d", info.Size(), limit)
	}
}
