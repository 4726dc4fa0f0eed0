package e2e

import (
	"fmt"
	"testing"

	"sotay/internal/directory"
	"sotay/internal/httpapi/contract"
)

// inspector reads the ward's subtree.
const inspector = "thanhtra"

// Who may read the tree, and who the members of branch kp1.
var (
	byOverseers = map[string]int{secretary: 200, secretary2: 200, editor: 200, wardEditor: 200, approver: 200, leader: 200, inspector: 200, admin: 200}
	byReaders   = map[string]int{secretary: 200, secretary2: 404, inspector: 200, admin: 200}
	byAdmins    = map[string]int{admin: 200}
	madeByAdmin = map[string]int{admin: 201}
)

// newBranch is an organisation to act on, below the ward.
func (w *cast) newBranch(t *testing.T) string {
	t.Helper()
	w.made++
	a := parse[contract.OrgAct](t, w.as(t, admin).do(t, "POST", "/v1/admin/orgs",
		fields{"name": fmt.Sprintf("Chi bộ số %d", w.made), "kind": "branch", "parentId": org("phuong"), "on": "2026-01-01"}).want(t, 201))
	return a.Changes[0].OrgId
}

// newMember is a member to act on, of branch kp1.
func (w *cast) newMember(t *testing.T) string {
	t.Helper()
	w.made++
	m := parse[contract.MemberRecord](t, w.as(t, admin).do(t, "POST", "/v1/admin/members", newMember(fmt.Sprintf("Người Số %d", w.made))).want(t, 201))
	return m.Id
}

func newMember(name string) fields {
	return fields{"name": name, "kind": "official", "orgId": org("kp1"), "from": "2026-01-01"}
}

// onOrg and onMember are calls on something made for them.
func onOrg(verb string, body fields) func(*testing.T, *cast, string) call {
	return func(t *testing.T, w *cast, _ string) call {
		return call{path: "/v1/admin/orgs/" + w.newBranch(t) + verb, body: body}
	}
}

func onMember(path, verb string, body fields, headers ...string) func(*testing.T, *cast, string) call {
	return func(t *testing.T, w *cast, _ string) call {
		return call{path: path + w.newMember(t) + verb, body: body, headers: headers}
	}
}

func (w *cast) enterprise(t *testing.T) contract.Enterprise {
	t.Helper()
	w.made++
	return parse[contract.Enterprise](t, w.as(t, admin).do(t, "POST", "/v1/admin/enterprises", enterpriseBody(fmt.Sprint("DN", w.made))).want(t, 201))
}

func enterpriseBody(code string) fields {
	return fields{"orgId": org("ubnd"), "name": "Công ty Thử", "ownership": "private", "code": code,
		"shifts": []any{fields{"id": "dem", "name": "Ca đêm", "starts": "22:00", "ends": "06:00"}}}
}

