package itemstats

import "math"

// Least is the fewest people whose answers are told of: of fewer, a number
// could be somebody's.
const Least = 5

// Fact is what one person's attempt says of one question. Marks count
// thousandths.
type Fact struct {
	Mark int64
	// Rest is the mean mark of the attempt's other questions, Alone when there
	// is none.
	Rest  int64
	Alone bool
	// Answered is false for a question that was left empty; Chosen are the ids
	// of the choices.
	Answered bool
	Chosen   []string
}

// Tally is what was added up of one question. The zero value is an empty one.
type Tally struct {
	People, Full, Unanswered int64
	marks                    int64
	// The sums over the facts with other questions.
	n, x, y, xx, yy, xy int64
	chosen              map[string]int64
}

// full is the mark of a right answer.
const full = 1000

// Add adds one person's fact.
func (t *Tally) Add(f Fact) {
	t.People++
	t.marks += f.Mark
	if f.Mark == full {
		t.Full++
	}
	if !f.Answered {
		t.Unanswered++
	}
	if !f.Alone {
		t.n++
		t.x, t.y = t.x+f.Mark, t.y+f.Rest
		t.xx, t.yy, t.xy = t.xx+f.Mark*f.Mark, t.yy+f.Rest*f.Rest, t.xy+f.Mark*f.Rest
	}
	for _, id := range f.Chosen {
		t.choose(id, 1)
	}
}

func (t *Tally) choose(id string, n int64) {
	if t.chosen == nil {
		t.chosen = map[string]int64{}
	}
	t.chosen[id] += n
}

// Merge adds what another tally has.
func (t *Tally) Merge(o *Tally) {
	t.People, t.Full, t.Unanswered, t.marks = t.People+o.People, t.Full+o.Full, t.Unanswered+o.Unanswered, t.marks+o.marks
	t.n, t.x, t.y = t.n+o.n, t.x+o.x, t.y+o.y
	t.xx, t.yy, t.xy = t.xx+o.xx, t.yy+o.yy, t.xy+o.xy
	for id, n := range o.chosen {
		t.choose(id, n)
	}
}

// Suppressed tells whether too few people stand behind the tally for it to be
// told.
func (t *Tally) Suppressed() bool { return t.People < Least }

// FullShare is the share of people with the full mark: the classical index of
// difficulty, which is high for what is easy. MeanMark is the mean mark, 0 to 1.
func (t *Tally) FullShare() float64 { return share(t.Full, t.People) }

// MeanMark is the mean mark, 0 to 1.
func (t *Tally) MeanMark() float64 { return share(t.marks, t.People*full) }

func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// Discrimination is the correlation of the question's mark with that of the rest
// of the attempt, -1 to 1; for right or wrong it is the point-biserial
// correlation. The question itself is left out of the rest, else it would
// correlate with itself (the corrected item-total correlation: Lord and Novick,
// Statistical Theories of Mental Test Scores, 1968, chapter 15). ok is false
// where everybody has the same mark in either, so that nothing can be told.
// Below 0.2 a question deserves a look; below 0 it is likely keyed wrong.
func (t *Tally) Discrimination() (r float64, ok bool) {
	vx, vy := t.n*t.xx-t.x*t.x, t.n*t.yy-t.y*t.y
	if vx <= 0 || vy <= 0 {
		return 0, false
	}
	r = float64(t.n*t.xy-t.x*t.y) / (math.Sqrt(float64(vx)) * math.Sqrt(float64(vy)))
	return max(-1, min(1, r)), true
}

// Chosen is how many people chose a choice.
func (t *Tally) Chosen(id string) int64 { return t.chosen[id] }
