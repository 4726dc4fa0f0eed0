package library

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sotay/internal/audit"
	"sotay/internal/changelog"
	"sotay/internal/clock"
	"sotay/internal/editorial"
	"sotay/internal/effect"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/store"
)

// logEvery is how often a replica reads what others published.
const logEvery = 500 * time.Millisecond

// Deps are what the room needs.
type Deps struct {
	Engine store.Engine
	Orgs   editorial.Orgs
	// Changes and Desk are shared by all rooms that publish.
	Changes *changelog.Log
	Desk    *publication.Desk
	Encoder Encoder
	// Classified tells whether a text bears a mark of secrecy, ClassifiedLine
	// whether a line such as a title does.
	Classified, ClassifiedLine func(text string) bool
	Audit                      *audit.Record
	Files                      Files
	Pages                      *page.Sealer
	Now                        clock.Now
	Log                        *slog.Logger
}

// Service is the room.
type Service struct {
	orgs    editorial.Orgs
	office  editorial.Office
	encoder Encoder
	pages   *page.Sealer
	now     clock.Now
	log     *slog.Logger

	classified, classifiedLine func(string) bool

	desk      *publication.Desk
	documents *publication.Machine[Document]
	materials *publication.Machine[Material]
	// The cards of what is out; see card.
	documentCards *cards[Document]
	materialCards *cards[Material]
	changes       *changelog.Log
	reader        *changelog.Reader
	bookmarks     *store.Collection[Bookmark]
	files         Files
	fileRows      *store.Collection[fileRow]
	catalogue     atomic.Pointer[catalogue]
	compacter     compacter
	plain         plainBodies
}

// documentKind and materialKind say what the publication machine needs.
func (s *Service) documentKind() publication.Kind[Document] {
	k := documentNames()
	k.EncodeVersion = func(v *DocumentVersion) ([]byte, error) {
		return s.encoder.DocumentVersion(v.ItemID, v, s.versionRelations(v))
	}
	k.Links = documentLinks
	k.Answers = true
	k.EncodeLive = s.encodeDocument
	k.Ready = documentReady
	return k
}

func (s *Service) materialKind() publication.Kind[Material] {
	k := materialNames()
	k.EncodeLive = func(v *MaterialVersion, _ []publication.Link) ([]byte, error) { return s.encoder.Material(v.ItemID, v) }
	k.Links = linksOf
	k.Ready = materialReady
	return k
}

func documentNames() publication.Kind[Document] {
	return publication.Kind[Document]{Name: KindDocument, Items: "documents", Versions: "documentversions"}
}

func materialNames() publication.Kind[Material] {
	return publication.Kind[Material]{Name: KindMaterial, Items: "materials", Versions: "materialversions"}
}

// Schemas declares the room's collections.
func Schemas() []*store.Schema {
	out := []*store.Schema{bookmarkSchema(), fileSchema(), cardSchema(KindDocument), cardSchema(KindMaterial)}
	out = append(out, documentNames().Schemas()...)
	return append(out, materialNames().Schemas()...)
}

// New opens the room. Start must be called before it is used.
func New(d Deps) (*Service, error) {
	if d.Engine == nil || d.Orgs == nil || d.Changes == nil || d.Desk == nil || d.Encoder == nil || d.Classified == nil || d.ClassifiedLine == nil || d.Audit == nil || d.Files == nil ||
		d.Pages == nil || d.Now == nil || d.Log == nil {
		return nil, errors.New("library: a dependency is missing")
	}
	s := &Service{orgs: d.Orgs, encoder: d.Encoder, classified: d.Classified, classifiedLine: d.ClassifiedLine, files: d.Files, pages: d.Pages, now: d.Now, log: d.Log}
	s.catalogue.Store(newCatalogue())
	s.changes, s.desk = d.Changes, d.Desk
	var err error
	if s.documentCards, err = newCards(d.Engine, KindDocument, (*Document).strip, documentText); err != nil {
		return nil, err
	}
	if s.materialCards, err = newCards(d.Engine, KindMaterial, (*Material).strip, materialText); err != nil {
		return nil, err
	}
	s.reader = changelog.NewReader(s.changes, s.Apply, d.Log)
	s.office = editorial.Office{Orgs: d.Orgs, Pages: d.Pages, CatchUp: s.reader.CatchUp, Log: d.Log}
	if s.documents, err = publication.NewMachine(d.Engine, s.documentKind(), s.desk, d.Audit, d.Now, d.Log); err != nil {
		return nil, err
	}
	if s.materials, err = publication.NewMachine(d.Engine, s.materialKind(), s.desk, d.Audit, d.Now, d.Log); err != nil {
		return nil, err
	}
	if s.fileRows, err = store.NewCollection[fileRow](d.Engine, fileSchema()); err != nil {
		return nil, err
	}
	s.bookmarks, err = store.NewCollection[Bookmark](d.Engine, bookmarkSchema())
	return s, err
}

// Start reads the whole change log into the catalogue.
func (s *Service) Start(ctx context.Context) error {
	if err := s.reader.Load(ctx); err != nil {
		return fmt.Errorf("load the library: %w", err)
	}
	return nil
}

// Run follows the change log until ctx ends.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { s.compactLoop(ctx) })
	wg.Go(func() { s.cleanLoop(ctx) })
	wg.Go(func() { s.keepCards(ctx) })
	s.reader.Run(ctx, logEvery)
	wg.Wait()
}

// Sweepers finish what dead processes left half done.
func (s *Service) Sweepers() []effect.Sweeper {
	return []effect.Sweeper{s.documents.Sweeper(), s.materials.Sweeper()}
}

// CatchUp shows what was published meanwhile.
func (s *Service) CatchUp(ctx context.Context) error { return s.reader.CatchUp(ctx) }

// Size counts what is out, for the log.
func (s *Service) Size() (documents, materials int) {
	c := s.catalogue.Load()
	return len(c.documents), len(c.materials)
}
