package publication

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"sotay/internal/audit"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// Kind is what a room says of one kind of published thing.
type Kind[P any] struct {
	// Name is the kind in the change log, such as "document".
	Name string
	// Items and Versions name the collections.
	Items, Versions string
	// EncodeVersion returns the plain body of the immutable part, nil for none.
	EncodeVersion func(v *Version[P]) ([]byte, error)
	// EncodeLive returns the plain body that is served, with what others say.
	EncodeLive func(v *Version[P], links []Link) ([]byte, error)
	// Ready tells what a version still lacks before it may be submitted. It
	// may complete the content, so that what is approved is what goes out,
	// such as by naming the versions of what it is made of.
	Ready func(ctx context.Context, i *Item[P]) error
	// Links returns the shelves that a version links to and what they show.
	Links func(v *Version[P]) (targets []string, data map[string]string)
	// Answers says that what a version links to tells it in turn what becomes
	// of it, as a link.
	Answers bool
	// Unlisted says that members are told nothing of the kind: its versions
	// are made for other things to use, and neither shelf nor change log
	// knows them, so that not even a size or a hash of them goes out.
	Unlisted bool
	// Made follows from a version, before it is out. It may run twice.
	Made func(ctx context.Context, v *Version[P]) error
}

// Machine moves the items of one kind through their life.
type Machine[P any] struct {
	kind     Kind[P]
	desk     *Desk
	items    *store.Collection[Item[P]]
	versions *store.Collection[Version[P]]
	runner   *effect.Runner[Item[P]]
	audit    *audit.Record
	now      clock.Now
	log      *slog.Logger
}

// Schemas declares the kind's collections.
func (k Kind[P]) Schemas() []*store.Schema {
	return []*store.Schema{ItemSchema(k.Items), VersionSchema(k.Versions)}
}

// The effects of an item.
const (
	fxAudit    = "audit"
	fxPublish  = "publish"
	fxWithdraw = "withdraw"
)

// NewMachine opens the machine of a kind and registers it with the desk.
func NewMachine[P any](e store.Engine, k Kind[P], d *Desk, a *audit.Record, now clock.Now, log *slog.Logger) (*Machine[P], error) {
	items, err := store.NewCollection[Item[P]](e, ItemSchema(k.Items))
	if err != nil {
		return nil, err
	}
	versions, err := store.NewCollection[Version[P]](e, VersionSchema(k.Versions))
	if err != nil {
		return nil, err
	}
	m := &Machine[P]{kind: k, desk: d, items: items, versions: versions, audit: a, now: now, log: log}
	m.runner = effect.NewRunner(items, now, log)
	m.runner.On(fxAudit, audit.Handler[Item[P]](a))
	m.runner.On(fxPublish, func(ctx context.Context, i Item[P], _ effect.Effect) error { return m.publish(ctx, i.ID) })
	m.runner.On(fxWithdraw, func(ctx context.Context, i Item[P], _ effect.Effect) error { return m.withdraw(ctx, i.ID) })
	if !k.Unlisted {
		d.kinds[k.Name] = m
	}
	return m, nil
}

// Sweeper finishes what dead processes left on items.
func (m *Machine[P]) Sweeper() effect.Sweeper { return m.runner }

// Get returns an item or fault.NotFound.
func (m *Machine[P]) Get(ctx context.Context, id string) (Item[P], error) {
	i, err := m.items.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return i, fault.NotFound
	}
	return i, err
}

// BySource returns the item that an import of this key made, or
// fault.NotFound.
func (m *Machine[P]) BySource(ctx context.Context, key string) (Item[P], error) {
	page, err := m.items.Find(ctx, store.Query{Index: "sourceKey", Eq: []any{key}, Limit: 1})
	if err != nil {
		return Item[P]{}, err
	}
	if len(page.Items) == 0 {
		return Item[P]{}, fault.NotFound
	}
	return page.Items[0], nil
}

// List returns items by last change, newest first; state "" is any.
func (m *Machine[P]) List(ctx context.Context, state string, after store.Position, limit int) (store.Page[Item[P]], error) {
	q := store.Query{Index: "updatedAt", Desc: true, After: after, Limit: limit}
	if state != "" {
		q.Index, q.Eq = "state", []any{state}
	}
	return m.items.Find(ctx, q)
}

