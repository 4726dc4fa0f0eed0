package quiz

import (
	"strconv"
	"time"

	"sotay/internal/ident"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// State says where an attempt stands.
type State string

// The states. A leased attempt has a number and has not begun; it is void when
// its lease ran out unused.
const (
	Leased    State = "leased"
	Open      State = "open"
	Submitted State = "submitted" // by the member
	Expired   State = "expired"   // by itself, at its deadline
	Void      State = "void"
)

// Attempt is one member's attempt at a sitting: a pinned paper, a seed, what was
// answered, and once it is closed what came of it. It holds nothing of the key.
type Attempt struct {
	store.Meta `bson:",inline"`
	SittingID  string `bson:"sittingId"`
	// Mine is "<sitting>/<member>"; with the number it is unique.
	Mine     string `bson:"mine"`
	MemberID string `bson:"memberId"`
	Number   int64  `bson:"number"`
	// OrgID is the member's organisation when the attempt began.
	OrgID   string `bson:"orgId"`
	Version int64  `bson:"version"`
	PaperID string `bson:"paperId"`
	// Seed draws and shuffles; Places are the questions in this attempt's
	// order, by place in the paper.
	Seed           []byte  `bson:"seed"`
	Places         []int64 `bson:"places"`
	ShuffleChoices bool    `bson:"shuffleChoices"`
	PassMark       int64   `bson:"passMark"`
	State          State   `bson:"state"`
	// StartedAt is when it was leased while it has not begun.
	StartedAt time.Time `bson:"startedAt"`
	// DeadlineAt is fixed at the start; the zero time is none.
	DeadlineAt time.Time `bson:"deadlineAt"`
	// ClosedAt is when it ended, the epoch while it has not.
	ClosedAt time.Time `bson:"closedAt"`
	// Due is when a sweeper closes it, in Unix milliseconds; 0 for never, and
	// negative while the fact of a closed one is not in the pages of its round.
	Due     int64   `bson:"due"`
	Answers Answers `bson:"answers"`
	// Late is what arrived after the end: kept and shown, counted in nothing.
	Late []LateAnswer `bson:"late"`
	// Asks is what is guessed with the submit, Guess that guess, nil for none;
	// a percentage counts hundred-thousandths.
	Asks  GuessKind `bson:"asks"`
	Guess *int64    `bson:"guess"`
	// Marks are those of the questions in this attempt's order, once closed,
	// out of question.Full; Right counts the full ones, Mark is their sum.
	Marks  []int64 `bson:"marks"`
	Right  int64   `bson:"right"`
	Mark   int64   `bson:"mark"`
	Passed bool    `bson:"passed"`
	// Device stands for the installation within the sitting, so that those who
	// shared one can be seen without a trace across sittings; "" for unknown.
	Device string `bson:"device"`
	// Offline is what is kept of an attempt from a lease, nil for any other.
	Offline *Offline `bson:"offline"`
}

// Answer is the value of one question, with those that it replaced.
type Answer struct {
	Item     string            `bson:"item"`
	Seq      int64             `bson:"seq"`
	Response question.Response `bson:"response"`
	// At is the server's time; ClientAt the phone's, the zero time for none.
	At       time.Time `bson:"at"`
	ClientAt time.Time `bson:"clientAt"`
	// Replaced are other values, in the order of their arrival; Dropped counts
	// those that are no longer kept.
	Replaced []Replaced `bson:"replaced"`
	Dropped  int64      `bson:"dropped"`
}

// Replaced is a value that is not, or no longer, the answer.
type Replaced struct {
	Seq      int64             `bson:"seq"`
	Response question.Response `bson:"response"`
	At       time.Time         `bson:"at"`
}

// LateAnswer is a value that arrived after the end.
type LateAnswer struct {
	Item     string            `bson:"item"`
	Seq      int64             `bson:"seq"`
	Response question.Response `bson:"response"`
	At       time.Time         `bson:"at"`
	ClientAt time.Time         `bson:"clientAt"`
}

// Offline is what is kept of an attempt from a lease: it may be begun without
// signal, and the phone's times are kept beside the server's.
type Offline struct {
	LeaseID    string    `bson:"leaseId"`
	SessionID  string    `bson:"sessionId"`
	ValidUntil time.Time `bson:"validUntil"`
	// LimitSeconds and EndsAt are what the member's terms were when it was
	// leased: how long it lasts, 0 for as long as it is open; and the instant
	// at which it ends in any case, the zero time for none.
	LimitSeconds int64     `bson:"limitSeconds"`
	EndsAt       time.Time `bson:"endsAt"`
	// StartedAt and SubmittedAt are the phone's word for when it began and
	// ended, the zero time for none; ReceivedAt is when the server heard of the
	// beginning.
	StartedAt   time.Time `bson:"startedAt"`
	SubmittedAt time.Time `bson:"submittedAt"`
	ReceivedAt  time.Time `bson:"receivedAt"`
	// SkewMillis is how far the phone's clock was ahead, at its worst; Skewed
	// says that it was beyond what is believed.
	SkewMillis int64 `bson:"skewMillis"`
	Skewed     bool  `bson:"skewed"`
	// Overdue says that it was begun or heard of after the lease had ended.
	Overdue bool `bson:"overdue"`
}

// epoch stands for "not yet" in an indexed date.
var epoch = time.UnixMilli(0).UTC()

func attemptSchema() *store.Schema {
	return &store.Schema{Name: "attempts", Recent: 8192, Indexes: []store.Index{
		{Name: "mine", Unique: true, Fields: []store.Field{{Path: "mine", Type: store.String}, {Path: "number", Type: store.Int64}}},
		{Name: "member", Fields: []store.Field{{Path: "memberId", Type: store.String}, {Path: "startedAt", Type: store.Date}}},
		{Name: "closed", Fields: []store.Field{{Path: "sittingId", Type: store.String}, {Path: "closedAt", Type: store.Date}}},
		{Name: "due", Fields: []store.Field{{Path: "due", Type: store.Int64}}},
	}}
}

// mineKey is the key of a member's attempts at a sitting.
func mineKey(sittingID, memberID string) string { return sittingID + "/" + memberID }

// attemptID is the id of a member's attempt of a number, so that two starts at
// once make one.
func attemptID(mine string, number int64) string {
	return ident.Derive("attempt", mine, strconv.FormatInt(number, 10))
}

// Closed tells whether nothing that arrives now counts any more.
func (a *Attempt) Closed() bool { return a.State == Submitted || a.State == Expired }

// ranOut tells whether a sweeper would end an open attempt now. One from a
// lease is left open for a while after its deadline, for what the phone has yet
// to send.
func (a *Attempt) ranOut(now time.Time) bool { return a.Due > 0 && now.UnixMilli() >= a.Due }

// overdue tells whether the attempt has run out by an instant.
func (a *Attempt) overdue(at time.Time) bool { return !a.DeadlineAt.IsZero() && at.After(a.DeadlineAt) }

// answer returns the answer of an item, nil when none was saved.
func (a *Attempt) answer(item string) *Answer {
	for i := range a.Answers {
		if a.Answers[i].Item == item {
			return &a.Answers[i]
		}
	}
	return nil
}

// Total is how many questions the attempt has.
func (a *Attempt) Total() int64 { return int64(len(a.Places)) }

// Score is the mark in per cent, to two decimals, rounded down: only all right
// is 100.
func (a *Attempt) Score() float64 {
	if len(a.Places) == 0 {
		return 0
	}
	return float64(a.Mark*10000/(a.Total()*question.Full)) / 100
}
