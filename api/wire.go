package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"sotay/internal/account"
	"sotay/internal/audit"
	"sotay/internal/blob"
	"sotay/internal/changelog"
	"sotay/internal/clock"
	"sotay/internal/config"
	"sotay/internal/directory"
	"sotay/internal/httpapi"
	"sotay/internal/ingest"
	"sotay/internal/jobs"
	"sotay/internal/library"
	"sotay/internal/logs"
	"sotay/internal/notify"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/quiz"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/mongodb"
	"sotay/internal/store/sqlite"
	"sotay/internal/study"
	"sotay/internal/study/evidence"
	"sotay/internal/study/tally"
)

// closeTimeout bounds the closing of the store.
const closeTimeout = 10 * time.Second

// app is all rooms, joined.
type app struct {
	config    config.Config
	log       *slog.Logger
	engine    store.Engine
	leases    *store.Leases
	audit     *audit.Record
	directory *directory.Service
	account   *account.Service
	changes   *changelog.Log
	desk      *publication.Desk
	library   *library.Service
	quizzes   *quiz.Service
	study     *study.Service
	notify    *notify.Service
	imports   *jobs.Service
	blobs     *blob.Store
	pages     *page.Sealer
}

func (p *program) logger(c config.Config) *slog.Logger {
	level, _ := c.Level() // checked with the configuration
	return logs.New(p.out, level)
}

// schemas lists every collection of the product.
func schemas() []*store.Schema {
	out := append(publication.Schemas(), audit.EntrySchema(), audit.SealSchema())
	out = append(out, directory.Schemas()...)
	out = append(out, account.Schemas()...)
	out = append(out, jobs.Schemas()...)
	out = append(out, library.Schemas()...)
	out = append(out, quiz.Schemas()...)
	out = append(out, study.Schemas()...)
	return append(out, notify.Schemas()...)
}

// migrations lists the steps from one release to the next, oldest first. There
// is none before the first release: collections and indexes are made from the
// schemas.
func migrations() []store.Step { return nil }

