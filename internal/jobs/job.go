package jobs

import (
	"time"

	"sotay/internal/effect"
	"sotay/internal/sheet"
	"sotay/internal/store"
)

// State is how far a job is.
type State string

// The states of a job. Checked is the end of a dry run.
const (
	Receiving State = "receiving"
	Checking  State = "checking"
	Checked   State = "checked"
	Applying  State = "applying"
	Done      State = "done"
	Failed    State = "failed"
)

// What an unfinished job waits for; the values of Job.Open.
const (
	openNot  = 0 // nothing: it has ended
	openRun  = 1 // somebody to go on with it
	openFile = 2 // the rest of its file
)

// Tally counts what rows of a file do, or have done, to what is there.
type Tally struct {
	New       int64 `bson:"new"`
	Changed   int64 `bson:"changed"`
	Unchanged int64 `bson:"unchanged"`
}

func (t *Tally) add(o Tally) {
	t.New += o.New
	t.Changed += o.Changed
	t.Unchanged += o.Unchanged
}

// Job is one file that is brought in.
type Job struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	Kind           string `bson:"kind"`
	State          State  `bson:"state"`
	DryRun         bool   `bson:"dryRun"`
	// By is the member who answers for the import; what their roles allow at
	// the time of each step is what it may do.
	By string `bson:"by"`
	// FileName is shown, and nothing else.
	FileName string `bson:"fileName"`
	Size     int64  `bson:"size"`
	// Request is a keyed hash of what was handed in, so that a repeat is known.
	Request string `bson:"request"`
	Open    int64  `bson:"open"`
	// Holder is a random mark of the run that is at it; Tries counts the runs
	// that have not come further.
	Holder string `bson:"holder"`
	Tries  int64  `bson:"tries"`

	// Rows is how many the file has, 0 until all were read; Read how many of
	// them were checked, Applied how many were applied.
	Rows    int64 `bson:"rows"`
	Read    int64 `bson:"read"`
	Applied int64 `bson:"applied"`
	// Tally is what the rows would do after the check, and what they have done
	// while they are applied.
	Tally `bson:"tally"`
	// Step is what is being done beyond Applied.
	Step Step `bson:"step"`

	// Problems are the first of them; Errors and Warnings count all.
	Problems []Problem `bson:"problems"`
	Errors   int64     `bson:"errors"`
	Warnings int64     `bson:"warnings"`
	// Failure says why the job as a whole has failed.
	Failure Failure `bson:"failure"`

	CreatedAt time.Time `bson:"createdAt"`
	UpdatedAt time.Time `bson:"updatedAt"`
	EndedAt   time.Time `bson:"endedAt"`
}

// Step is a planned part of applying: the rows after From up to To.
type Step struct {
	From  int64 `bson:"from"`
	To    int64 `bson:"to"` // 0 when nothing is planned
	Tally Tally `bson:"tally"`
}

// Failure is a reason for people.
type Failure struct {
	Code string `bson:"code"`
	VI   string `bson:"vi"`
	EN   string `bson:"en"`
}

// Problem is a sheet.Problem as it is stored.
type Problem struct {
	Row     int64  `bson:"row"`
	Column  string `bson:"column"`
	Title   string `bson:"title"`
	Code    string `bson:"code"`
	VI      string `bson:"vi"`
	EN      string `bson:"en"`
	Warning bool   `bson:"warning"`
}

// maxProblems bounds those that are kept: nobody reads more at once.
const maxProblems = 500

// report keeps problems. An error takes the place of a warning when the list
// is full, so that warnings hide no error.
func (j *Job) report(list []sheet.Problem) {
	for _, p := range list {
		row := Problem{int64(p.Row), p.Column, p.Title, p.Code, p.VI, p.EN, p.Warning}
		if p.Warning {
			j.Warnings++
		} else {
			j.Errors++
		}
		if len(j.Problems) < maxProblems {
			j.Problems = append(j.Problems, row)
			continue
		}
		if p.Warning || j.Errors > maxProblems {
			continue
		}
		for k := len(j.Problems) - 1; k >= 0; k-- {
			if j.Problems[k].Warning {
				j.Problems[k] = row
				break
			}
		}
	}
}

// Ended tells whether nothing more will happen to the job.
func (j *Job) Ended() bool { return j.Open == openNot }

// Schemas declares the collections of jobs and of their files.
func Schemas() []*store.Schema {
	created := store.Field{Path: "createdAt", Type: store.Date}
	return []*store.Schema{
		{Name: "imports", Indexes: []store.Index{
			{Name: "open", Fields: []store.Field{{Path: "open", Type: store.Int64}, created}},
			{Name: "createdAt", Fields: []store.Field{created}},
			{Name: "by", Fields: []store.Field{{Path: "by", Type: store.String}, created}},
			effect.Index(),
		}},
		{Name: "importfiles"},
	}
}
