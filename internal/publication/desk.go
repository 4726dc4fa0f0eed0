package publication

import (
	"context"
	"fmt"
	"log/slog"

	"sotay/internal/changelog"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/store"
)

// Desk is what all kinds of published things share.
type Desk struct {
	log     *changelog.Log
	shelves *store.Collection[Shelf]
	bodies  *store.Collection[Body]
	runner  *effect.Runner[Shelf]
	kinds   map[string]kind
	now     clock.Now
}

// kind is what the desk needs of a machine.
type kind interface {
	// encodeLive returns the plain body of what is served in a state.
	encodeLive(ctx context.Context, id string, s Shelf) ([]byte, error)
}

// Schemas declares the desk's collections.
func Schemas() []*store.Schema {
	return []*store.Schema{changelog.Schema(), shelfSchema(), bodySchema()}
}

// NewDesk opens the desk.
func NewDesk(e store.Engine, l *changelog.Log, now clock.Now, log *slog.Logger) (*Desk, error) {
	shelves, err := store.NewCollection[Shelf](e, shelfSchema())
	if err != nil {
		return nil, err
	}
	bodies, err := store.NewCollection[Body](e, bodySchema())
	if err != nil {
		return nil, err
	}
	d := &Desk{log: l, shelves: shelves, bodies: bodies, kinds: map[string]kind{}, now: now}
	d.runner = effect.NewRunner(shelves, now, log)
	d.runner.On(fxAppend, d.append)
	d.runner.On(fxLink, d.link)
	return d, nil
}

// Sweeper finishes what dead processes left on shelves.
func (d *Desk) Sweeper() effect.Sweeper { return d.runner }

// Bodies returns the encoded bodies that entries of the log name, by BodyID.
func (d *Desk) Bodies(ctx context.Context, ids []string) (map[string]Body, error) {
	return d.bodies.GetMany(ctx, ids)
}

// Rebuild encodes the body of every live shelf again and publishes those that
// differ from what is out. It returns how many it looked at and republished.
func (d *Desk) Rebuild(ctx context.Context, step func()) (seen, changed int, err error) {
	err = d.shelves.Each(ctx, func(s Shelf) error {
		if !s.Live {
			return nil
		}
		seen++
		step()
		differs, err := d.differs(ctx, s)
		if err != nil || !differs {
			return err
		}
		changed++
		row, err := d.shelves.Update(ctx, s.ID, func(s *Shelf) error {
			s.Order++
			cause := fmt.Sprintf("rebuild/%d", s.Order)
			s.Add(d.now(), fxAppend, appendArgs(s.Version, changelog.Upsert, cause, s.Visibility.Encode()))
			return nil
		})
		if err != nil {
			return err
		}
		_, err = d.runner.Perform(ctx, s.ID, row)
		return err
	})
	return seen, changed, err
}
