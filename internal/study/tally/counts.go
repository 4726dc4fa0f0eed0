package tally

import (
	"slices"
	"time"
)

// Rules say who is obliged to study. They are data: an installation may set them
// otherwise than Usual.
type Rules struct {
	// Exempt are the statuses of those who are not obliged, Excused the kinds.
	Exempt  []Status `bson:"exempt"`
	Excused []Kind   `bson:"excused"`
}

// Owes tells whether a member of a kind and status is obliged.
func (r *Rules) Owes(k Kind, s Status) bool {
	return !slices.Contains(r.Exempt, s) && !slices.Contains(r.Excused, k)
}

// Usual has all obliged but those exempt, for good or for a time.
func Usual() Rules { return Rules{Exempt: []Status{Exempt, TemporarilyExempt}, Excused: []Kind{}} }

// Counts are those of a unit. All but Total and Removed are parts of it, and may
// overlap.
type Counts struct {
	Total int64 `bson:"total"`
	// Exempt includes TemporarilyExempt. Obliged are all who are neither exempt
	// nor excused by their kind.
	Exempt            int64 `bson:"exempt"`
	TemporarilyExempt int64 `bson:"temporarilyExempt"`
	Obliged           int64 `bson:"obliged"`
	// Completed are apart by whether they were obliged; OnBehalf, Session and
	// Voluntary are those of either that rest on it.
	CompletedObliged int64 `bson:"completedObliged"`
	CompletedExempt  int64 `bson:"completedExempt"`
	OnBehalf         int64 `bson:"onBehalf"`
	Session          int64 `bson:"session"`
	Voluntary        int64 `bson:"voluntary"`
	// InProgress have begun and not completed; QuizPassed have passed.
	InProgress int64 `bson:"inProgress"`
	QuizPassed int64 `bson:"quizPassed"`
	// What came after the opening. Added are part of Total, Removed no longer:
	// Total less the one and with the other is what was taken down.
	Added          int64 `bson:"added"`
	Removed        int64 `bson:"removed"`
	ExemptedSince  int64 `bson:"exemptedSince"`
	MovedSince     int64 `bson:"movedSince"`
	SuspendedSince int64 `bson:"suspendedSince"`
	LeftSince      int64 `bson:"leftSince"`
	DiedSince      int64 `bson:"diedSince"`
}

// Count adds a row, by what had been recorded at an instant.
func (c *Counts) Count(r *Row, rules *Rules, at time.Time) {
	s := r.At(at)
	switch {
	case !s.OnRoll && !r.late():
		c.Removed++
		return
	case !s.OnRoll:
		return
	case r.late():
		c.Added++
	}
	for _, k := range noted {
		if s.Has(k) {
			*c.note(k)++
		}
	}
	c.Total++
	exempt := slices.Contains(rules.Exempt, r.Status)
	switch {
	case exempt:
		c.Exempt++
		if r.Status == TemporarilyExempt {
			c.TemporarilyExempt++
		}
	case !slices.Contains(rules.Excused, r.Kind):
		c.Obliged++
	}
	if s.Has(PassedIt) {
		c.QuizPassed++
	}
	if s.Completion == nil {
		if s.Has(Began) || s.Has(PassedIt) {
			c.InProgress++
		}
		return
	}
	if exempt || slices.Contains(rules.Excused, r.Kind) {
		c.CompletedExempt++
	} else {
		c.CompletedObliged++
	}
	switch s.Completion.Basis {
	case OnBehalf:
		c.OnBehalf++
	case BySession:
		c.Session++
	case Voluntary:
		c.Voluntary++
	case ByApp:
	}
}

// noted are the kinds that count apart.
var noted = [...]EntryKind{Exempted, Moved, Suspended, Left, Died}

// note is the count of one of them.
func (c *Counts) note(k EntryKind) *int64 {
	switch k {
	case Exempted:
		return &c.ExemptedSince
	case Moved:
		return &c.MovedSince
	case Suspended:
		return &c.SuspendedSince
	case Left:
		return &c.LeftSince
	default:
		return &c.DiedSince
	}
}

// Add adds the counts of another unit.
func (c *Counts) Add(o *Counts) {
	a, b := c.all(), o.all()
	for i := range a {
		*a[i] += *b[i]
	}
}

// Less takes the counts of a moment before away: what is left is what has come
// since, below 0 where something was taken back.
func (c *Counts) Less(o *Counts) {
	a, b := c.all(), o.all()
	for i := range a {
		*a[i] -= *b[i]
	}
}

// all are the counts, in one order.
func (c *Counts) all() []*int64 {
	return []*int64{&c.Total, &c.Exempt, &c.TemporarilyExempt, &c.Obliged, &c.CompletedObliged, &c.CompletedExempt, &c.OnBehalf, &c.Session, &c.Voluntary,
		&c.InProgress, &c.QuizPassed, &c.Added, &c.Removed, &c.ExemptedSince, &c.MovedSince, &c.SuspendedSince, &c.LeftSince, &c.DiedSince}
}

// Rates are fractions from 0 to 1; nil where the denominator is 0.
type Rates struct {
	// All is who completed over all, Obliged over the obliged alone, and Present
	// has exempt members below the line only who completed.
	All, Obliged, Present *float64
}

// Rates returns the three rates in use.
func (c *Counts) Rates() Rates {
	done := c.CompletedObliged + c.CompletedExempt
	return Rates{All: rate(done, c.Total), Obliged: rate(c.CompletedObliged, c.Obliged), Present: rate(done, c.Obliged+c.CompletedExempt)}
}

func rate(n, of int64) *float64 {
	if of == 0 {
		return nil
	}
	r := float64(n) / float64(of)
	return &r
}
