package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"sotay/internal/changelog"
	"sotay/internal/clock"
	"sotay/internal/page"
	"sotay/internal/store"
)

// logEvery is how often a replica reads what others published.
const logEvery = 500 * time.Millisecond

// Subjects is what the room needs of those whose things are published.
type Subjects interface {
	// Describe returns the title of what is out of a kind, and from when members
	// shall hear of it; false when it is not out.
	Describe(kind, id string) (title string, from time.Time, ok bool)
}

// Reminded is a reminder of a drive that went to a member.
type Reminded struct {
	ID, DriveID string
	At          time.Time
}

// Reminders is what the room needs of the study drives.
type Reminders interface {
	// RemindersOf returns the reminders that went to a member, in any order.
	RemindersOf(ctx context.Context, memberID string) ([]Reminded, error)
}

// People is what the room needs of the directory.
type People interface {
	// WantInformation tells which of some members have asked to be informed.
	WantInformation(ctx context.Context, memberIDs []string) (map[string]bool, error)
}

// Deps are what the room needs.
type Deps struct {
	Engine    store.Engine
	Changes   *changelog.Log
	Subjects  Subjects
	Reminders Reminders
	People    People
	Pages     *page.Sealer
	Now       clock.Now
	Log       *slog.Logger
}

// Service is the room.
type Service struct {
	Deps
	reader *changelog.Reader
	out    atomic.Pointer[catalogue]
	marks  *store.Collection[Marks]
}

// Schemas declares the room's collections.
func Schemas() []*store.Schema { return []*store.Schema{marksSchema()} }

// New opens the room. Start must be called before it is used.
func New(d Deps) (*Service, error) {
	if d.Engine == nil || d.Changes == nil || d.Subjects == nil || d.Reminders == nil || d.People == nil || d.Pages == nil || d.Now == nil || d.Log == nil {
		return nil, errors.New("notify: a dependency is missing")
	}
	s := &Service{Deps: d}
	s.out.Store(&catalogue{})
	s.reader = changelog.NewReader(d.Changes, s.Apply, d.Log)
	var err error
	s.marks, err = store.NewCollection[Marks](d.Engine, marksSchema())
	return s, err
}

// Start reads the change log into the catalogue.
func (s *Service) Start(ctx context.Context) error {
	if err := s.reader.Load(ctx); err != nil {
		return fmt.Errorf("load the notices: %w", err)
	}
	return nil
}

// Run follows the change log until ctx ends.
func (s *Service) Run(ctx context.Context) { s.reader.Run(ctx, logEvery) }

// CatchUp shows what was published meanwhile.
func (s *Service) CatchUp(ctx context.Context) error { return s.reader.CatchUp(ctx) }