// Each calls fn for every item, in the order of ids, until fn fails.
func (m *Machine[P]) Each(ctx context.Context, fn func(Item[P]) error) error {
	return m.items.Each(ctx, fn)
}

// Version returns an immutable version or fault.NotFound.
func (m *Machine[P]) Version(ctx context.Context, id string, n int64) (Version[P], error) {
	v, err := m.versions.Get(ctx, versionID(id, n))
	if errors.Is(err, store.ErrNotFound) {
		return v, fault.NotFound
	}
	return v, err
}

// Versions returns several versions by VersionID.
func (m *Machine[P]) Versions(ctx context.Context, ids []string) (map[string]Version[P], error) {
	return m.versions.GetMany(ctx, ids)
}

// VersionID is the id of a version.
func VersionID(id string, n int64) string { return versionID(id, n) }

func versionID(id string, n int64) string { return fmt.Sprintf("%s/%d", id, n) }

// Actor is who acts, and the test of what that person may act on.
type Actor struct {
	ID string
	// May refuses an organisation outside the actor's scope.
	May func(orgID string) error
}

// Create begins an item. The caller has set its id, organisation, keys,
// visibility and payload.
func (m *Machine[P]) Create(ctx context.Context, a Actor, i *Item[P]) error {
	if err := a.May(i.OrgID); err != nil {
		return err
	}
	now := m.now()
	i.Draft, i.Version, i.Editors, i.CreatedAt = Draft, 1, []string{a.ID}, now
	i.step("create", a.ID, "", now)
	m.audited(i, a, "create", now)
	if err := m.items.Insert(ctx, i); err != nil {
		return err
	}
	return m.perform(ctx, i)
}

// Edit changes the content of the newest version. With rev > 0 it fails when
// the item has another revision. fn may run several times.
func (m *Machine[P]) Edit(ctx context.Context, a Actor, id string, rev int64, fn func(*Item[P]) error) (Item[P], error) {
	return m.act(ctx, a, id, rev, "edit", func(i *Item[P]) error {
		if i.Draft == Publishing {
			return WrongState
		}
		if i.Draft == "" {
			i.Version++
			i.Editors = nil
		}
		i.Draft, i.ApprovedBy = Draft, ""
		if !slices.Contains(i.Editors, a.ID) {
			i.Editors = append(i.Editors, a.ID)
		}
		return fn(i)
	})
}

// act is one step of an item's life: checks, change, record, effects.
func (m *Machine[P]) act(ctx context.Context, a Actor, id string, rev int64, verb string, fn func(*Item[P]) error) (Item[P], error) {
	return m.actBecause(ctx, a, id, rev, verb, "", fn)
}

func (m *Machine[P]) actBecause(ctx context.Context, a Actor, id string, rev int64, verb, reason string, fn func(*Item[P]) error) (Item[P], error) {
	now := m.now()
	i, err := m.items.Update(ctx, id, func(i *Item[P]) error {
		if err := a.May(i.OrgID); err != nil {
			return err
		}
		if rev > 0 && i.Revision != rev {
			return StaleRevision
		}
		if err := fn(i); err != nil {
			return err
		}
		i.step(verb, a.ID, reason, now)
		m.audited(i, a, verb, now)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return i, fault.NotFound
	}
	if err != nil {
		return i, err
	}
	err = m.perform(ctx, &i)
	return i, err
}

func (m *Machine[P]) audited(i *Item[P], a Actor, verb string, now time.Time) {
	i.Add(now, fxAudit, audit.Args(now, a.ID, m.kind.Name+"."+verb, m.kind.Name+"/"+i.ID,
		map[string]string{"version": fmt.Sprint(i.Version), "org": i.OrgID}))
}

// perform does what follows from a change. What fails is not lost: a sweeper
// finishes it, so that the act itself has succeeded; it is logged.
func (m *Machine[P]) perform(ctx context.Context, i *Item[P]) error {
	done, err := m.runner.Perform(ctx, i.ID, *i)
	if err != nil {
		m.log.Warn("effects left for a later try", "kind", m.kind.Name, "id", i.ID, "error", err)
		if fresh, gerr := m.items.Get(context.WithoutCancel(ctx), i.ID); gerr == nil {
			*i = fresh
		}
		return nil
	}
	*i = done
	return nil
}
