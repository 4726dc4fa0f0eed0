package rank

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// got writes a ranking down as "1 a, 1 b, 3 c".
func got(r *Ranking) string {
	var out []string
	for _, p := range r.Places {
		out = append(out, fmt.Sprint(p.Rank, " ", p.Member))
	}
	return strings.Join(out, ", ")
}

// fact is somebody's first attempt with all 10 right.
func fact(member string, change func(f *Fact)) Fact {
	f := Fact{Member: member, Number: 1, Unit: "u", Right: 10, Total: 10, Mark: 100, Guess: 2, SubmittedAt: 1000, Duration: 60_000}
	if change != nil {
		change(&f)
	}
	return f
}

func TestTiesAtEachKey(t *testing.T) {
	t.Parallel()
	all := []Key{AllCorrect, NearestGuess, EarliestSubmit, ShortestDuration}
	cases := []struct {
		name  string
		keys  []Key
		guess Guess
		facts []Fact
		want  string
	}{
		{"nobody", all, GuessAllCorrect, nil, ""},
		{"equal in all keys: one rank, and the next follows after as many", all, GuessAllCorrect,
			[]Fact{fact("c", func(f *Fact) { f.SubmittedAt = 1001 }), fact("b", nil), fact("a", nil)}, "1 a, 1 b, 3 c"},
		{"all right comes before a nearer guess", all, GuessAllCorrect,
			[]Fact{fact("a", func(f *Fact) { f.Right = 9; f.Guess = 1 }), fact("b", func(f *Fact) { f.Guess = 500 })}, "1 b, 2 a"},
		{"a guess is as near from above as from below", all, GuessAllCorrect,
			[]Fact{fact("a", func(f *Fact) { f.Guess = 1; f.SubmittedAt = 1001 }), fact("b", func(f *Fact) { f.Guess = 3 })}, "1 b, 2 a"},
		{"no guess is farther than any", all, GuessAllCorrect,
			[]Fact{fact("a", func(f *Fact) { f.Guess = NoGuess; f.SubmittedAt = 1 }), fact("b", func(f *Fact) { f.Guess = 100_000_000 })}, "1 b, 2 a"},
		{"participants, not those with all right, are guessed", all, GuessParticipants,
			[]Fact{fact("a", func(f *Fact) { f.Guess = 1 }), fact("b", func(f *Fact) { f.Right = 0; f.Guess = 9 }), fact("c", func(f *Fact) { f.Guess = 4 })}, "1 c, 2 a, 3 b"},
		{"a percentage is compared with the share itself", all, GuessPercent, []Fact{
			fact("a", func(f *Fact) { f.Guess = 66_66666 }), fact("b", func(f *Fact) { f.Guess = 66_66667 }), fact("c", func(f *Fact) { f.Right = 0 })}, "1 b, 2 a, 3 c"},
		{"a guess where none is asked for decides nothing", all, GuessNone,
			[]Fact{fact("b", func(f *Fact) { f.Guess = 9 }), fact("a", func(f *Fact) { f.Guess = 2; f.SubmittedAt = 1001 })}, "1 b, 2 a"},
		{"a millisecond earlier", all, GuessAllCorrect,
			[]Fact{fact("a", func(f *Fact) { f.SubmittedAt = 1001 }), fact("b", func(f *Fact) { f.Duration = 600_000 })}, "1 b, 2 a"},
		{"shorter, when all else is equal", all, GuessAllCorrect,
			[]Fact{fact("a", func(f *Fact) { f.Duration++ }), fact("b", nil)}, "1 b, 2 a"},
		{"keys in another order", []Key{MostRight, ShortestDuration, NearestGuess}, GuessAllCorrect,
			[]Fact{fact("a", func(f *Fact) { f.Right = 9; f.Duration = 1 }), fact("b", func(f *Fact) { f.Duration = 5 }), fact("c", func(f *Fact) { f.Duration = 4 })}, "1 c, 2 b, 3 a"},
		{"marks, where part of a question counts", []Key{HighestMark}, GuessNone,
			[]Fact{fact("a", func(f *Fact) { f.Right = 5; f.Mark = 70 }), fact("b", func(f *Fact) { f.Right = 6; f.Mark = 65 })}, "1 a, 2 b"},
		{"the best of a member's attempts counts, the first of equal ones", all, GuessAllCorrect, []Fact{
			fact("a", func(f *Fact) { f.Right = 3; f.SubmittedAt = 10 }), fact("a", func(f *Fact) { f.Number = 2 }), fact("a", func(f *Fact) { f.Number = 3; f.SubmittedAt = 2000 }),
			fact("b", func(f *Fact) { f.SubmittedAt = 1500 })}, "1 a, 2 b"},
		{"what was put down twice counts once", all, GuessParticipants,
			[]Fact{fact("a", nil), fact("a", nil), fact("b", func(f *Fact) { f.Guess = 3 })}, "1 a, 2 b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := Of([][]Fact{c.facts}, c.keys, c.guess)
			if got(&r) != c.want {
				t.Errorf("got  %s\nwant %s", got(&r), c.want)
			}
		})
	}
}

