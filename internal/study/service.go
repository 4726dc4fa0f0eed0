package study

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/clock"
	"sotay/internal/editorial"
	"sotay/internal/effect"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/store"
	"sotay/internal/study/evidence"
	"sotay/internal/study/tally"
)

// logEvery is how often a replica reads what others published.
const logEvery = 500 * time.Millisecond

// maxTexts bounds the outlines of texts kept in memory.
const maxTexts = 512

// Section is what the room knows of a section of a text.
type Section struct {
	ID        string
	Syllables int64
	Hash      string // of what is read; alike in two versions when nothing changed
}

// Text is the outline of one version of a document or material.
type Text struct {
	Version  int64
	Title    string
	Sections []Section
	Seconds  int64 // of a recording, else 0
}

// Texts is what the room needs of the library.
type Texts interface {
	HasSection(ctx context.Context, documentID, sectionID string) (bool, error)
	// Sees tells whether a member may read a document or material that is out.
	Sees(m *caller.Identity, kind, id string) bool
	// LiveVersion returns the version of a document or material that is out, 0
	// for none.
	LiveVersion(kind, id string) int64
	// Outline calls fn for each section of a version, and returns its title and,
	// of a recording, its length.
	Outline(ctx context.Context, kind, id string, version int64, fn func(sectionID string, syllables int64, hash string)) (title string, seconds int64, err error)
}

// Quizzes is what the room needs of the quizzes.
type Quizzes interface {
	// Out tells whether a quiz is published.
	Out(quizID string) bool
	// Passed tells when a member's counted attempt that has passed was handed
	// in, the zero time for none.
	Passed(ctx context.Context, memberID, quizID string) (at time.Time, err error)
	// PassedSince calls fn for whoever has handed in an attempt that passes
	// since an instant, perhaps several times.
	PassedSince(ctx context.Context, quizID string, since time.Time, fn func(memberID string) error) error
}

// People is what the room needs of the directory.
type People interface {
	// Identity returns a member as of today.
	Identity(memberID string) (*caller.Identity, bool)
	// EachOn calls fn for everybody as of a day, but those erased.
	EachOn(day string, fn func(*caller.Identity))
	// UnitOn returns an organisation as of a day; the path is nil when it was
	// not there.
	UnitOn(day, orgID string) (name string, path, children []string)
	// HeirOn returns the organisation that stands for another on a day, "" for
	// today: itself while it is open, else the one that took its place.
	HeirOn(day, orgID string) string
	// Standing returns where a member counts today and in which status.
	Standing(memberID string) (orgID, status string, ok bool)
	// NamedOn returns a member's name, "" of who was erased, and that of the unit
	// in which they counted on a day. It asks for no scope.
	NamedOn(ctx context.Context, day, memberID string) (name, unit string, err error)
	// Changed returns the members who may stand otherwise than at a moment that
	// it returned before, nil for none; all says that it may be anybody.
	Changed(since any) (memberIDs []string, now any, all bool)
	// EachIn calls fn for everybody who counts in an organisation, or below it,
	// today.
	EachIn(orgID string, fn func(*caller.Identity))
	// WantInformation tells which of some members have asked to be informed.
	WantInformation(ctx context.Context, memberIDs []string) (map[string]bool, error)
	// EnterpriseNames returns the names of enterprises, by id.
	EnterpriseNames(ctx context.Context, ids []string) (map[string]string, error)
	// EachMember calls fn for a page of the members of an organisation whom the
	// caller may read, by name, and returns the cursor of the next page, nil
	// after the last. The reading is audited.
	EachMember(ctx context.Context, c *caller.Caller, orgID, cursor string, limit int, fn func(memberID, name, orgID, kind, status string)) (next *string, err error)
}

// Encoder turns versions into the bodies that the contract promises.
type Encoder interface {
	Drive(id string, v *DriveVersion) ([]byte, error)
}

// Deps are what the room needs.
type Deps struct {
	Engine  store.Engine
	Orgs    editorial.Orgs
	People  People
	Texts   Texts
	Quizzes Quizzes
	Changes *changelog.Log
	Desk    *publication.Desk
	Encoder Encoder
	// Classified tells whether a text bears a mark of secrecy, ClassifiedLine
	// whether a line such as a title does.
	Classified, ClassifiedLine func(text string) bool
	// Rules say who is obliged in drives that open from now on, Reading what
	// counts as read.
	Rules   tally.Rules
	Reading evidence.Rules
	Audit   *audit.Record
	Leases  *store.Leases
	Pages   *page.Sealer
	Now     clock.Now
	Log     *slog.Logger
}

// Service is the room.
type Service struct {
	Deps
	office editorial.Office
	drives *publication.Machine[Drive]
	reader *changelog.Reader
	out    atomic.Pointer[catalogue]
	texts  *lru.Cache[string, *Text]

	openings    *store.Collection[Opening]
	pages       *store.Collection[Page]
	records     *store.Collection[Evidence]
	completions *store.Collection[Completion]
	freezes     *store.Collection[Freeze]
	changes     *store.Collection[RollChange]
	reminders   *store.Collection[Reminder]
	openingFx   *effect.Runner[Opening]
	completeFx  *effect.Runner[Completion]
	recordFx    *effect.Runner[Evidence]
	freezeFx    *effect.Runner[Freeze]
	changeFx    *effect.Runner[RollChange]
	reminderFx  *effect.Runner[Reminder]

	mu    sync.Mutex
	rolls map[string]*roll // by drive
	reads singleflight.Group

	watched map[string]time.Time // by drive and quiz; see WatchQuizzes
	noted   any                  // the moment of the last NoteChanges
}

func driveNames() publication.Kind[Drive] {
	return publication.Kind[Drive]{Name: KindDrive, Items: "drives", Versions: "driveversions"}
}

