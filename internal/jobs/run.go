package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/sheet"
	"sotay/internal/store"
)

// errLost ends a run whose job another has taken over.
var errLost = errors.New("another run has taken the job over")

// Run is one run over a job; it ends with the job, with the process, or when
// the job is taken over.
type Run struct {
	service *Service
	job     Job
	holder  string
	saved   time.Time
	file    *stored
	// found are what the check has seen so far.
	read     int64
	tally    Tally
	problems Job
}

// ID is the job's.
func (r *Run) ID() string { return r.job.ID }

// CreatedAt is when the file was handed in: what a file says about "now" means
// then, whenever it is applied.
func (r *Run) CreatedAt() time.Time { return r.job.CreatedAt }

// Applied is how many rows are applied already.
func (r *Run) Applied() int64 { return r.job.Applied }

// Who returns the member who answers for the job, with the roles of this
// moment; a fault when they may not import any more.
func (r *Run) Who() (*caller.Caller, error) {
	i, ok := r.service.Who(r.job.By)
	if !ok || !i.Has(caller.Admin) {
		return nil, notAllowed
	}
	return &caller.Caller{Identity: i}, nil
}

var notAllowed = fault.New(fault.Forbidden, "import_not_allowed",
	"Người nhập không còn quyền quản trị.", "Whoever handed the file in is no administrator any more.")

// saveEvery bounds how often the progress of a check is written.
const saveEvery = time.Second

// Seen counts rows of the check and keeps what is wrong with them.
func (r *Run) Seen(ctx context.Context, rows int, t Tally, problems []sheet.Problem) error {
	r.read += int64(rows)
	r.tally.add(t)
	r.problems.report(problems)
	if now := r.service.Now(); now.Sub(r.saved) < saveEvery && !now.Before(r.saved) {
		return ctx.Err()
	}
	return r.save(ctx, func(j *Job) { j.Read = r.read })
}

// save writes the job if this run still holds it.
func (r *Run) save(ctx context.Context, fn func(j *Job)) error {
	now := r.service.Now()
	j, err := r.service.rows.Update(ctx, r.job.ID, func(j *Job) error {
		if j.Holder != r.holder || j.Open != openRun {
			return errLost
		}
		fn(j)
		j.UpdatedAt = now
		return nil
	})
	if err != nil {
		return err
	}
	r.job, r.saved = j, now
	return nil
}

// Plan is what a step is going to do.
type Plan struct {
	// To is the last row of the step, counted as rows of the check.
	To    int64
	Tally Tally
	// Details go into the audit record: ids, never names.
	Details map[string]string
}

// Outcome is what became of a step: rows that could not be applied any more,
// because somebody else has changed what they touch, and what of the plan they
// were.
type Outcome struct {
	Problems []sheet.Problem
	Lost     Tally
}

// Step does one step: the rows after Applied up to p.To. The plan is written
// before anything is done, and of a step that was planned before a crash the
// first plan counts.
func (r *Run) Step(ctx context.Context, p Plan, do func(ctx context.Context) (Outcome, error)) error {
	s := r.service
	if r.job.Step.To != p.To {
		step := Step{From: r.job.Applied, To: p.To, Tally: p.Tally}
		if err := r.save(ctx, func(j *Job) { j.Step = step }); err != nil {
			return err
		}
	}
	entry := audit.Entry{ActorID: r.job.By, Act: "import.apply", Target: "import/" + r.job.ID, Details: maps.Clone(p.Details)}
	if err := s.Audit.Write(ctx, ident.Derive("import/step", r.job.ID, fmt.Sprint(p.To)), entry); err != nil {
		return err
	}
	out, err := do(ctx)
	if err != nil {
		return err
	}
	return r.save(ctx, func(j *Job) {
		j.Tally.add(j.Step.Tally)
		j.Tally.add(Tally{-out.Lost.New, -out.Lost.Changed, -out.Lost.Unchanged})
		j.Applied, j.Step, j.Tries = j.Step.To, Step{}, 0
		j.report(out.Problems)
	})
}

// maxTries bounds the runs that come no further: a file that kills whoever
// reads it must not do so for ever.
const maxTries = 5

var gaveUp = fault.New(fault.Unavailable, "import_gave_up",
	"Việc nhập nhiều lần không tiến triển nên đã dừng. Hãy thử lại sau.", "The import came no further several times and was given up. Try again later.")

// Work goes on with a job until it has ended. It asks for no lease: of two that
// are at one job, the later takes it over.
func (s *Service) Work(ctx context.Context, id string) error {
	r := &Run{service: s, holder: ident.Token()}
	var err error
	r.job, err = s.rows.Update(ctx, id, func(j *Job) error {
		if j.Open != openRun {
			return errLost
		}
		j.Holder, j.Tries = r.holder, j.Tries+1
		return nil
	})
	if errors.Is(err, errLost) {
		return nil
	}
	if err != nil {
		return err
	}
	r.saved = s.Now()
	err = r.advance(ctx)
	if r.file != nil && r.file.err != nil && err != nil {
		err = r.file.err // not the file's fault
	}
	if errors.Is(err, errLost) {
		return nil
	}
	if f := fault.As(err); f != nil && ctx.Err() == nil {
		return r.end(ctx, Failed, f)
	}
	return err
}

