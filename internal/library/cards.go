package library

import (
	"context"
	"sync"
	"time"

	"sotay/internal/library/search"
	"sotay/internal/publication"
	"sotay/internal/store"
)

// card is what the catalogue and the search keep of a version, made of it once:
// a start that split the texts of thousands of documents into words again would
// take many times as long (decision 0022). It is a copy that may be lost: what
// has no card is read from its version, which then gets one.
type card[P any] struct {
	store.Meta `bson:",inline"` // the version's id
	// Format says how Text is written.
	Format int64 `bson:"format"`
	// Version is the version without its sections, questions and body; Words
	// counts what they held.
	Version publication.Version[P] `bson:"version"`
	Words   int64                  `bson:"words"`
	Text    []byte                 `bson:"text"` // search.Packed
}

// cardFormat grows when the words of a text would be other ones, or are
// written in another way: with package search, viet or richtext.
const cardFormat = 1

func cardSchema(kind string) *store.Schema { return &store.Schema{Name: kind + "cards"} }

// cards is the shelf of the cards of one kind.
type cards[P any] struct {
	kind string
	rows *store.Collection[card[P]]
	// strip takes out what a card leaves away, and tells how many words it had.
	strip func(*P) int64
	text  func(*publication.Version[P]) search.Doc

	mu   sync.Mutex
	made []card[P] // not kept yet
}

func newCards[P any](e store.Engine, kind string, strip func(*P) int64, text func(*publication.Version[P]) search.Doc) (*cards[P], error) {
	rows, err := store.NewCollection[card[P]](e, cardSchema(kind))
	return &cards[P]{kind: kind, rows: rows, strip: strip, text: text}, err
}

// strip is of a document; see cards.
func (d *Document) strip() int64 {
	words := d.Words()
	d.Sections = nil
	return words
}

// strip is of a material; see cards.
func (m *Material) strip() int64 {
	words := m.Words()
	m.Sections, m.Items = nil, nil
	return words
}

// laid is a card that has been opened.
type laid[P any] struct {
	card[P]
	packed *search.Packed
}

// read returns the cards of versions, and makes those that are missing.
func (c *cards[P]) read(ctx context.Context, ids []string, versions func(context.Context, []string) (map[string]publication.Version[P], error)) ([]laid[P], error) {
	found, err := c.rows.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []laid[P]
	var missing []string
	for _, id := range ids {
		x, ok := found[id]
		if ok = ok && x.Format == cardFormat; ok {
			var p *search.Packed
			if p, err = search.Unpack(c.kind+"/"+x.Version.ItemID, x.Text); err == nil {
				x.Text = nil
				out = append(out, laid[P]{x, p})
				continue
			}
		}
		missing = append(missing, id)
	}
	if len(missing) == 0 {
		return out, nil
	}
	read, err := versions(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, v := range read {
		x, p := c.make(&v)
		out = append(out, laid[P]{x, p})
	}
	return out, nil
}

// make makes the card of a version, to be kept later.
func (c *cards[P]) make(v *publication.Version[P]) (card[P], *search.Packed) {
	p := search.Pack(c.text(v))
	x := card[P]{Format: cardFormat, Version: *v, Text: p.Encode()}
	x.ID = v.ID
	x.Version.Body = publication.Encoded{}
	x.Words = c.strip(&x.Version.Payload)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, x)
	return x, p
}

// keep writes the cards that were made, and takes away those of the versions
// before: beside the requests, for nobody waits for them.
func (c *cards[P]) keep(ctx context.Context) error {
	c.mu.Lock()
	made := c.made
	c.made = nil
	c.mu.Unlock()
	for i := range made {
		if err := c.keepOne(ctx, &made[i]); err != nil {
			c.mu.Lock()
			c.made = append(made[i:], c.made...)
			c.mu.Unlock()
			return err
		}
	}
	return nil
}

func (c *cards[P]) keepOne(ctx context.Context, x *card[P]) error {
	err := c.rows.Insert(ctx, x)
	if store.IsDuplicate(err) {
		_, err = c.rows.Update(ctx, x.ID, func(old *card[P]) error {
			if old.Format > cardFormat {
				return store.ErrUnchanged // a newer release's, which runs beside us
			}
			old.Format, old.Version, old.Words, old.Text = x.Format, x.Version, x.Words, x.Text
			return nil
		})
	}
	if err != nil || x.Version.Number <= 1 {
		return err
	}
	before, err := c.rows.Get(ctx, publication.VersionID(x.Version.ItemID, x.Version.Number-1))
	if err == nil {
		err = c.rows.DeleteIf(ctx, before.ID, before.Rev)
	}
	return gone(err)
}

// keepEvery is how often cards that were made are kept.
const keepEvery = time.Second

// keepCards writes cards until ctx ends.
func (s *Service) keepCards(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, keep := range []func(context.Context) error{s.documentCards.keep, s.materialCards.keep} {
			if err := keep(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("cards of versions not kept; the next start takes longer", "error", err)
			}
		}
	}
}
