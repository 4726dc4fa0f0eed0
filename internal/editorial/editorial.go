package editorial

import (
	"context"
	"log/slog"
	"slices"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/store"
)

// What editors are refused.
var (
	OutOfScope = fault.New(fault.Forbidden, "out_of_scope",
		"Tổ chức này nằm ngoài phạm vi phụ trách của bạn.", "This organisation is outside your scope.").
		At("/orgId", "out_of_scope", "Nằm ngoài phạm vi phụ trách của bạn.", "Outside your scope.")
	// SourceTaken refuses what was imported from the same source before.
	SourceTaken = fault.New(fault.Conflict, "source_taken",
		"Nguồn này đã được nhập trước đó.", "This source has been imported before.")
)

// Editors and Approvers are the roles of each side; either may publish what an
// approver has approved, and take it back.
var (
	Editors    = []caller.RoleName{caller.Editor}
	Approvers  = []caller.RoleName{caller.Approver}
	Publishers = []caller.RoleName{caller.Editor, caller.Approver}
)

// Orgs is what the editors' side needs of the directory.
type Orgs interface {
	// OrgPath returns an organisation's path from the root, nil when unknown.
	OrgPath(orgID string) []string
}

// Office is what the functions of this package need of a room.
type Office struct {
	Orgs  Orgs
	Pages *page.Sealer
	// CatchUp has this process show what was published before it answers.
	CatchUp func(ctx context.Context) error
	Log     *slog.Logger
}

// InScope returns the test of what a caller may act on as one of the roles.
func (o *Office) InScope(c *caller.Caller, roles ...caller.RoleName) func(orgID string) error {
	return func(orgID string) error {
		if !c.Covers(o.Orgs.OrgPath(orgID), roles...) {
			return fault.NotFound
		}
		return nil
	}
}

// Actor is the caller acting as one of the roles.
func (o *Office) Actor(c *caller.Caller, roles ...caller.RoleName) publication.Actor {
	return publication.Actor{ID: c.MemberID, May: o.InScope(c, roles...)}
}

// Begin returns a new item of an organisation that the caller edits for, without
// its content. Without a source's key the item is its own source.
func Begin[P any](o *Office, c *caller.Caller, orgID, sourceKey, sourceHash string) (item publication.Item[P], err error) {
	if o.InScope(c, Editors...)(orgID) != nil {
		return item, OutOfScope
	}
	item = publication.Item[P]{OrgID: orgID, Visibility: o.OwnReaders(orgID)}
	item.ID = ident.New()
	item.UniqueKey, item.SourceKey = item.ID, item.ID
	if sourceKey != "" {
		item.SourceKey, item.SourceHash = sourceKey, sourceHash
	}
	return item, nil
}

// Verb is a step of the life of what is published.
type Verb string

// The verbs, the same for all kinds.
const (
	Submit   Verb = "submit"
	Approve  Verb = "approve"
	Reject   Verb = "reject"
	Publish  Verb = "publish"
	Withdraw Verb = "withdraw"
)

// Step takes an item one step on; rev 0 is any revision.
func Step[P any](ctx context.Context, o *Office, m *publication.Machine[P], c *caller.Caller, id string, v Verb, rev int64, reason string) (item publication.Item[P], err error) {
	switch v {
	case Submit:
		return m.Submit(ctx, o.Actor(c, Editors...), id, rev)
	case Approve:
		return m.Approve(ctx, o.Actor(c, Approvers...), id, rev)
	case Reject:
		return m.Reject(ctx, o.Actor(c, Approvers...), id, rev, reason)
	case Publish:
		item, err = m.Publish(ctx, o.Actor(c, Publishers...), id, rev)
	case Withdraw:
		item, err = m.Withdraw(ctx, o.Actor(c, Publishers...), id, rev, reason)
	default:
		return item, fault.NotFound
	}
	if err != nil {
		return item, err
	}
	// So that this process shows the change before it answers. If it fails,
	// the change is out all the same, and the next poll shows it.
	if err := o.CatchUp(ctx); err != nil {
		o.Log.Warn("change log not read after a publication", "error", err)
	}
	return item, nil
}

// Item returns an item in the caller's scope.
func Item[P any](ctx context.Context, o *Office, m *publication.Machine[P], c *caller.Caller, id string) (publication.Item[P], error) {
	item, err := m.Get(ctx, id)
	if err != nil {
		return item, err
	}
	return item, o.InScope(c, Publishers...)(item.OrgID)
}

// Items lists items in the caller's scope, latest change first. list names the
// listing, for its cursor; state "" is any.
func Items[P any](ctx context.Context, o *Office, m *publication.Machine[P], c *caller.Caller, list, state, cursor string, limit int) ([]publication.Item[P], *string, error) {
	at, err := store.OpenPosition(o.Pages, list+state, cursor)
	if err != nil {
		return nil, nil, err
	}
	may := o.InScope(c, Publishers...)
	var out []publication.Item[P]
	for {
		found, err := m.List(ctx, state, at, limit-len(out))
		if err != nil {
			return nil, nil, err
		}
		out = append(out, slices.DeleteFunc(found.Items, func(i publication.Item[P]) bool { return may(i.OrgID) != nil })...)
		if !found.More {
			return out, nil, nil
		}
		at = found.Next
		if len(out) >= limit {
			next, err := at.Seal(o.Pages, list+state)
			return out, next, err
		}
	}
}

// List names a listing that chooses among the items of a state, "" for any.
type List[P any] struct {
	Name, State string
	// Fits chooses, nil for all.
	Fits func(i *publication.Item[P]) bool
}

// maxLooked is how many items a page of what is chosen is looked for among: a
// page may then be short and still have a next one.
const maxLooked = 2000

// Chosen returns the items in the caller's scope that a list chooses, latest
// change first.
func Chosen[P any](ctx context.Context, o *Office, m *publication.Machine[P], c *caller.Caller, l List[P], cursor string, limit int) ([]publication.Item[P], *string, error) {
	if l.Fits == nil {
		return Items(ctx, o, m, c, l.Name, l.State, cursor, limit)
	}
	at, err := store.OpenPosition(o.Pages, l.Name+l.State, cursor)
	if err != nil {
		return nil, nil, err
	}
	may := o.InScope(c, Publishers...)
	var out []publication.Item[P]
	for looked := 0; ; {
		found, err := m.List(ctx, l.State, at, 200)
		if err != nil {
			return nil, nil, err
		}
		for k := range found.Items {
			i := &found.Items[k]
			looked++
			at = store.Position{Values: []any{i.UpdatedAt}, ID: i.ID}
			if may(i.OrgID) == nil && l.Fits(i) {
				out = append(out, *i)
			}
			if last := k == len(found.Items)-1; len(out) >= limit && !(last && !found.More) || looked >= maxLooked && last && found.More {
				next, err := at.Seal(o.Pages, l.Name+l.State)
				return out, next, err
			}
		}
		if !found.More {
			return out, nil, nil
		}
	}
}
