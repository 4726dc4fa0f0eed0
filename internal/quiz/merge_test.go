package quiz

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/quiz/question"
)

// delivery is a save as it may arrive: repeated, out of order, from two devices.
type delivery struct {
	seq  int64
	text string
}

// However saves arrive, the answer is the value of the highest sequence, of
// equal ones the one that first arrived last; every other value is kept, and no
// repeat changes anything.
func TestAnswersMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		distinct := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) delivery {
			return delivery{rapid.Int64Range(1, 5).Draw(t, "seq"), rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "text")}
		}), 1, maxReplaced, rapid.ID).Draw(t, "values")
		arrivals := rapid.SliceOfN(rapid.SampledFrom(distinct), 1, 60).Draw(t, "arrivals")
		var a Answer
		var order []delivery
		seen := map[delivery]bool{}
		for i, d := range arrivals {
			changed := a.take(value{seq: d.seq, response: question.Response{Text: d.text}, at: time.UnixMilli(int64(i))})
			if changed == seen[d] {
				t.Fatalf("arrival %d of %v: changed %v", i, d, changed)
			}
			if !seen[d] {
				order = append(order, d)
			}
			seen[d] = true
		}
		best := order[0]
		for _, d := range order[1:] {
			if d.seq >= best.seq {
				best = d
			}
		}
		if got := (delivery{a.Seq, a.Response.Text}); got != best {
			t.Fatalf("%v: the answer is %v, want %v", arrivals, got, best)
		}
		kept := map[delivery]bool{best: true}
		for _, r := range a.Replaced {
			kept[delivery{r.Seq, r.Response.Text}] = true
		}
		if len(kept) != len(order) || a.Dropped != 0 {
			t.Fatalf("%v: kept %v", arrivals, kept)
		}
	})
}

// A device that does not count is counted for; its repeat is one all the same.
func TestSavesWithoutSequence(t *testing.T) {
	t.Parallel()
	var a Answer
	for i, c := range []struct {
		text    string
		changed bool
		seq     int64
	}{{"a", true, 1}, {"a", false, 1}, {"b", true, 2}, {"a", true, 3}, {"", true, 4}, {"", false, 4}} {
		if got := a.take(value{response: question.Response{Text: c.text}}); got != c.changed || a.Seq != c.seq || a.Response.Text != c.text {
			t.Fatalf("save %d: changed %v, %+v", i, got, a)
		}
	}
}

// What one answer may keep is bounded; what goes is counted, and never the
// answer itself.
func TestReplacedValuesAreBounded(t *testing.T) {
	t.Parallel()
	var a Answer
	for i := range int64(100) {
		a.take(value{seq: i + 1, response: question.Response{Text: fmt.Sprint(i)}})
	}
	if len(a.Replaced) != maxReplaced || a.Dropped != 99-maxReplaced || a.Response.Text != "99" || a.Replaced[0].Seq != 100-maxReplaced {
		t.Fatalf("%d kept, %d dropped, answer %s", len(a.Replaced), a.Dropped, a.Response.Text)
	}
}
