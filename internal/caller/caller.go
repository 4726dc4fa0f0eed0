package caller

import (
	"context"
	"slices"

	"sotay/internal/fault"
)

// RoleName names a role beyond being a member.
type RoleName string

// The roles that can be given, each within a scope.
const (
	Secretary RoleName = "secretary"
	Editor    RoleName = "editor"
	Approver  RoleName = "approver"
	Leader    RoleName = "leader"
	Inspector RoleName = "inspector"
	Admin     RoleName = "admin"
)

// Names lists the roles that can be given.
func Names() []RoleName { return []RoleName{Secretary, Editor, Approver, Leader, Inspector, Admin} }

// Role is a role in force today. OrgID is the root of the subtree it covers; a
// role over the members of an enterprise has EnterpriseID instead.
type Role struct {
	Name         RoleName
	OrgID        string
	EnterpriseID string
	From         string // YYYY-MM-DD
	To           string // YYYY-MM-DD, the last day, or "" for none
}

// Identity is a member as the table in memory knows them. It is shared by
// requests and never changed.
type Identity struct {
	MemberID string
	AuthRev  int64
	OrgID    string
	// OrgPath is the organisation's ancestors from the root, itself included.
	OrgPath []string
	// Units are OrgPath and the closed organisations that any of it succeeds:
	// what was published to one of them is still for this member.
	Units  []string
	Kind   string
	Status string
	Tags   []string
	Roles  []Role
	// Coming are roles that will be in force on a later day.
	Coming []Role
	// EnterpriseID and Shift are where and when the member works, "" for none.
	EnterpriseID, Shift string
	// Audience is a hash over all that visibility depends on; when it changes
	// a phone must begin its sync again.
	Audience string
	// MaySignIn is false for members who have left.
	MaySignIn bool
}

// Caller is an identity in one session.
type Caller struct {
	*Identity
	SessionID string
}

// Has tells whether the caller holds one of the roles, in any scope.
func (i *Identity) Has(names ...RoleName) bool {
	for k := range i.Roles {
		if slices.Contains(names, i.Roles[k].Name) {
			return true
		}
	}
	return false
}

// Covers tells whether the caller holds one of the roles over an organisation,
// given that organisation's path from the root.
func (i *Identity) Covers(orgPath []string, names ...RoleName) bool {
	for k := range i.Roles {
		if slices.Contains(names, i.Roles[k].Name) && slices.Contains(orgPath, i.Roles[k].OrgID) {
			return true
		}
	}
	return false
}

// CoversMember tells whether the caller holds one of the roles over a member:
// over an organisation above them, or over their enterprise.
func (i *Identity) CoversMember(m *Identity, names ...RoleName) bool {
	for k := range i.Roles {
		r := &i.Roles[k]
		if !slices.Contains(names, r.Name) {
			continue
		}
		if r.EnterpriseID != "" && r.EnterpriseID == m.EnterpriseID || r.OrgID != "" && slices.Contains(m.OrgPath, r.OrgID) {
			return true
		}
	}
	return false
}

// Key is under which a request's context holds its *Caller.
type Key struct{}

// With returns a context that carries the caller.
func With(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, Key{}, c)
}

// From returns the caller of a request. A route that needs none has none:
// then the fault is that nobody is signed in.
func From(ctx context.Context) (*Caller, error) {
	if c, ok := ctx.Value(Key{}).(*Caller); ok && c != nil {
		return c, nil
	}
	return nil, NotSignedIn
}

// NotSignedIn answers a request that carries no valid access token.
var NotSignedIn = fault.New(fault.Unknown, "not_signed_in",
	"Bạn cần đăng nhập.", "You need to sign in.")