// advance runs the check or the rest of the application, whichever is next.
func (r *Run) advance(ctx context.Context) error {
	if r.job.Tries > maxTries {
		return gaveUp
	}
	kind, ok := r.service.kind(r.job.Kind)
	if !ok {
		return fmt.Errorf("import %s is of the unknown kind %s", r.job.ID, r.job.Kind)
	}
	work, err := kind.Begin(ctx, r)
	if err != nil {
		return err
	}
	if r.job.State == Checking {
		done, err := r.check(ctx, kind, work)
		if done || err != nil {
			return err
		}
	}
	table, _, err := r.open(ctx, kind)
	if err != nil {
		return err
	}
	defer table.Close()
	if err := work.Apply(ctx, table); err != nil {
		return err
	}
	return r.end(ctx, Done, nil)
}

// open reads the file from its first row.
func (r *Run) open(ctx context.Context, kind Kind) (*sheet.Table, []sheet.Problem, error) {
	r.file = r.service.files.open(ctx, r.job.ID, r.job.Size)
	book, err := sheet.Open(r.file, r.job.Size, kind.Limits)
	if err != nil {
		return nil, nil, err
	}
	return book.Read(kind.Columns)
}

var rowsNotValid = fault.New(fault.Unsuited, "rows_not_valid",
	"Tệp có lỗi nên chưa có gì được ghi. Hãy sửa các ô được nêu rồi gửi lại.", "The file has errors and nothing was written. Mend the cells that are named and send it again.")

// check reads all rows; done tells that the job ends with it.
func (r *Run) check(ctx context.Context, kind Kind, work Work) (done bool, err error) {
	r.read, r.tally, r.problems = 0, Tally{}, Job{}
	table, missing, err := r.open(ctx, kind)
	if err != nil {
		return false, err
	}
	r.problems.report(missing)
	if table != nil {
		defer table.Close()
		if err := work.Check(ctx, table); err != nil {
			return false, err
		}
		r.problems.report(table.Remarks())
		if r.read == 0 {
			r.problems.report([]sheet.Problem{{Code: "no_rows", VI: "Không có hàng dữ liệu nào dưới hàng tiêu đề.", EN: "There is no row of data below the header."}})
		}
	}
	found := func(j *Job) {
		j.Rows, j.Read, j.Tally, j.Tries = r.read, r.read, r.tally, 0
		j.Problems, j.Errors, j.Warnings = r.problems.Problems, r.problems.Errors, r.problems.Warnings
	}
	switch {
	case r.problems.Errors > 0:
		return true, r.endWith(ctx, Failed, rowsNotValid, found)
	case r.job.DryRun:
		return true, r.endWith(ctx, Checked, nil, found)
	case r.tally.New+r.tally.Changed == 0: // the same file again
		return true, r.endWith(ctx, Done, nil, func(j *Job) { found(j); j.Applied = j.Rows })
	}
	return false, r.save(ctx, func(j *Job) {
		found(j)
		j.State, j.Tally = Applying, Tally{}
	})
}

func (r *Run) end(ctx context.Context, state State, f *fault.Fault) error {
	return r.endWith(ctx, state, f, func(*Job) {})
}

// endWith closes the job; its file goes with it.
func (r *Run) endWith(ctx context.Context, state State, f *fault.Fault, fn func(*Job)) error {
	now := r.service.Now()
	err := r.save(ctx, func(j *Job) {
		fn(j)
		j.State, j.Open, j.Holder, j.Step, j.EndedAt = state, openNot, "", Step{}, now
		if f != nil {
			j.Failure = Failure{f.Code, f.Detail.VI, f.Detail.EN}
		}
		j.Add(now, fxDrop, nil)
		j.Add(now, fxAudit, audit.Args(now, j.By, "import."+string(state), "import/"+j.ID, map[string]string{"kind": j.Kind,
			"new": fmt.Sprint(j.New), "changed": fmt.Sprint(j.Changed), "errors": fmt.Sprint(j.Errors)}))
	})
	if err == nil {
		r.service.perform(context.WithoutCancel(ctx), r.job) // else nobody might, on a command line
		r.service.Log.Info("import ended", "id", r.job.ID, "kind", r.job.Kind, "state", string(state), "rows", r.job.Rows, "new", r.job.New, "changed", r.job.Changed)
	}
	return err
}

// abandoned closes a job whose file never came to its end.
func (s *Service) abandoned(ctx context.Context, j Job) error {
	now := s.Now()
	j, err := s.rows.Update(ctx, j.ID, func(j *Job) error {
		if j.State != Receiving {
			return store.ErrUnchanged
		}
		j.State, j.Open, j.EndedAt, j.UpdatedAt = Failed, openNot, now, now
		j.Failure = Failure{"upload_incomplete", "Tệp chưa được gửi xong. Hãy gửi lại.", "The file was not sent to its end. Send it again."}
		j.Add(now, fxDrop, nil)
		return nil
	})
	if err == nil {
		s.perform(ctx, j)
	}
	return err
}