// directoryRows are the rows of organisations, members and enterprises.
func directoryRows() map[string]rule {
	day := fields{"on": "2026-02-01", "decisionNo": "12-QĐ/TU"}
	parts := []any{fields{"name": "Một", "kind": "branch"}, fields{"name": "Hai", "kind": "branch"}}
	return map[string]rule{
		"updateMe": {creates("/v1/me", func(*cast) fields { return fields{"locale": "vi"} }), signedIn(200)},
		"exportMe": {at("/v1/me/export"), signedIn(200)},

		"listOrgs":    {at("/v1/admin/orgs"), only(byOverseers)},
		"getOrg":      {at("/v1/admin/orgs/" + org("kp1")), only(with2(byOverseers, secretary2, 404))},
		"listOrgActs": {at("/v1/admin/org-acts"), only(byOverseers)},
		"createOrg": {creates("/v1/admin/orgs", func(*cast) fields {
			return with(day, fields{"name": "Chi bộ mới", "kind": "branch", "parentId": org("phuong")})
		}), only(madeByAdmin)},
		"changeOrg":   {onOrg("/change", with(day, fields{"name": "Tên khác"})), only(madeByAdmin)},
		"moveOrg":     {onOrg("/move", with(day, fields{"parentId": org("ubnd")})), only(madeByAdmin)},
		"splitOrg":    {onOrg("/split", with(day, fields{"parts": parts})), only(madeByAdmin)},
		"dissolveOrg": {onOrg("/dissolve", day), only(madeByAdmin)},
		"mergeOrgs": {func(t *testing.T, w *cast, _ string) call {
			return call{path: "/v1/admin/org-mergers", body: with(day, fields{"orgIds": []any{w.newBranch(t)}, "intoId": org("kp2")})}
		}, only(madeByAdmin)},

		"listEnterprises":  {at("/v1/admin/enterprises"), only(byOverseers)},
		"createEnterprise": {creates("/v1/admin/enterprises", func(*cast) fields { return enterpriseBody("") }), only(madeByAdmin)},
		"getEnterprise": {func(t *testing.T, w *cast, _ string) call {
			return call{path: "/v1/admin/enterprises/" + w.enterprise(t).Id}
		}, only(map[string]int{secretary: 404, secretary2: 404, editor: 200, wardEditor: 404, approver: 200, leader: 200, inspector: 404, admin: 200})},
		"updateEnterprise": {func(t *testing.T, w *cast, _ string) call {
			return call{path: "/v1/admin/enterprises/" + w.enterprise(t).Id, body: fields{"name": "Tên khác"}, headers: []string{"If-Match", "*"}}
		}, only(byAdmins)},

		"listMembers":          {at("/v1/admin/members"), only(map[string]int{secretary: 200, secretary2: 200, inspector: 200, admin: 200})},
		"listOrgMembers":       {at("/v1/orgs/" + org("kp1") + "/members"), only(byReaders)},
		"getMember":            {at("/v1/members/" + directory.MemberID("m04")), only(byReaders)},
		"setMemberStatus":      {onMember("/v1/members/", "/status", fields{"status": "exempt", "from": "2026-06-01"}), only(map[string]int{secretary: 200, secretary2: 404, admin: 200})},
		"setMemberInformation": {onMember("/v1/members/", "/information", fields{"wantsInformation": true}), only(map[string]int{secretary: 200, secretary2: 404, admin: 200})},
		"createMember":         {creates("/v1/admin/members", func(*cast) fields { return newMember("Người Mới") }), only(madeByAdmin)},
		"updateMember":         {onMember("/v1/admin/members/", "", fields{"name": "Tên Khác"}, "If-Match", "*"), only(byAdmins)},
		"transferMember":       {onMember("/v1/admin/members/", "/transfers", fields{"orgId": org("kp2"), "on": "2026-03-01"}), only(byAdmins)},
		"setMemberRoles": {onMember("/v1/admin/members/", "/roles", fields{"roles": []any{fields{"role": "editor", "orgId": org("kp1"), "from": "2026-03-01"}}}),
			only(byAdmins)},
		"eraseMember": {onMember("/v1/admin/members/", "/erasure", fields{"reason": "theo đề nghị"}), only(map[string]int{admin: 204})},
		"listAudit":   {at("/v1/admin/audit"), only(byAdmins)},
	}
}

// with2 is a row with another status for one role.
func with2(row map[string]int, role string, status int) map[string]int {
	out := map[string]int{}
	for r, s := range row {
		out[r] = s
	}
	out[role] = status
	return out
}

// directoryBodies are bodies with every field of these calls.
func directoryBodies() map[string]fields {
	newOrg := fields{"name": "Tên", "kind": "branch", "code": "01", "parentId": "khong-co"}
	on := fields{"on": "2026-02-01", "decisionNo": "1"}
	shift := fields{"id": "a", "name": "Ca", "starts": "06:00", "ends": "14:00"}
	person := fields{"name": "Tên", "kind": "official", "joinedOn": "2020-01-01", "officialOn": "2021-01-01", "partyCardNo": "1", "code": "1",
		"citizenId": "012345678901", "phone": "0912345678", "tags": []any{"remote"}, "enterpriseId": "khong-co", "shift": "a", "locale": "vi", "wantsInformation": true}
	company := fields{"name": "Tên", "code": "1", "ownership": "state", "shifts": []any{shift}}
	return map[string]fields{
		"updateMe": {"locale": "vi", "wantsInformation": true}, "setMemberInformation": {"wantsInformation": true},
		"createOrg": with(newOrg, on), "changeOrg": with(on, fields{"name": "T", "kind": "branch", "code": "1"}),
		"moveOrg": with(on, fields{"parentId": "khong-co"}), "dissolveOrg": on,
		"splitOrg":         with(on, fields{"parts": []any{with(newOrg, fields{"childIds": []any{"a"}, "memberIds": []any{"a"}}), with(newOrg, nil)}}),
		"mergeOrgs":        with(on, fields{"orgIds": []any{"a"}, "intoId": "a", "into": newOrg}),
		"createEnterprise": with(company, fields{"orgId": "khong-co"}), "updateEnterprise": company,
		"createMember":    with(person, fields{"orgId": "khong-co", "from": "2026-01-01", "status": "active", "decisionNo": "1"}),
		"updateMember":    person,
		"transferMember":  with(on, fields{"orgId": org("kp1")}),
		"setMemberStatus": {"status": "temporaryAttachment", "from": "2026-01-01", "to": "2026-02-01", "decidedBy": org("tinh"), "decisionNo": "1", "hostId": org("kp1")},
		"setMemberRoles":  {"roles": []any{fields{"role": "editor", "orgId": org("kp1"), "from": "2026-01-01", "to": "2026-02-01"}}},
		"eraseMember":     {"reason": "r"},
	}
}
