package quiz

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/clock"
	"sotay/internal/editorial"
	"sotay/internal/effect"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/quiz/question"
	"sotay/internal/secret"
	"sotay/internal/store"
)

// logEvery is how often a replica reads what others published.
const logEvery = 500 * time.Millisecond

// How many papers and keys are kept in memory: those of all sittings that are
// open at once, with room.
const (
	maxPapers = 256
	maxKeys   = 256
	// maxSittings bounds the sittings kept of versions that are out no longer.
	maxSittings = 256
)

// Texts is what the room needs of the library.
type Texts interface {
	// HasSection tells whether a document has been made with the section, ""
	// for the document alone.
	HasSection(ctx context.Context, documentID, sectionID string) (bool, error)
}

// Devices is what the room needs of the sessions.
type Devices interface {
	// InstallationOf returns the installation that a session lives on, "" when
	// none does.
	InstallationOf(ctx context.Context, sessionID string) (string, error)
}

// Members is what the room needs of the directory.
type Members interface {
	// Identity returns a member as of today.
	Identity(memberID string) (*caller.Identity, bool)
}

// Encoder turns versions into the bodies that the contract promises. The edge
// implements it, so that the contract's types shape what is stored.
type Encoder interface {
	Quiz(id string, v *QuizVersion) ([]byte, error)
	Contest(id string, v *ContestVersion) ([]byte, error)
}

// Deps are what the room needs.
type Deps struct {
	Engine  store.Engine
	Orgs    editorial.Orgs
	Members Members
	Texts   Texts
	Devices Devices
	People  People
	Changes *changelog.Log
	Desk    *publication.Desk
	Encoder Encoder
	// Classified tells whether a text bears a mark of secrecy, ClassifiedLine
	// whether a line such as a title does.
	Classified, ClassifiedLine func(text string) bool
	Audit                      *audit.Record
	Secret                     *secret.Secret
	Leases                     *store.Leases
	Pages                      *page.Sealer
	Now                        clock.Now
	Log                        *slog.Logger
}

// Service is the room.
type Service struct {
	Deps
	office    editorial.Office
	desk      *publication.Desk
	questions *publication.Machine[question.Question]
	quizzes   *publication.Machine[Quiz]
	contests  *publication.Machine[Contest]
	reader    *changelog.Reader
	catalogue atomic.Pointer[catalogue]

	board

	paperRows *store.Collection[Paper]
	keyRows   *store.Collection[PaperKeys]
	attempts  *store.Collection[Attempt]
	papers    *cached[Paper]
	paperKeys *cached[PaperKeys]
	sittings  *cached[Sitting]

	stats *statistics

	overrides  *store.Collection[Overrides]
	overrideFx *effect.Runner[Overrides]
}

func questionNames() publication.Kind[question.Question] {
	return publication.Kind[question.Question]{Name: KindQuestion, Items: "questions", Versions: "questionversions", Unlisted: true}
}

func quizNames() publication.Kind[Quiz] {
	return publication.Kind[Quiz]{Name: KindQuiz, Items: "quizzes", Versions: "quizversions"}
}

func (s *Service) quizKind() publication.Kind[Quiz] {
	k := quizNames()
	k.Ready = func(ctx context.Context, i *QuizItem) error {
		bank, err := s.usable(ctx, i.OrgID, "")
		if err == nil {
			_, err = bank.pin("/parts", i.Payload.Parts)
		}
		return err
	}
	k.Made = func(ctx context.Context, v *QuizVersion) error {
		return s.writePaper(ctx, KindQuiz+"/"+v.ItemID, v.Number, v.Payload.Parts)
	}
	k.EncodeLive = func(v *QuizVersion, _ []publication.Link) ([]byte, error) { return s.Encoder.Quiz(v.ItemID, v) }
	return k
}

// Schemas declares the room's collections.
func Schemas() []*store.Schema {
	out := []*store.Schema{paperSchema(), paperKeysSchema(), attemptSchema(), overrideSchema()}
	out = append(out, boardSchemas()...)
	out = append(out, questionNames().Schemas()...)
	out = append(out, quizNames().Schemas()...)
	return append(out, contestNames().Schemas()...)
}

// New opens the room. Start must be called before it is used.
func New(d Deps) (*Service, error) {
	if d.Engine == nil || d.Orgs == nil || d.Members == nil || d.Texts == nil || d.Devices == nil || d.People == nil || d.Changes == nil || d.Desk == nil || d.Encoder == nil || d.Classified == nil ||
		d.ClassifiedLine == nil || d.Audit == nil || d.Secret == nil || d.Leases == nil || d.Pages == nil || d.Now == nil || d.Log == nil {
		return nil, errors.New("quiz: a dependency is missing")
	}
	s := &Service{Deps: d, desk: d.Desk, papers: newCached[Paper](maxPapers), paperKeys: newCached[PaperKeys](maxKeys),
		sittings: newCached[Sitting](maxSittings), stats: newStatistics()}
	s.catalogue.Store(newCatalogue())
	s.reader = changelog.NewReader(d.Changes, s.Apply, d.Log)
	s.office = editorial.Office{Orgs: d.Orgs, Pages: d.Pages, CatchUp: s.reader.CatchUp, Log: d.Log}
	var err error
	if s.questions, err = publication.NewMachine(d.Engine, questionNames(), d.Desk, d.Audit, d.Now, d.Log); err != nil {
		return nil, err
	}
	if s.quizzes, err = publication.NewMachine(d.Engine, s.quizKind(), d.Desk, d.Audit, d.Now, d.Log); err != nil {
		return nil, err
	}
	if s.contests, err = publication.NewMachine(d.Engine, s.contestKind(), d.Desk, d.Audit, d.Now, d.Log); err != nil {
		return nil, err
	}
	if err := s.board.open(d.Engine, d.Audit, d.Now, d.Log); err != nil {
		return nil, err
	}
	if s.paperRows, err = store.NewCollection[Paper](d.Engine, paperSchema()); err != nil {
		return nil, err
	}
	if s.attempts, err = store.NewCollection[Attempt](d.Engine, attemptSchema()); err != nil {
		return nil, err
	}
	if s.overrides, err = store.NewCollection[Overrides](d.Engine, overrideSchema()); err != nil {
		return nil, err
	}
	s.overrideFx = effect.NewRunner(s.overrides, d.Now, d.Log)
	s.overrideFx.On(fxAudit, audit.Handler[Overrides](d.Audit))
	s.keyRows, err = store.NewCollection[PaperKeys](d.Engine, paperKeysSchema())
	return s, err
}

// Start reads the change log into the catalogue.
func (s *Service) Start(ctx context.Context) error {
	if err := s.reader.Load(ctx); err != nil {
		return fmt.Errorf("load the quizzes: %w", err)
	}
	return nil
}

// Run follows the change log until ctx ends.
func (s *Service) Run(ctx context.Context) { s.reader.Run(ctx, logEvery) }

// CatchUp shows what was published meanwhile.
func (s *Service) CatchUp(ctx context.Context) error { return s.reader.CatchUp(ctx) }

// Sweepers finish what dead processes left half done.
func (s *Service) Sweepers() []effect.Sweeper {
	return []effect.Sweeper{s.questions.Sweeper(), s.quizzes.Sweeper(), s.contests.Sweeper(), s.overrideFx, s.resultFx, expiry{s}}
}