func TestTruth(t *testing.T) {
	t.Parallel()
	r := Of([][]Fact{{fact("a", func(f *Fact) { f.Right = 1 }), fact("a", func(f *Fact) { f.Number = 2 }), fact("b", func(f *Fact) { f.Right = 1 }),
		fact("c", func(f *Fact) { f.Expired = true; f.Right = 0; f.Total = 0 })}}, []Key{EarliestSubmit}, GuessPercent)
	if want := (Truth{AllCorrect: 1, Participants: 3, Attempts: 4}); r.Truth != want || r.Truth.Percent() != 33_33333 {
		t.Errorf("truth %+v, %d", r.Truth, r.Truth.Percent())
	}
	if u := r.Units()["u"]; u != (Unit{ID: "u", People: 3, Attempts: 4, AllCorrect: 1}) {
		t.Errorf("units %+v: who has all right once counts as that", u)
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	on := func(device string, d int64) func(f *Fact) { return func(f *Fact) { f.Device, f.Duration = device, d } }
	r := Of([][]Fact{{fact("a", on("x", 19_999)), fact("b", on("x", 20_000)), fact("c", on("y", 20_000)), fact("c", func(f *Fact) { f.Number, f.Device = 2, "y" }),
		fact("d", on("", 1)), fact("e", func(f *Fact) { f.Right, f.Duration = 0, 1 })}}, Usual(), GuessNone)
	want := map[string]Signal{"a": {SharedWith: 1, Fast: 1}, "b": {SharedWith: 1}, "d": {Fast: 1}}
	if s := r.Signals(2000); fmt.Sprint(s) != fmt.Sprint(want) {
		t.Errorf("signals %v, want %v", s, want)
	}
	if s := r.Signals(0); s["d"].Fast != 0 {
		t.Errorf("speed is looked at: %v", s)
	}
}

// anyFacts are facts with many ties.
func anyFacts(t *rapid.T) []Fact {
	small := func(label string, most int64) int64 { return rapid.Int64Range(0, most).Draw(t, label) }
	n := rapid.IntRange(0, 14).Draw(t, "n")
	seen := map[string]int64{}
	out := make([]Fact, n)
	for i := range out {
		m := string(rune('a' + small("member", 6)))
		seen[m]++
		out[i] = Fact{Member: m, Number: seen[m], Unit: "u", Right: small("right", 2), Total: 2, Mark: small("mark", 2), Guess: small("guess", 8) - 1,
			SubmittedAt: small("at", 2), Duration: small("duration", 2)}
	}
	return out
}

// TestRankingIsTheObviousOne compares with a model that knows no sorting: of
// two people the better one is found key by key, and a rank is one more than
// how many are better.
func TestRankingIsTheObviousOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := anyFacts(t)
		keys := rapid.Permutation([]Key{AllCorrect, MostRight, HighestMark, NearestGuess, EarliestSubmit, ShortestDuration}).Draw(t, "keys")[:rapid.IntRange(1, 6).Draw(t, "some")]
		guess := rapid.SampledFrom([]Guess{GuessNone, GuessAllCorrect, GuessParticipants, GuessPercent}).Draw(t, "guess")
		r := Of([][]Fact{facts}, keys, guess)
		m := model{facts, keys, guess}
		if len(r.Places) != len(m.members()) {
			t.Fatalf("%d places for %d people", len(r.Places), len(m.members()))
		}
		for _, p := range r.Places {
			if want := m.rank(p.Member); p.Rank != want {
				t.Fatalf("%s has rank %d, want %d\n%+v", p.Member, p.Rank, want, facts)
			}
			if best := m.best(p.Member); p.Fact != best {
				t.Fatalf("%s: %+v counts, want %+v", p.Member, p.Fact, best)
			}
		}
		if !slices.IsSortedFunc(r.Places, func(a, b Place) int {
			if a.Rank != b.Rank {
				return int(a.Rank - b.Rank)
			}
			return strings.Compare(a.Member, b.Member)
		}) {
			t.Fatalf("places are out of order: %s", got(&r))
		}
		if !slices.IsSortedFunc(r.Seats, func(a, b int64) int { return strings.Compare(r.Places[a].Member, r.Places[b].Member) }) || len(r.Seats) != len(r.Places) {
			t.Fatalf("seats are out of order: %v of %s", r.Seats, got(&r))
		}
		again := slices.Clone(append(slices.Clone(facts), facts...))
		rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "shuffle"))).Shuffle(len(again), func(i, k int) { again[i], again[k] = again[k], again[i] })
		cut := rapid.IntRange(0, len(again)).Draw(t, "cut")
		if s := Of([][]Fact{again[:cut], nil, again[cut:]}, keys, guess); s.Digest() != r.Digest() || got(&s) != got(&r) {
			t.Fatalf("the order of facts, or facts that stand twice, change the ranking")
		}
	})
}

