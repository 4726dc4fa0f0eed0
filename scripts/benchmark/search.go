package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sotay/internal/library/search"
	"sotay/internal/richtext"
	"sotay/internal/viet"
)

// searching measures ranked search over a library in memory: queries of two
// and three words, typed without marks, for the best twenty.
type searching struct{ documents, queries int }

// searchedBytes is the size of a section; forty make a document of 60 KB.
const searchedBytes = 1500

func (s *searching) run(ctx context.Context) error {
	b := search.NewBuilder()
	for i := range s.documents {
		w := newWriter(i)
		d := search.Doc{OwnerID: fmt.Sprintf("document/%d", i)}
		for k := range 40 {
			d.Entries = append(d.Entries, search.Entry{Kind: search.KindSection, ID: fmt.Sprintf("%d/%d", i, k),
				Title: w.sentence(), Text: richtext.PlainText(w.html(searchedBytes))})
		}
		b.Add(search.Pack(d))
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	x, w := b.Index(), newWriter(-1)
	took := make([]time.Duration, s.queries)
	for i := range took {
		q := search.Query{Text: viet.Fold(w.query()), Visible: func(string) bool { return true }, Limit: 20}
		start := time.Now()
		if _, _, err := x.Search(q); err != nil {
			return err
		}
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
	atMost("search_median_ms", ms(took[len(took)/2]), 4)
	atMost("search_p99_ms", ms(took[len(took)*99/100]), 20)
	return nil
}
