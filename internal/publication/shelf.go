package publication

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"sotay/internal/audience"
	"sotay/internal/changelog"
	"sotay/internal/effect"
	"sotay/internal/store"
)

// Link is what another published thing says of this one, such as a material
// that belongs to a document.
type Link struct {
	// From is "<kind>/<id>" of the other thing, Order the order of its shelf
	// that said so: an older word is ignored.
	From       string              `bson:"from"`
	Order      int64               `bson:"order"`
	Live       bool                `bson:"live"`
	Visibility audience.Visibility `bson:"visibility"`
	// Data is what the room needs to show of it.
	Data map[string]string `bson:"data"`
	// Wants says that the other thing names this one, and is to be told what
	// becomes of it.
	Wants bool `bson:"wants"`
}

// says tells whether two words of one thing say the same, whatever their order.
func (l *Link) says(w *Link) bool {
	return l.Live == w.Live && l.Wants == w.Wants && l.Visibility.Encode() == w.Visibility.Encode() && maps.Equal(l.Data, w.Data)
}

// Shelf is what is served of one thing. Its id is "<kind>/<id>".
type Shelf struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	// Order counts the shelf's states.
	Order       int64               `bson:"order"`
	Version     int64               `bson:"version"`
	Live        bool                `bson:"live"`
	Visibility  audience.Visibility `bson:"visibility"`
	PublishedAt time.Time           `bson:"publishedAt"`
	// Targets are the shelves that this version links to, Data what they show.
	Targets []string          `bson:"targets"`
	Data    map[string]string `bson:"data"`
	// Wants says that this version wants to be told of its targets.
	Wants bool   `bson:"wants"`
	Links []Link `bson:"links"`
}

// hearers are the shelves that are told of this one: its targets, and those
// that name it and want to be told.
func (s *Shelf) hearers() []string {
	out := slices.Clone(s.Targets)
	for i := range s.Links {
		if l := &s.Links[i]; l.Wants && l.Live && !slices.Contains(out, l.From) {
			out = append(out, l.From)
		}
	}
	return out
}

func shelfSchema() *store.Schema {
	return &store.Schema{Name: "shelves", Indexes: []store.Index{effect.Index()}}
}

// State is a new state of a shelf.
type State struct {
	Kind, ID    string
	Version     int64
	Live        bool
	Visibility  audience.Visibility
	PublishedAt time.Time
	Targets     []string
	Data        map[string]string
	Wants       bool
}

// The effects of a shelf.
const (
	fxAppend = "append"
	fxLink   = "link"
)