// model is a ranking that is slow and plain.
type model struct {
	facts []Fact
	keys  []Key
	guess Guess
}

func (m *model) members() map[string]bool {
	out := map[string]bool{}
	for _, f := range m.facts {
		out[f.Member] = true
	}
	return out
}

func (m *model) off(guess int64) *big.Rat {
	right := map[string]bool{}
	for _, f := range m.facts {
		if f.Right == f.Total {
			right[f.Member] = true
		}
	}
	truth := new(big.Rat)
	switch m.guess {
	case GuessAllCorrect:
		truth.SetInt64(int64(len(right)))
	case GuessParticipants:
		truth.SetInt64(int64(len(m.members())))
	case GuessPercent:
		truth.SetFrac64(int64(len(right))*10_000_000, int64(len(m.members())))
	case GuessNone:
		return truth
	}
	if guess == NoGuess {
		return new(big.Rat).SetInt64(1 << 60)
	}
	d := new(big.Rat).Sub(truth, new(big.Rat).SetInt64(guess))
	return d.Abs(d)
}

func (m *model) better(a, b Fact) int {
	for _, k := range m.keys {
		var x, y *big.Rat
		n := func(v int64) *big.Rat { return new(big.Rat).SetInt64(v) }
		switch k {
		case AllCorrect:
			x, y = n(0), n(0)
			if a.Right == a.Total {
				x = n(-1)
			}
			if b.Right == b.Total {
				y = n(-1)
			}
		case MostRight:
			x, y = n(-a.Right), n(-b.Right)
		case HighestMark:
			x, y = n(-a.Mark), n(-b.Mark)
		case NearestGuess:
			x, y = m.off(a.Guess), m.off(b.Guess)
			if m.guess != GuessNone && a.Guess == NoGuess && b.Guess == NoGuess {
				x, y = n(0), n(0)
			}
		case EarliestSubmit:
			x, y = n(a.SubmittedAt), n(b.SubmittedAt)
		case ShortestDuration:
			x, y = n(a.Duration), n(b.Duration)
		}
		if c := x.Cmp(y); c != 0 {
			return c
		}
	}
	return 0
}

func (m *model) best(member string) Fact {
	var best *Fact
	for i := range m.facts {
		f := &m.facts[i]
		if f.Member == member && (best == nil || m.better(*f, *best) < 0 || m.better(*f, *best) == 0 && f.Number < best.Number) {
			best = f
		}
	}
	return *best
}

func (m *model) rank(member string) int64 {
	rank := int64(1)
	for other := range m.members() {
		if m.better(m.best(other), m.best(member)) < 0 {
			rank++
		}
	}
	return rank
}
