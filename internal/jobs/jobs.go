package jobs

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/page"
	"sotay/internal/secret"
	"sotay/internal/sheet"
	"sotay/internal/store"
)

// Deps are what the package needs.
type Deps struct {
	Engine store.Engine
	Secret *secret.Secret
	Audit  *audit.Record
	Pages  *page.Sealer
	Leases *store.Leases
	Now    clock.Now
	Log    *slog.Logger
	// Who returns a member as they are now, false when there is none or they
	// have left.
	Who func(memberID string) (*caller.Identity, bool)
	// Oversees tells whether somebody may see the imports of others.
	Oversees func(who *caller.Caller) bool
	Kinds    []Kind
}

// Kind is one kind of file that a room takes.
type Kind struct {
	Name    string
	Limits  sheet.Limits
	Columns []sheet.Column
	// Begin prepares a run.
	Begin func(ctx context.Context, r *Run) (Work, error)
}

// Work is one run over a file of a kind.
type Work interface {
	// Check reads all rows and says what is wrong and what they would do.
	// It writes nothing.
	Check(ctx context.Context, t *sheet.Table) error
	// Apply does the steps that are not done yet.
	Apply(ctx context.Context, t *sheet.Table) error
}

// Service keeps and runs jobs.
type Service struct {
	Deps
	rows  *store.Collection[Job]
	files *files
	fx    *effect.Runner[Job]
	wake  chan struct{}
}

const (
	fxAudit = "audit"
	fxDrop  = "drop" // the file of a job that has ended
)

// New opens the service.
func New(d Deps) (*Service, error) {
	if d.Engine == nil || d.Secret == nil || d.Audit == nil || d.Pages == nil || d.Leases == nil || d.Now == nil || d.Log == nil ||
		d.Who == nil || d.Oversees == nil {
		return nil, errors.New("jobs: a dependency is missing")
	}
	s := &Service{Deps: d, wake: make(chan struct{}, 1)}
	schemas := Schemas()
	var err error
	if s.rows, err = store.NewCollection[Job](d.Engine, schemas[0]); err != nil {
		return nil, err
	}
	chunks, err := store.NewCollection[chunk](d.Engine, schemas[1])
	if err != nil {
		return nil, err
	}
	s.files = &files{rows: chunks, box: d.Secret.Box(secret.ImportFiles)}
	s.fx = effect.NewRunner(s.rows, d.Now, d.Log)
	s.fx.On(fxAudit, audit.Handler[Job](d.Audit))
	s.fx.On(fxDrop, func(ctx context.Context, j Job, _ effect.Effect) error { return s.files.drop(ctx, j.ID, j.Size) })
	return s, nil
}

// Sweepers perform what a writer left behind, for effect.Loop.
func (s *Service) Sweepers() []effect.Sweeper { return []effect.Sweeper{s.fx} }

func (s *Service) kind(name string) (Kind, bool) {
	for _, k := range s.Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Upload is a file that is handed in.
type Upload struct {
	Kind     string
	DryRun   bool
	FileName string
	File     io.ReaderAt
	Size     int64
	Key      string // Idempotency-Key, "" for none
}

var keyReused = fault.New(fault.Unsuited, "idempotency_key_reused",
	"Khóa chống lặp này đã dùng cho một yêu cầu khác.", "This idempotency key was used for another request.").
	At("/header/Idempotency-Key", "reused", "Hãy dùng khóa khác.", "Use another key.")

// Create takes a file in and leaves it to be worked on. What can be said about
// it without unpacking it is said at once.
func (s *Service) Create(ctx context.Context, who *caller.Caller, u Upload) (Job, error) {
	kind, ok := s.kind(u.Kind)
	if !ok {
		return Job{}, fault.BadInput.At("/query/kind", "not_allowed", "Không có loại nhập này.", "There is no such kind of import.")
	}
	if _, err := sheet.Open(u.File, u.Size, kind.Limits); err != nil {
		return Job{}, err
	}
	request, err := hashOf(s.Secret, u.Kind+map[bool]string{true: "/dry"}[u.DryRun], u.File, u.Size)
	if err != nil {
		return Job{}, err
	}
	now := s.Now()
	j := Job{Kind: u.Kind, State: Receiving, DryRun: u.DryRun, By: who.MemberID, FileName: u.FileName, Size: u.Size, Request: request,
		Open: openFile, CreatedAt: now, UpdatedAt: now, EndedAt: time.Time{}}
	if j.ID = ident.New(); u.Key != "" {
		j.ID = ident.Derive("import", who.MemberID, u.Key)
	}
	err = s.rows.Insert(ctx, &j)
	if store.IsDuplicate(err, "_id") {
		if j, err = s.rows.Get(ctx, j.ID); err == nil && j.Request != request {
			return Job{}, keyReused
		}
	}
	if err != nil || j.State != Receiving {
		return j, err
	}
	if err := s.files.put(ctx, j.ID, u.File, u.Size); err != nil {
		return j, err
	}
	return s.received(ctx, who, j.ID)
}

// received puts a job whose file is complete in line.
func (s *Service) received(ctx context.Context, who *caller.Caller, id string) (Job, error) {
	j, err := s.rows.Update(ctx, id, func(j *Job) error {
		if j.State != Receiving {
			return store.ErrUnchanged
		}
		now := s.Now()
		j.State, j.Open, j.UpdatedAt = Checking, openRun, now
		j.Add(now, fxAudit, audit.Args(now, who.MemberID, "import.create", "import/"+id, map[string]string{"kind": j.Kind}))
		return nil
	})
	if err != nil {
		return j, err
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return s.perform(ctx, j), nil
}

// perform performs what follows from a write; what fails is not lost.
func (s *Service) perform(ctx context.Context, j Job) Job {
	return s.fx.Settle(ctx, "import", j.ID, j)
}

// Job returns a job to whoever handed it in, and to those who oversee all.
func (s *Service) Job(ctx context.Context, who *caller.Caller, id string) (Job, error) {
	j, err := s.rows.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && j.By != who.MemberID && !s.Oversees(who) {
		return Job{}, fault.NotFound
	}
	return j, err
}

// List lists jobs, the newest first.
func (s *Service) List(ctx context.Context, who *caller.Caller, cursor string, limit int) ([]Job, *string, error) {
	list, q := "imports", store.Query{Index: "createdAt", Desc: true, Limit: limit}
	if !s.Oversees(who) {
		list, q = "imports/"+who.MemberID, store.Query{Index: "by", Eq: []any{who.MemberID}, Desc: true, Limit: limit}
	}
	var err error
	if q.After, err = store.OpenPosition(s.Pages, list, cursor); err != nil {
		return nil, nil, err
	}
	found, err := s.rows.Find(ctx, q)
	if err != nil || !found.More {
		return found.Items, nil, err
	}
	next, err := found.Next.Seal(s.Pages, list)
	return found.Items, next, err
}
