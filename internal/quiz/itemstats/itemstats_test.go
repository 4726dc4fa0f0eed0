package itemstats

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func anyFact(t *rapid.T) Fact {
	f := Fact{Mark: rapid.SampledFrom([]int64{0, 333, 500, 1000}).Draw(t, "mark"), Rest: rapid.Int64Range(0, 1000).Draw(t, "rest"),
		Alone: rapid.IntRange(0, 9).Draw(t, "alone") == 0, Answered: rapid.Bool().Draw(t, "answered")}
	if f.Answered {
		f.Chosen = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 3, rapid.ID[string]).Draw(t, "chosen")
	}
	return f
}

func tallied(facts []Fact) *Tally {
	t := &Tally{}
	for _, f := range facts {
		t.Add(f)
	}
	return t
}

// However facts are ordered and divided, the tally is the same.
func TestTallyIsASum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(anyFact), 0, 30).Draw(t, "facts")
		want := tallied(facts)
		mixed := rapid.Permutation(facts).Draw(t, "order")
		cut := rapid.IntRange(0, len(mixed)).Draw(t, "cut")
		got := tallied(mixed[cut:])
		got.Merge(tallied(mixed[:cut]))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}

// The correlation is what the definition gives, and is not moved by a constant.
func TestDiscriminationIsTheCorrelation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(anyFact), 0, 40).Draw(t, "facts")
		var n, mx, my float64
		for _, f := range facts {
			if !f.Alone {
				n, mx, my = n+1, mx+float64(f.Mark), my+float64(f.Rest)
			}
		}
		var cov, vx, vy float64
		for _, f := range facts {
			if !f.Alone {
				dx, dy := float64(f.Mark)-mx/n, float64(f.Rest)-my/n
				cov, vx, vy = cov+dx*dy, vx+dx*dx, vy+dy*dy
			}
		}
		got, ok := tallied(facts).Discrimination()
		if known := vx > 1e-6 && vy > 1e-6; ok != known {
			t.Fatalf("known %v, want %v", ok, known)
		}
		if ok && math.Abs(got-cov/math.Sqrt(vx*vy)) > 1e-9 {
			t.Fatalf("%v, want %v", got, cov/math.Sqrt(vx*vy))
		}
		shifted := make([]Fact, len(facts))
		for i, f := range facts {
			f.Rest += 100
			shifted[i] = f
		}
		if again, _ := tallied(shifted).Discrimination(); math.Abs(again-got) > 1e-9 {
			t.Fatalf("%v after a shift, want %v", again, got)
		}
	})
}

func TestTallyOfKnownAnswers(t *testing.T) {
	t.Parallel()
	knows, guesses := Fact{Mark: 1000, Rest: 900, Answered: true, Chosen: []string{"a"}}, Fact{Mark: 0, Rest: 100, Answered: true, Chosen: []string{"b"}}
	v := tallied([]Fact{knows, knows, guesses, guesses, {Mark: 500, Rest: 500}})
	r, ok := v.Discrimination()
	if !ok || math.Abs(r-1) > 1e-9 || v.FullShare() != 0.4 || v.MeanMark() != 0.5 || v.Unanswered != 1 || v.Chosen("a") != 2 || v.Chosen("b") != 2 || v.Chosen("c") != 0 {
		t.Errorf("%+v %v", v, r)
	}
	if v.Suppressed() || !tallied([]Fact{knows, knows, guesses, guesses}).Suppressed() {
		t.Error("five people are told of, four are not")
	}
	if r, _ := tallied([]Fact{{Mark: 1000, Rest: 0}, {Mark: 0, Rest: 1000}}).Discrimination(); math.Abs(r+1) > 1e-9 {
		t.Errorf("keyed the wrong way round: %v", r)
	}
	if _, ok := tallied([]Fact{knows, knows}).Discrimination(); ok {
		t.Error("where all are alike nothing can be told")
	}
	if empty := (&Tally{}); empty.FullShare() != 0 || empty.MeanMark() != 0 || !empty.Suppressed() {
		t.Error("nothing was asked")
	}
	// As many as the largest contest has, all at the ends: the sums hold.
	var large Tally
	for i := range 300_000 {
		large.Add([]Fact{{Mark: 1000, Rest: 1000}, {}}[i%2])
	}
	if r, ok := large.Discrimination(); !ok || math.Abs(r-1) > 1e-9 {
		t.Errorf("of many: %v", r)
	}
}
