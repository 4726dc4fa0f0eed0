package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sotay/internal/account"
	"sotay/internal/audit"
	"sotay/internal/blob"
	"sotay/internal/changelog"
	"sotay/internal/clock"
	"sotay/internal/directory"
	"sotay/internal/httpapi"
	"sotay/internal/ingest"
	"sotay/internal/library"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/quiz"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
	"sotay/internal/study"
	"sotay/internal/study/evidence"
	"sotay/internal/study/tally"
)

// rooms are the product's, joined as api/wire.go joins them.
type rooms struct {
	engine    *sqlite.Engine
	directory *directory.Service
	account   *account.Service
	library   *library.Service
	quizzes   *quiz.Service
	studies   *study.Service
}

// tokenLifetime outlives a run of the benchmark, so that the server under load
// is asked for no refresh.
const tokenLifetime = time.Hour

func openRooms(ctx context.Context, data string) (*rooms, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	sec, err := secret.LoadOrMake(filepath.Join(data, "secret"))
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r := &rooms{}
	if r.engine, err = sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(data, "sotay.db"), Logger: log}); err != nil {
		return nil, err
	}
	schemas := []*store.Schema{audit.EntrySchema(), audit.SealSchema()}
	schemas = append(schemas, directory.Schemas()...)
	schemas = append(schemas, account.Schemas()...)
	if err := store.Migrate(ctx, r.engine, append(append(append(schemas, library.Schemas()...), publication.Schemas()...), append(quiz.Schemas(), study.Schemas()...)...), nil); err != nil {
		return nil, err
	}
	record, err := audit.New(r.engine, clock.System)
	if err != nil {
		return nil, err
	}
	pages := page.New(sec)
	r.directory, err = directory.New(directory.Deps{Engine: r.engine, Secret: sec, Audit: record, Pages: pages, Now: clock.System, Log: log})
	if err != nil {
		return nil, err
	}
	r.account, err = account.New(account.Deps{Engine: r.engine, Secret: sec, Members: r.directory, Audit: record, Pages: pages,
		Now: clock.System, Log: log, Config: account.Config{AccessLifetime: tokenLifetime}})
	if err != nil {
		return nil, err
	}
	files, err := blob.Open(ctx, "", filepath.Join(os.TempDir(), "sotay-bench-blobs"))
	if err != nil {
		return nil, err
	}
	changes, err := changelog.New(r.engine, clock.System)
	if err != nil {
		return nil, err
	}
	desk, err := publication.NewDesk(r.engine, changes, clock.System, log)
	if err != nil {
		return nil, err
	}
	r.library, err = library.New(library.Deps{Engine: r.engine, Changes: changes, Desk: desk, Orgs: r.directory, Encoder: httpapi.Encoder{},
		Classified: ingest.ClassifiedMark, ClassifiedLine: ingest.ClassifiedLine, Audit: record, Files: files, Pages: pages, Now: clock.System, Log: log})
	if err != nil {
		return nil, err
	}
	leases, err := store.NewLeases(r.engine, store.LeaseOptions{})
	if err != nil {
		return nil, err
	}
	r.quizzes, err = quiz.New(quiz.Deps{Engine: r.engine, Orgs: r.directory, Members: r.directory, Texts: r.library, Devices: r.account, People: r.directory, Changes: changes, Desk: desk,
		Encoder: httpapi.Encoder{}, Classified: ingest.ClassifiedMark, ClassifiedLine: ingest.ClassifiedLine, Audit: record, Secret: sec, Leases: leases,
		Pages: pages, Now: clock.System, Log: log})
	if err != nil {
		return nil, err
	}
	r.studies, err = study.New(study.Deps{Engine: r.engine, Orgs: r.directory, People: r.directory, Texts: r.library, Quizzes: noQuizzes{}, Changes: changes, Desk: desk,
		Encoder: httpapi.Encoder{}, Classified: ingest.ClassifiedMark, ClassifiedLine: ingest.ClassifiedLine, Audit: record, Leases: leases, Pages: pages,
		Rules: tally.Usual(), Reading: evidence.Usual(), Now: clock.System, Log: log})
	if err != nil {
		return nil, err
	}
	if err := r.directory.Start(ctx); err != nil {
		return nil, err
	}
	if err := r.account.Start(ctx); err != nil {
		return nil, err
	}
	if err := r.library.Start(ctx); err != nil {
		return nil, err
	}
	if err := r.quizzes.Start(ctx); err != nil {
		return nil, err
	}
	return r, r.studies.Start(ctx)
}

// noQuizzes: the benchmark's drives ask for none.
type noQuizzes struct{}

func (noQuizzes) Out(string) bool { return false }

func (noQuizzes) Passed(context.Context, string, string) (at time.Time, err error) { return at, nil }

func (noQuizzes) PassedSince(context.Context, string, time.Time, func(string) error) error {
	return nil
}

// work runs the loops that the rooms need while they are filled.
func (r *rooms) work(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { r.library.Run(ctx) })
	return func() { cancel(); wg.Wait() }
}

func (r *rooms) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return r.engine.Close(ctx)
}
