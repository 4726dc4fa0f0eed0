package editorial

import (
	"fmt"
	"slices"

	"sotay/internal/audience"
	"sotay/internal/fault"
)

// OwnReaders is who reads what an organisation publishes unless its editors say
// otherwise: its members, and everybody when it stands at the top.
func (o *Office) OwnReaders(orgID string) audience.Visibility {
	if len(o.Orgs.OrgPath(orgID)) <= 1 {
		return audience.Everyone()
	}
	return audience.Visibility{Kind: audience.Orgs, OrgIDs: []string{orgID}}
}

// CheckVisibility tests a visibility, and that an organisation speaks to its own
// members alone: to others speaks the one above them (decision 21). It adds what
// is wrong to f, at /visibility.
func (o *Office) CheckVisibility(f *fault.Fault, orgID string, v audience.Visibility) *fault.Fault {
	below := len(o.Orgs.OrgPath(orgID)) > 1
	if below && v.Kind != audience.Orgs {
		f = f.At("/visibility/kind", "out_of_scope", "Chỉ tổ chức cao nhất phát hành cho mọi đảng viên hoặc theo vai trò.", "Only the organisation at the top publishes to everybody or by role.")
	}
	for k, org := range v.OrgIDs {
		if path := o.Orgs.OrgPath(org); below && path != nil && !slices.Contains(path, orgID) {
			f = f.At(fmt.Sprintf("/visibility/orgIds/%d", k), "out_of_scope", "Tổ chức này không trực thuộc tổ chức phát hành.", "This organisation does not stand below the one that publishes.")
		}
	}
	if bad := v.Check("/visibility"); bad != nil {
		f = f.At(bad.Fields[0].Pointer, bad.Fields[0].Code, bad.Fields[0].Detail.VI, bad.Fields[0].Detail.EN)
	}
	for k, org := range v.OrgIDs {
		if o.Orgs.OrgPath(org) == nil {
			f = f.At(fmt.Sprintf("/visibility/orgIds/%d", k), "not_found", "Không có tổ chức này.", "There is no such organisation.")
		}
	}
	return f
}
