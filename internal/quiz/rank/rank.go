package rank

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Key is one thing that people are compared by.
type Key string

// The keys.
const (
	// AllCorrect puts those with all right first, and is a condition of prizes.
	AllCorrect Key = "allCorrect"
	// MostRight counts the questions with the full mark, HighestMark the marks.
	MostRight    Key = "mostRight"
	HighestMark  Key = "highestMark"
	NearestGuess Key = "nearestGuess"
	// EarliestSubmit is to the millisecond, by the server's clock.
	EarliestSubmit   Key = "earliestSubmit"
	ShortestDuration Key = "shortestDuration"
)

// Usual is the order that most contests in use have.
func Usual() []Key { return []Key{AllCorrect, NearestGuess, EarliestSubmit} }

// Guess is what people guess.
type Guess string

// The guesses; a percentage counts hundred-thousandths.
const (
	GuessNone         Guess = ""
	GuessAllCorrect   Guess = "allCorrect"
	GuessParticipants Guess = "participants"
	GuessPercent      Guess = "percent"
)

// NoGuess stands for a guess that was not made.
const NoGuess = -1

// Fact is what a ranking needs of one closed attempt.
type Fact struct {
	Member string
	Number int64
	// Unit is the member's organisation when the attempt began.
	Unit string
	// Device stands for the installation; "" is unknown.
	Device             string
	Right, Total, Mark int64
	// Guess is NoGuess when none was made.
	Guess int64
	// SubmittedAt and Duration are in milliseconds.
	SubmittedAt, Duration int64
	// Expired says that the attempt ran out.
	Expired bool
}

// allRight tells whether every question has the full mark.
func (f *Fact) allRight() bool { return f.Total > 0 && f.Right == f.Total }

// Truth is what was guessed, as it came to be.
type Truth struct {
	// AllCorrect are the people who have an attempt with all right,
	// Participants all who have one that ended, Attempts all of these.
	AllCorrect, Participants, Attempts int64
}

// Percent is the share of those with all right in hundred-thousandths of a per
// cent, rounded half up.
func (t Truth) Percent() int64 {
	if t.Participants == 0 {
		return 0
	}
	return (2*hundred*t.AllCorrect + t.Participants) / (2 * t.Participants)
}

// hundred is 100 per cent in hundred-thousandths.
const hundred = 100 * 100_000

// distance is how far a guess is off. A percentage is compared with the share
// itself, not with what it is rounded to: both sides are multiplied by the
// number of people.
func (t Truth) distance(kind Guess, guess int64) int64 {
	switch {
	case kind == GuessNone:
		return 0
	case guess == NoGuess:
		return math.MaxInt64
	}
	switch kind {
	case GuessAllCorrect:
		return abs(guess - t.AllCorrect)
	case GuessParticipants:
		return abs(guess - t.Participants)
	case GuessPercent:
		return abs(guess*t.Participants - hundred*t.AllCorrect)
	case GuessNone:
	}
	return 0
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// Place is one person's place in a ranking.
type Place struct {
	// Rank is shared by those who are equal in all keys; the next follows
	// after as many as they are.
	Rank int64
	// Fact is the attempt that counts, Attempts how many the person has.
	Fact
	Attempts int64
	// AllRight says that one of them has all right.
	AllRight bool
	// Distance is how far the guess is off, in the guess's unit; of a
	// percentage times the number of people.
	Distance int64
}

// Ranking is what comes of a round.
type Ranking struct {
	Truth Truth
	// Facts are what it was made of, by member and number.
	Facts  []Fact
	Places []Place
	// Seats are the indexes of Places in the order of members' ids.
	Seats []int64

	keys  []Key
	guess Guess
}

// Of ranks a round from pages of facts, which it does not change. Of several facts of one member and number the first by their
// content is taken.
func Of(pages [][]Fact, keys []Key, guess Guess) Ranking {
	facts := gather(pages)
	r := Ranking{Truth: truthOf(facts), Facts: facts, keys: keys, guess: guess}
	order := &order{keys, guess, r.Truth}
	r.Places = make([]Place, 0, r.Truth.Participants)
	for at := 0; at < len(facts); {
		end, best, right := at+1, at, facts[at].allRight()
		for ; end < len(facts) && facts[end].Member == facts[at].Member; end++ {
			right = right || facts[end].allRight()
			if order.compare(&facts[end], &facts[best]) < 0 { // the first of equal ones counts
				best = end
			}
		}
		r.Places = append(r.Places, Place{Fact: facts[best], Attempts: int64(end - at), AllRight: right, Distance: order.distance(&facts[best])})
		at = end
	}
	r.sort(order)
	return r
}

// sort puts the places, which stand by member, in order, and ranks them; those
// who are equal in all keys stay by member.
func (r *Ranking) sort(o *order) {
	type standing struct {
		keys [maxKeys]int64
		at   int
	}
	list := make([]standing, len(r.Places))
	for i := range list {
		list[i] = standing{o.values(&r.Places[i].Fact), i}
	}
	slices.SortFunc(list, func(a, b standing) int {
		return cmp.Or(slices.Compare(a.keys[:], b.keys[:]), cmp.Compare(a.at, b.at))
	})
	out := make([]Place, len(list))
	r.Seats = make([]int64, len(list))
	for i := range list {
		out[i], r.Seats[list[i].at] = r.Places[list[i].at], int64(i)
		out[i].Rank = int64(i + 1)
		if i > 0 && list[i].keys == list[i-1].keys {
			out[i].Rank = out[i-1].Rank
		}
	}
	r.Places = out
}

// compareFacts is the order of facts by member and number; what follows makes
// it total, so that the order in which they came decides nothing.
func compareFacts(a, b Fact) int {
	return cmp.Or(strings.Compare(a.Member, b.Member), cmp.Compare(a.Number, b.Number), cmp.Compare(a.SubmittedAt, b.SubmittedAt),
		cmp.Compare(a.Mark, b.Mark), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Guess, b.Guess), cmp.Compare(a.Duration, b.Duration),
		strings.Compare(a.Unit, b.Unit), strings.Compare(a.Device, b.Device))
}

// truthOf counts over facts that are ordered by member.
func truthOf(facts []Fact) Truth {
	t := Truth{Attempts: int64(len(facts))}
	right := false
	for i := range facts {
		if i == 0 || facts[i].Member != facts[i-1].Member {
			t.Participants++
			right = false
		}
		if !right && facts[i].allRight() {
			t.AllCorrect++
			right = true
		}
	}
	return t
}

// order compares facts by keys, once the truth is known.
type order struct {
	keys  []Key
	guess Guess
	truth Truth
}

func (o *order) distance(f *Fact) int64 { return o.truth.distance(o.guess, f.Guess) }

// maxKeys is how many keys there are to rank by.
const maxKeys = 6

// values are what a fact is ranked by, in the order of the keys: less is better.
func (o *order) values(f *Fact) (out [maxKeys]int64) {
	for i, k := range o.keys {
		switch k {
		case AllCorrect:
			if !f.allRight() {
				out[i] = 1
			}
		case MostRight:
			out[i] = -f.Right
		case HighestMark:
			out[i] = -f.Mark
		case NearestGuess:
			out[i] = o.distance(f)
		case EarliestSubmit:
			out[i] = f.SubmittedAt
		case ShortestDuration:
			out[i] = f.Duration
		}
	}
	return out
}

// compare is negative when a is better than b.
func (o *order) compare(a, b *Fact) int {
	x, y := o.values(a), o.values(b)
	return slices.Compare(x[:], y[:])
}
