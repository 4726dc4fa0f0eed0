package paper

import (
	"math"
	"testing"
)

func TestLift(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		letter, mark rune
		want         float64
	}{
		{'e', '\u0306', 0}, {'ê', '\u0306', liftMark}, {'ô', '\u0306', liftMark}, {'ơ', '\u0306', 0}, {'E', '\u0306', liftCapital},
		{'Ê', '\u0306', liftCapital + liftMark}, {'ệ', '\u0306', liftMark}, {'ẹ', '\u0306', 0}, {'ê', '\u0323', 0}, {'ê', 'n', 0}, {0, '\u0306', 0},
	} {
		if got := lift(row.letter, row.mark); math.Abs(got-row.want) > 1e-9 {
			t.Errorf("%q and %U: lifted by %v, want %v", row.letter, row.mark, got, row.want)
		}
	}
}