// Schemas declares the room's collections.
func Schemas() []*store.Schema {
	return append(driveNames().Schemas(), openingSchema(), pageSchema(), evidenceSchema(), completionSchema(), freezeSchema(), rollChangeSchema(), reminderSchema())
}

// New opens the room. Start must be called before it is used.
func New(d Deps) (*Service, error) {
	if d.Engine == nil || d.Orgs == nil || d.People == nil || d.Texts == nil || d.Quizzes == nil || d.Changes == nil || d.Desk == nil || d.Encoder == nil ||
		d.Classified == nil || d.ClassifiedLine == nil || d.Reading.SyllablesPerMinute == 0 || d.Audit == nil || d.Leases == nil || d.Pages == nil || d.Now == nil || d.Log == nil {
		return nil, errors.New("study: a dependency is missing")
	}
	s := &Service{Deps: d, rolls: map[string]*roll{}, watched: map[string]time.Time{}}
	s.out.Store(&catalogue{drives: map[string]*DriveVersion{}, newest: map[string]int64{}})
	s.reader = changelog.NewReader(d.Changes, s.Apply, d.Log)
	s.office = editorial.Office{Orgs: d.Orgs, Pages: d.Pages, CatchUp: s.reader.CatchUp, Log: d.Log}
	k := driveNames()
	k.Ready = s.ready
	k.EncodeLive = func(v *DriveVersion, _ []publication.Link) ([]byte, error) { return d.Encoder.Drive(v.ItemID, v) }
	var err error
	if s.drives, err = publication.NewMachine(d.Engine, k, d.Desk, d.Audit, d.Now, d.Log); err != nil {
		return nil, err
	}
	if s.openings, err = store.NewCollection[Opening](d.Engine, openingSchema()); err != nil {
		return nil, err
	}
	if s.pages, err = store.NewCollection[Page](d.Engine, pageSchema()); err != nil {
		return nil, err
	}
	if s.records, err = store.NewCollection[Evidence](d.Engine, evidenceSchema()); err != nil {
		return nil, err
	}
	if s.completions, err = store.NewCollection[Completion](d.Engine, completionSchema()); err != nil {
		return nil, err
	}
	if s.freezes, err = store.NewCollection[Freeze](d.Engine, freezeSchema()); err != nil {
		return nil, err
	}
	if s.changes, err = store.NewCollection[RollChange](d.Engine, rollChangeSchema()); err != nil {
		return nil, err
	}
	if s.reminders, err = store.NewCollection[Reminder](d.Engine, reminderSchema()); err != nil {
		return nil, err
	}
	s.texts, err = lru.New[string, *Text](maxTexts)
	s.effects()
	return s, err
}

// The effects of the room's documents.
const (
	fxAudit    = "audit"
	fxClean    = "clean"    // of an opening: pages of rolls that were not kept
	fxComplete = "complete" // of evidence: the completion that it shows
	fxTopUp    = "topUp"    // of evidence: what was read of newer versions
	fxRow      = "row"      // of evidence, a completion or an act on the roll: the member's row
)

func (s *Service) effects() {
	s.openingFx = effect.NewRunner(s.openings, s.Now, s.Log)
	s.openingFx.On(fxClean, func(ctx context.Context, o Opening, _ effect.Effect) error { return s.clean(ctx, &o) })
	s.recordFx = effect.NewRunner(s.records, s.Now, s.Log)
	s.recordFx.On(fxRow, func(ctx context.Context, e Evidence, _ effect.Effect) error { return s.setProgress(ctx, &e) })
	s.recordFx.On(fxComplete, func(ctx context.Context, e Evidence, _ effect.Effect) error { return s.completeBy(ctx, &e) })
	s.recordFx.On(fxTopUp, func(ctx context.Context, e Evidence, _ effect.Effect) error { return s.topUp(ctx, &e) })
	s.completeFx = effect.NewRunner(s.completions, s.Now, s.Log)
	s.completeFx.On(fxRow, func(ctx context.Context, c Completion, _ effect.Effect) error { return s.setCompletion(ctx, &c) })
	s.completeFx.On(fxAudit, audit.Handler[Completion](s.Audit))
	s.freezeFx = effect.NewRunner(s.freezes, s.Now, s.Log)
	s.freezeFx.On(fxAudit, audit.Handler[Freeze](s.Audit))
	s.changeFx = effect.NewRunner(s.changes, s.Now, s.Log)
	s.changeFx.On(fxRow, func(ctx context.Context, x RollChange, _ effect.Effect) error { return s.setRoll(ctx, &x) })
	s.changeFx.On(fxAudit, audit.Handler[RollChange](s.Audit))
	s.reminderFx = effect.NewRunner(s.reminders, s.Now, s.Log)
	s.reminderFx.On(fxAudit, audit.Handler[Reminder](s.Audit))
}

// Start reads the change log into the catalogue.
func (s *Service) Start(ctx context.Context) error {
	if err := s.reader.Load(ctx); err != nil {
		return fmt.Errorf("load the drives: %w", err)
	}
	return nil
}

// Run follows the change log and opens what is due until ctx ends.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { s.follow(ctx) })
	wg.Go(func() { s.watch(ctx) })
	s.reader.Run(ctx, logEvery)
	wg.Wait()
}

// CatchUp shows what was published meanwhile.
func (s *Service) CatchUp(ctx context.Context) error { return s.reader.CatchUp(ctx) }

// Sweepers finish what dead processes left half done.
func (s *Service) Sweepers() []effect.Sweeper {
	return []effect.Sweeper{s.drives.Sweeper(), s.openingFx, s.recordFx, s.completeFx, s.freezeFx, s.changeFx, s.reminderFx}
}
