package directory

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
)

// importWriters is how many changed members are written at one time: engines
// commit together what arrives together.
const importWriters = 16

// write writes the members of a step. What clashes with somebody else's write
// is looked at again.
func (im *memberImport) write(ctx context.Context, changes []memberChange) error {
	var made []*Member
	var again []memberChange
	var of []memberChange
	for _, c := range changes {
		switch {
		case c.isNew:
			made, of = append(made, c.member), append(of, c)
		case !c.none:
			again = append(again, c)
		}
	}
	for k, err := range im.service.members.InsertMany(ctx, made) {
		switch {
		case err == nil:
			im.service.take(made[k])
			im.known.add(made[k])
		case store.IsDuplicate(err, "_id", "citizenKey", "codeKey"):
			again = append(again, of[k])
		default:
			return doing("insert members", err)
		}
	}
	return im.update(ctx, again)
}

// update writes members that are there, several at one time.
func (im *memberImport) update(ctx context.Context, changes []memberChange) error {
	var wg sync.WaitGroup
	free := make(chan struct{}, importWriters)
	errs := make([]error, len(changes))
	for k, c := range changes {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			errs[k] = im.updateOne(ctx, c)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (im *memberImport) updateOne(ctx context.Context, c memberChange) error {
	s, id := im.service, c.member.ID
	if c.isNew {
		// Somebody made a member with this id or these numbers meanwhile.
		m, err := im.madeMeanwhile(ctx, c.row)
		if f := fault.As(err); f != nil {
			c.row.refuse(f)
			return nil
		}
		if err != nil {
			return err
		}
		id = m.ID
	}
	m, err := s.members.Update(ctx, id, func(m *Member) error {
		if f := im.allowed(m, c.row); f != nil {
			return f
		}
		leftBefore := hasLeft(m.Current(s.Tree().Day).Status)
		before := *m
		if !im.put(m, c.row) {
			return store.ErrUnchanged
		}
		if f := im.reaches(&before, m); f != nil {
			return f
		}
		m.Revision++
		m.UpdatedAt = s.now()
		if !leftBefore && hasLeft(m.Current(s.Tree().Day).Status) {
			m.Add(s.now(), fxLeave, nil)
		}
		return nil
	})
	err = memberFault(err)
	if f := fault.As(err); f != nil {
		c.row.refuse(f)
		return nil
	}
	if err != nil {
		return fmt.Errorf("update member %s: %w", id, err)
	}
	s.wrote(ctx, &m)
	return nil
}

// madeMeanwhile finds the member in whose way a new one stood.
func (im *memberImport) madeMeanwhile(ctx context.Context, row *memberRow) (*Member, error) {
	fresh := knownMembers{service: im.service} // what this run has noted is older
	found, err := fresh.lookUp(ctx, row)
	if err != nil {
		return nil, err
	}
	m, f := found.one(row)
	if f == nil && m == nil {
		f = erased // the id is taken, and what identified its owner is gone
	}
	if f != nil {
		return nil, f
	}
	return m, nil
}

// derivedMember is the id of a member whom an import makes: always the same
// for one person, so that two imports at once make one member.
func derivedMember(key string) string { return ident.Derive("import/member", key) }