// Put sets what is served of a thing and performs what follows: the body, the
// entry of the change log, and the links. It may run twice.
func (d *Desk) Put(ctx context.Context, st State) error {
	id := st.Kind + "/" + st.ID
	row, err := d.change(ctx, id, func(s *Shelf) error {
		// A version goes out once and is withdrawn once: a process that wakes
		// up late must not put back what was withdrawn meanwhile.
		again := s.Version == st.Version && (s.Live == st.Live || !s.Live)
		if s.Version > st.Version || again {
			return store.ErrUnchanged
		}
		d.move(s, st)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = d.runner.Perform(ctx, id, row)
	return err
}

// move writes the new state and its effects into the row.
func (d *Desk) move(s *Shelf, st State) {
	before := ""
	if s.Live {
		before = s.Visibility.Encode()
	}
	targets := s.hearers()
	for _, t := range st.Targets {
		if !slices.Contains(targets, t) {
			targets = append(targets, t)
		}
	}
	s.Order++
	s.Version, s.Live, s.Visibility = st.Version, st.Live, st.Visibility
	s.PublishedAt, s.Targets, s.Data, s.Wants = st.PublishedAt, st.Targets, st.Data, st.Wants
	op := changelog.Upsert
	if !st.Live {
		op = changelog.Delete
	}
	now := d.now()
	s.Add(now, fxAppend, appendArgs(st.Version, op, "", before))
	for _, t := range targets {
		s.Add(now, fxLink, map[string]string{"target": t})
	}
}

func appendArgs(version int64, op changelog.Op, cause, before string) map[string]string {
	return map[string]string{"version": strconv.FormatInt(version, 10), "op": string(op), "cause": cause, "before": before}
}

// change updates a shelf, or makes it when there is none.
func (d *Desk) change(ctx context.Context, id string, fn store.UpdateFunc[Shelf]) (Shelf, error) {
	for {
		row, err := d.shelves.Update(ctx, id, fn)
		if !errors.Is(err, store.ErrNotFound) {
			return row, err
		}
		fresh := Shelf{}
		fresh.ID = id
		if err := fn(&fresh); err != nil {
			if errors.Is(err, store.ErrUnchanged) {
				return fresh, nil
			}
			return fresh, err
		}
		err = d.shelves.Insert(ctx, &fresh)
		if !store.IsDuplicate(err, "_id") {
			return fresh, err
		}
	}
}

// link performs a shelf's word to one of its targets.
func (d *Desk) link(ctx context.Context, row Shelf, e effect.Effect) error {
	from, err := d.shelves.Get(ctx, row.ID) // the newest word, not the one that was due
	if err != nil {
		return err
	}
	target := e.Args["target"]
	word := Link{From: from.ID, Order: from.Order, Visibility: from.Visibility, Data: from.Data,
		Live:  from.Live && slices.Contains(from.hearers(), target),
		Wants: from.Live && from.Wants && slices.Contains(from.Targets, target)}
	var follows bool
	changed, err := d.change(ctx, target, func(s *Shelf) (err error) {
		follows, err = d.hear(s, word)
		return err
	})
	// What the target was doing already is another's to finish: two that name
	// each other would else wait for each other's end, for ever.
	if err != nil || !follows {
		return err
	}
	_, err = d.runner.Perform(ctx, target, changed)
	return err
}

// hear takes another thing's word into a shelf. Whoever begins to name this
// thing and wants to be told of it is answered, once: an answer is no question,
// so that two things that name each other fall silent. It tells whether
// anything follows.
func (d *Desk) hear(s *Shelf, word Link) (follows bool, err error) {
	k := slices.IndexFunc(s.Links, func(l Link) bool { return l.From == word.From })
	if k >= 0 && s.Links[k].Order >= word.Order {
		return false, store.ErrUnchanged
	}
	asked := k >= 0 && s.Links[k].Wants
	if k >= 0 && s.Links[k].says(&word) {
		s.Links[k].Order = word.Order
		return false, nil
	}
	if k < 0 {
		s.Links = append(s.Links, word)
		slices.SortFunc(s.Links, func(a, b Link) int { return strings.Compare(a.From, b.From) })
	} else {
		s.Links[k] = word
	}
	s.Order++
	now := d.now()
	if s.Live {
		cause := fmt.Sprintf("%s/%d", word.From, word.Order)
		s.Add(now, fxAppend, appendArgs(s.Version, changelog.Upsert, cause, s.Visibility.Encode()))
	}
	if word.Wants && !asked {
		s.Add(now, fxLink, map[string]string{"target": word.From})
	}
	return len(s.Fx) > 0, nil
}

// append publishes a state of a shelf: its body first, then the log's entry.
func (d *Desk) append(ctx context.Context, row Shelf, e effect.Effect) error {
	s, err := d.shelves.Get(ctx, row.ID)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(e.Args["version"], 10, 64)
	if err != nil {
		return fmt.Errorf("append effect: %w", err)
	}
	kind, id, _ := strings.Cut(s.ID, "/")
	op := changelog.Op(e.Args["op"])
	if s.Version != version || s.Live != (op == changelog.Upsert) {
		return nil // a newer state is out, and said more than this one would
	}
	entry := changelog.Entry{Kind: kind, ID: id, Version: version, Op: op, Order: s.Order,
		Key:    changelog.Key(kind, id, version, op, e.Args["cause"]),
		Before: audience.Decode(e.Args["before"])}
	if op == changelog.Upsert {
		body, err := d.body(ctx, kind, id, s)
		if err != nil {
			return err
		}
		entry.Hash, entry.Bytes, entry.After = body.Hash, int64(len(body.Gzip)), s.Visibility
	}
	_, err = d.log.Append(ctx, entry)
	return err
}

// body encodes what is served in a state of the shelf, once: the id holds the
// order, so that a second run finds the first one's.
func (d *Desk) body(ctx context.Context, kind, id string, s Shelf) (Body, error) {
	bodyID := BodyID(kind, id, s.Order)
	b, err := d.bodies.Get(ctx, bodyID)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return b, err
	}
	k := d.kinds[kind]
	if k == nil {
		return b, fmt.Errorf("shelf of unknown kind %q", kind)
	}
	plain, err := k.encodeLive(ctx, id, s)
	if err != nil {
		return b, err
	}
	if b.Encoded, err = Encode(plain); err != nil {
		return b, err
	}
	b.ID = bodyID
	err = d.bodies.Insert(ctx, &b)
	if store.IsDuplicate(err, "_id") {
		return d.bodies.Get(ctx, bodyID)
	}
	return b, err
}

// BodyID is the id of the body of one state of a thing.
func BodyID(kind, id string, order int64) string { return fmt.Sprintf("%s/%s/%d", kind, id, order) }

// differs tells whether the body of a state is not what encoding gives today.
func (d *Desk) differs(ctx context.Context, s Shelf) (bool, error) {
	kind, id, _ := strings.Cut(s.ID, "/")
	k := d.kinds[kind]
	if k == nil {
		return false, fmt.Errorf("shelf of unknown kind %q", kind)
	}
	plain, err := k.encodeLive(ctx, id, s)
	if err != nil {
		return false, err
	}
	now, err := Encode(plain)
	if err != nil {
		return false, err
	}
	out, err := d.bodies.Get(ctx, BodyID(kind, id, s.Order))
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return out.Hash != now.Hash, err
}