// open opens the store, brings it up to date and joins the rooms.
func (p *program) open(ctx context.Context, c config.Config, log *slog.Logger) (*app, error) {
	sec, err := openSecret(c)
	if err != nil {
		return nil, err
	}
	engine, err := openEngine(ctx, c, log)
	if err != nil {
		return nil, err
	}
	a := &app{config: c, log: log, engine: p.hooks.wrap(engine)}
	if err := p.join(ctx, a, sec); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func openSecret(c config.Config) (*secret.Secret, error) {
	if c.Secret != "" {
		return secret.Parse(c.Secret)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	return secret.LoadOrMake(c.SecretFile())
}

func openEngine(ctx context.Context, c config.Config, log *slog.Logger) (store.Engine, error) {
	if c.MongoDBURI != "" {
		return mongodb.Open(ctx, mongodb.Options{URI: c.MongoDBURI, Database: c.MongoDBDatabase, Logger: log})
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	return sqlite.Open(ctx, sqlite.Options{Path: c.StoreFile(), Logger: log})
}

// join builds the rooms on the store and reads what they keep in memory.
func (p *program) join(ctx context.Context, a *app, sec *secret.Secret) error {
	c, now := a.config, p.hooks.now
	if err := migration().Run(ctx, a.engine); err != nil {
		return err
	}
	var err error
	if a.leases, err = store.NewLeases(a.engine, store.LeaseOptions{}); err != nil {
		return err
	}
	if a.audit, err = audit.New(a.engine, now); err != nil {
		return err
	}
	if a.blobs, err = blob.Open(ctx, c.BlobURL, c.BlobDir()); err != nil {
		return err
	}
	if a.blobs.Local() && c.MongoDBURI != "" {
		a.log.Warn("attachments lie in a local folder; replicas on several machines need HANDBOOK_BLOB_URL")
	}
	refused, err := p.demoMembers(c)
	if err != nil {
		return err
	}
	pages := page.New(sec)
	a.pages = pages
	a.directory, err = directory.New(directory.Deps{Engine: a.engine, Secret: sec, Audit: a.audit, Pages: pages, Now: now, Log: a.log, Refused: refused})
	if err != nil {
		return err
	}
	a.account, err = account.New(account.Deps{Engine: a.engine, Secret: sec, Members: a.directory, Audit: a.audit, Pages: pages,
		Consents: a.directory, Roster: roster{a.directory}, Phones: a.directory, Citizens: a.directory,
		Now: now, Log: a.log, Config: account.Config{AccessLifetime: c.AccessLifetime, SessionIdle: c.SessionIdle,
			SessionMax: c.SessionMax, LostAnswerWindow: c.LostAnswer, HashConcurrency: c.Hashes}})
	if err != nil {
		return err
	}
	a.directory.OnLeave(func(ctx context.Context, memberID string) error { return a.account.EndAll(ctx, memberID, "") })
	if a.changes, err = changelog.New(a.engine, now); err != nil {
		return err
	}
	if a.desk, err = publication.NewDesk(a.engine, a.changes, now, a.log); err != nil {
		return err
	}
	a.library, err = library.New(library.Deps{Engine: a.engine, Orgs: a.directory, Changes: a.changes, Desk: a.desk, Encoder: httpapi.Encoder{},
		Classified: ingest.ClassifiedMark, ClassifiedLine: ingest.ClassifiedLine, Audit: a.audit, Files: a.blobs, Pages: pages, Now: now, Log: a.log})
	if err != nil {
		return err
	}
	a.quizzes, err = quiz.New(quiz.Deps{Engine: a.engine, Orgs: a.directory, Members: a.directory, Texts: a.library, Devices: a.account, People: a.directory, Changes: a.changes, Desk: a.desk, Encoder: httpapi.Encoder{},
		Classified: ingest.ClassifiedMark, ClassifiedLine: ingest.ClassifiedLine, Audit: a.audit, Secret: sec, Leases: a.leases, Pages: pages, Now: now, Log: a.log})
	if err != nil {
		return err
	}
	if err := a.joinStudy(now); err != nil {
		return err
	}
	a.notify, err = notify.New(notify.Deps{Engine: a.engine, Changes: a.changes, Subjects: subjects{a}, Reminders: reminders{a.study}, People: a.directory,
		Pages: pages, Now: now, Log: a.log})
	if err != nil {
		return err
	}
	a.imports, err = jobs.New(jobs.Deps{Engine: a.engine, Secret: sec, Audit: a.audit, Pages: pages, Leases: a.leases, Now: now, Log: a.log,
		Who: a.directory.Answerable, Oversees: a.directory.OverseesImports, Kinds: a.directory.ImportKinds()})
	if err != nil {
		return err
	}
	a.directory.OnErase(a.account.Erase)
	a.directory.OnErase(a.library.Erase)
	a.directory.OnErase(a.quizzes.Erase)
	a.directory.OnErase(a.study.Erase)
	a.directory.OnErase(a.notify.Erase)
	return a.read(ctx)
}

// joinStudy builds the room of study drives on those that it asks.
func (a *app) joinStudy(now clock.Now) error {
	var err error
	a.study, err = study.New(study.Deps{Engine: a.engine, Orgs: a.directory, People: a.directory, Texts: a.library, Quizzes: studyQuizzes{a.quizzes}, Changes: a.changes, Desk: a.desk, Encoder: httpapi.Encoder{},
		Classified: ingest.ClassifiedMark, ClassifiedLine: ingest.ClassifiedLine, Audit: a.audit, Leases: a.leases, Pages: a.pages, Now: now, Log: a.log,
		Rules: studyRules(&a.config), Reading: readingRules(&a.config)})
	return err
}

// studyRules say who owes a drive.
func studyRules(c *config.Config) tally.Rules {
	r := tally.Rules{Exempt: []tally.Status{}, Excused: []tally.Kind{}}
	for _, s := range c.ExemptStatuses {
		r.Exempt = append(r.Exempt, tally.Status(s))
	}
	for _, k := range c.ExcusedKinds {
		r.Excused = append(r.Excused, tally.Kind(k))
	}
	return r
}

// readingRules say what counts as read and heard.
func readingRules(c *config.Config) evidence.Rules {
	r := evidence.Usual()
	r.SyllablesPerMinute, r.Percent, r.PlayedPercent = int64(c.ReadingPace), int64(c.ReadingPercent), int64(c.PlayedPercent)
	return r
}

// subjects are the rooms whose things are published, for notices of them.
type subjects struct{ app *app }

// Describe implements notify.Subjects.
func (s subjects) Describe(kind, id string) (title string, from time.Time, ok bool) {
	switch kind {
	case notify.Drive:
		return s.app.study.DriveTitle(id)
	case notify.Contest:
		title, ok = s.app.quizzes.ContestTitle(id)
	default:
		title, ok = s.app.library.Title(kind, id)
	}
	return title, from, ok
}

// reminders are those of study drives, for the inbox.
type reminders struct{ study *study.Service }

// RemindersOf implements notify.Reminders.
func (r reminders) RemindersOf(ctx context.Context, memberID string) ([]notify.Reminded, error) {
	found, err := r.study.RemindersOf(ctx, memberID)
	out := make([]notify.Reminded, len(found))
	for i := range found {
		out[i] = notify.Reminded{ID: found[i].ID, DriveID: found[i].DriveID, At: found[i].At}
	}
	return out, err
}

// studyQuizzes is what the study room needs of the quizzes.
type studyQuizzes struct{ quizzes *quiz.Service }

// Out implements study.Quizzes.
func (q studyQuizzes) Out(quizID string) bool { return q.quizzes.Out(quizID) }

// PassedSince implements study.Quizzes.
func (q studyQuizzes) PassedSince(ctx context.Context, quizID string, since time.Time, fn func(memberID string) error) error {
	return q.quizzes.PassedSince(ctx, quizID, since, fn)
}

// Passed implements study.Quizzes.
func (q studyQuizzes) Passed(ctx context.Context, memberID, quizID string) (at time.Time, err error) {
	p, err := q.quizzes.Passed(ctx, memberID, quizID)
	if p.Passed {
		at = p.At
	}
	return at, err
}

// read has the rooms read what they keep in memory, beside each other: none
// needs another for it.
func (a *app) read(ctx context.Context) error {
	starts := []func(context.Context) error{a.directory.Start, a.account.Start, a.library.Start, a.quizzes.Start, a.study.Start, a.notify.Start}
	errs := make([]error, len(starts))
	var wg sync.WaitGroup
	for k, start := range starts {
		wg.Go(func() { errs[k] = start(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// close closes the store: what was acknowledged is durable.
func (a *app) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var err error
	if a.blobs != nil {
		err = a.blobs.Close()
	}
	if serr := a.engine.Close(ctx); serr != nil {
		err = errors.Join(err, fmt.Errorf("close the store: %w", serr))
	}
	return err
}
