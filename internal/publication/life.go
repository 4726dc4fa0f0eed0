package publication

import (
	"context"
	"slices"

	"sotay/internal/fault"
	"sotay/internal/store"
)

// What the machine refuses.
var (
	WrongState = fault.New(fault.Conflict, "wrong_state",
		"Nội dung đang ở trạng thái không cho phép việc này.", "The item is in a state that does not allow this.")
	StaleRevision = fault.New(fault.Stale, "stale_revision",
		"Nội dung đã được người khác thay đổi; hãy đọc lại trước khi sửa.", "Someone has changed it meanwhile; read it again first.")
	SamePerson = fault.New(fault.Forbidden, "second_person_required",
		"Người đã biên tập phiên bản này không được tự duyệt; cần người thứ hai.", "Who has edited this version may not approve it; a second person is needed.")
)

// Submit hands the draft to an approver.
func (m *Machine[P]) Submit(ctx context.Context, a Actor, id string, rev int64) (Item[P], error) {
	return m.act(ctx, a, id, rev, "submit", func(i *Item[P]) error {
		if i.Draft != Draft {
			return WrongState
		}
		if m.kind.Ready != nil {
			if err := m.kind.Ready(ctx, i); err != nil {
				return err
			}
		}
		i.Draft = Submitted
		return nil
	})
}

// Approve approves a submitted draft; the approver has not edited it.
func (m *Machine[P]) Approve(ctx context.Context, a Actor, id string, rev int64) (Item[P], error) {
	return m.act(ctx, a, id, rev, "approve", func(i *Item[P]) error {
		if i.Draft != Submitted {
			return WrongState
		}
		if slices.Contains(i.Editors, a.ID) {
			return SamePerson
		}
		i.Draft, i.ApprovedBy = Approved, a.ID
		return nil
	})
}

// Reject sends a submitted or approved draft back with a reason.
func (m *Machine[P]) Reject(ctx context.Context, a Actor, id string, rev int64, reason string) (Item[P], error) {
	return m.actBecause(ctx, a, id, rev, "reject", reason, func(i *Item[P]) error {
		if i.Draft != Submitted && i.Draft != Approved {
			return WrongState
		}
		i.Draft, i.ApprovedBy = Draft, ""
		return nil
	})
}

// Publish publishes the approved draft as the next version. The first write
// decides; the rest may run twice and is finished by a sweeper if need be.
func (m *Machine[P]) Publish(ctx context.Context, a Actor, id string, rev int64) (Item[P], error) {
	now := m.now()
	return m.act(ctx, a, id, rev, "publish", func(i *Item[P]) error {
		if i.Draft != Approved || i.Live == Withdrawing {
			return WrongState
		}
		i.Draft, i.PublishedAt, i.PublishedBy = Publishing, now, a.ID
		i.Add(now, fxPublish, nil)
		return nil
	})
}

// publish makes the version, puts it on its shelf (which appends to the log)
// and closes the item.
func (m *Machine[P]) publish(ctx context.Context, id string) error {
	i, err := m.items.Get(ctx, id)
	if err != nil || i.Draft != Publishing {
		return err
	}
	v, err := m.makeVersion(ctx, &i)
	if err != nil {
		return err
	}
	st := State{Kind: m.kind.Name, ID: id, Version: v.Number, Live: true, Visibility: v.Visibility, PublishedAt: v.PublishedAt, Wants: m.kind.Answers}
	if m.kind.Links != nil {
		st.Targets, st.Data = m.kind.Links(&v)
	}
	if err := m.put(ctx, st); err != nil {
		return err
	}
	_, err = m.items.Update(ctx, id, func(i *Item[P]) error {
		if i.Draft != Publishing || i.Version != v.Number {
			return store.ErrUnchanged
		}
		i.Draft, i.Live, i.LiveVersion = "", Published, v.Number
		i.State = i.Stands()
		return nil
	})
	return err
}

func (m *Machine[P]) makeVersion(ctx context.Context, i *Item[P]) (Version[P], error) {
	v := Version[P]{ItemID: i.ID, OrgID: i.OrgID, Number: i.Version, PublishedAt: i.PublishedAt, PublishedBy: i.PublishedBy,
		ApprovedBy: i.ApprovedBy, Visibility: i.Visibility, Payload: i.Payload}
	v.ID = versionID(i.ID, i.Version)
	if m.kind.EncodeVersion != nil {
		plain, err := m.kind.EncodeVersion(&v)
		if err != nil {
			return v, err
		}
		if v.Body, err = Encode(plain); err != nil {
			return v, err
		}
	}
	err := m.versions.Insert(ctx, &v)
	if store.IsDuplicate(err, "_id") {
		v, err = m.versions.Get(ctx, v.ID)
	}
	if err != nil || m.kind.Made == nil {
		return v, err
	}
	return v, m.kind.Made(ctx, &v)
}

// put sets what is served, of kinds that members are told of.
func (m *Machine[P]) put(ctx context.Context, st State) error {
	if m.kind.Unlisted {
		return nil
	}
	return m.desk.Put(ctx, st)
}

// Withdraw takes what is out off all phones.
func (m *Machine[P]) Withdraw(ctx context.Context, a Actor, id string, rev int64, reason string) (Item[P], error) {
	now := m.now()
	return m.actBecause(ctx, a, id, rev, "withdraw", reason, func(i *Item[P]) error {
		if i.Live != Published || i.Draft == Publishing {
			return WrongState
		}
		i.Live = Withdrawing
		i.Add(now, fxWithdraw, nil)
		return nil
	})
}

func (m *Machine[P]) withdraw(ctx context.Context, id string) error {
	i, err := m.items.Get(ctx, id)
	if err != nil || i.Live != Withdrawing {
		return err
	}
	st := State{Kind: m.kind.Name, ID: id, Version: i.LiveVersion, PublishedAt: i.PublishedAt}
	if err := m.put(ctx, st); err != nil {
		return err
	}
	_, err = m.items.Update(ctx, id, func(i *Item[P]) error {
		if i.Live != Withdrawing {
			return store.ErrUnchanged
		}
		i.Live, i.LiveVersion = Withdrawn, 0
		i.State = i.Stands()
		return nil
	})
	return err
}

// encodeLive implements kind.
func (m *Machine[P]) encodeLive(ctx context.Context, id string, s Shelf) ([]byte, error) {
	v, err := m.versions.Get(ctx, versionID(id, s.Version))
	if err != nil {
		return nil, err
	}
	return m.kind.EncodeLive(&v, s.Links)
}
