// Package audience says who may see a thing.
package audience

import (
	"slices"
	"strings"

	"sotay/internal/caller"
	"sotay/internal/fault"
)

// Kind is the kind of a visibility.
type Kind string

// The kinds of visibility.
const (
	All   Kind = "all"   // every member
	Orgs  Kind = "orgs"  // members of these organisations' subtrees
	Roles Kind = "roles" // members who hold one of these roles, in any scope
)

// Visibility is a predicate over members. It is part of a version and never
// changed after publication.
type Visibility struct {
	Kind   Kind     `bson:"kind"`
	OrgIDs []string `bson:"orgIds"`
	Roles  []string `bson:"roles"`
}

// Everyone is the visibility of what all members may see.
func Everyone() Visibility { return Visibility{Kind: All} }

// Check reports what is wrong with a visibility from outside, by field.
func (v Visibility) Check(pointer string) *fault.Fault {
	bad := func(field, vi, en string) *fault.Fault {
		return fault.BadInput.At(pointer+field, "invalid", vi, en)
	}
	switch v.Kind {
	case All:
		if len(v.OrgIDs)+len(v.Roles) > 0 {
			return bad("/kind", "Phạm vi \"all\" không kèm tổ chức hay vai trò.", "Visibility \"all\" has neither organisations nor roles.")
		}
	case Orgs:
		if len(v.OrgIDs) == 0 || len(v.Roles) > 0 {
			return bad("/orgIds", "Cần ít nhất một tổ chức và không kèm vai trò.", "Needs at least one organisation and no roles.")
		}
	case Roles:
		if len(v.Roles) == 0 || len(v.OrgIDs) > 0 {
			return bad("/roles", "Cần ít nhất một vai trò và không kèm tổ chức.", "Needs at least one role and no organisations.")
		}
	default:
		return bad("/kind", "Phạm vi phải là all, orgs hoặc roles.", "Visibility is all, orgs or roles.")
	}
	return nil
}

// Admits tells whether a member may see what has this visibility.
func (v *Visibility) Admits(i *caller.Identity) bool {
	switch v.Kind {
	case All:
		return true
	case Orgs:
		for _, org := range i.Units {
			if slices.Contains(v.OrgIDs, org) {
				return true
			}
		}
	case Roles:
		for k := range i.Roles {
			if slices.Contains(v.Roles, string(i.Roles[k].Name)) {
				return true
			}
		}
	}
	return false
}

// Includes tells whether everyone whom w admits is surely admitted by v too.
// pathOf gives an organisation's path from the root. Unsure is false.
func (v *Visibility) Includes(w *Visibility, pathOf func(orgID string) []string) bool {
	if v.Kind == All {
		return true
	}
	if v.Kind != w.Kind {
		return false
	}
	if v.Kind == Roles {
		return containsAll(v.Roles, w.Roles)
	}
	for _, org := range w.OrgIDs {
		if !slices.ContainsFunc(pathOf(org), func(a string) bool { return slices.Contains(v.OrgIDs, a) }) {
			return false
		}
	}
	return true
}

func containsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}

// Encode writes a visibility as one string, for an effect's argument.
func (v Visibility) Encode() string {
	return string(v.Kind) + "|" + strings.Join(v.OrgIDs, ",") + "|" + strings.Join(v.Roles, ",")
}

// Decode reads what Encode wrote; "" is nobody.
func Decode(s string) Visibility {
	parts := strings.SplitN(s, "|", 3)
	if len(parts) != 3 {
		return Visibility{}
	}
	split := func(p string) []string {
		if p == "" {
			return nil
		}
		return strings.Split(p, ",")
	}
	return Visibility{Kind: Kind(parts[0]), OrgIDs: split(parts[1]), Roles: split(parts[2])}
}
