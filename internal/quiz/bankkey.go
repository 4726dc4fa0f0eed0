package quiz

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"sotay/internal/ident"
	"sotay/internal/quiz/question"
	"sotay/internal/viet"
)

// The keys by which an import knows a question again: of its organisation and
// its text, compared without marks and case; where another question has that
// text, of its answers as well.

func textKey(orgID string, q *question.Question) string {
	return "question/" + ident.Derive(orgID, plainKey(q.Text))
}

func fullKey(orgID string, q *question.Question) string {
	texts := append([]string{orgID, plainKey(q.Text)}, folded(q)...)
	return "question/" + ident.Derive(texts...)
}

func plainKey(s string) string { return strings.Join(strings.Fields(viet.Fold(s)), " ") }

// folded are the texts of the options, in no order.
func folded(q *question.Question) []string {
	out := q.Texts()
	for i := range out {
		out[i] = plainKey(out[i])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// alike tells whether two questions of one text are one, edited: at least half
// of their options are the same. "Which of these is right?" stands in many
// banks above quite other options.
func alike(a, b *question.Question) bool {
	x, y := folded(a), folded(b)
	shared := 0
	for _, t := range x {
		if _, ok := slices.BinarySearch(y, t); ok {
			shared++
		}
	}
	return 2*shared >= max(len(x), len(y))
}

// abreast is how many documents of a batch are written at once: the embedded
// store commits them together, and a replica set acknowledges them together.
const abreast = 8

// sideBySide calls fn for 0 to n-1, several at once, until one fails; then it
// returns that error.
func sideBySide(ctx context.Context, n int, fn func(ctx context.Context, i int) error) error {
	all, within := errgroup.WithContext(ctx)
	all.SetLimit(abreast)
	for i := 0; i < n && within.Err() == nil; i++ {
		all.Go(func() error {
			if within.Err() != nil {
				return nil
			}
			return fn(within, i)
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
