package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// TestCrashInTheDirectory kills a process behind each write of what is done to
// organisations and members: the same store and effects as above, so on SQLite
// alone.
func TestCrashInTheDirectory(t *testing.T) {
	t.Parallel()
	w := newWreck(t, newEnv(t, "sqlite"))
	for _, c := range []crash{splitting, erasing} {
		c.run(t, w)
	}
	w.survivor.stop(t)
	if out, err := w.run(t, "audit", "verify"); err != nil || strings.Contains(out, "FAULT") {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
}

// splitting is one act whose members are placed by what follows from it: the
// repeat of the request finds the act, and never half of it.
var splitting = crash{"split", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	adm := w.survivor.as(t, admin)
	open := fields{"name": fmt.Sprintf("Chi bộ tách dở dang %d", k), "kind": "branch", "parentId": org("phuong"), "on": "2026-01-01"}
	branch := parse[contract.OrgAct](t, adm.do(t, "POST", "/v1/admin/orgs", open).want(t, 201)).Changes[0].OrgId
	var people []any
	for n := range 3 {
		m := adm.do(t, "POST", "/v1/admin/members", with(newMember(fmt.Sprintf("Người Thứ %d", n)), fields{"orgId": branch})).want(t, 201)
		people = append(people, parse[contract.MemberRecord](t, m).Id)
	}
	body := fields{"on": "2026-02-01", "decisionNo": "1", "parts": []any{fields{"name": "Một", "kind": "branch"},
		fields{"name": "Hai", "kind": "branch", "memberIds": people[1:]}}}
	split := func(s *server) (*answer, error) {
		return s.as(t, admin).try(t, "POST", "/v1/admin/orgs/"+branch+"/split", body, "Idempotency-Key", fmt.Sprint("tach-", branch))
	}
	return split, func(answered bool) {
		before := get[contract.OrgActList](t, adm, "/v1/admin/org-acts?orgId="+branch).Items
		a, err := split(w.survivor)
		if err != nil {
			t.Fatal(err)
		}
		act := parse[contract.OrgAct](t, a.want(t, 201))
		if n := len(before); n == 2 && before[0].Id != act.Id || n > 2 || answered && n != 2 {
			t.Errorf("acts before the repeat: %+v", before)
		}
		parts := *act.Changes[0].Heirs
		eventually(t, patience, "the members are in their parts", func() (bool, string) {
			first, second := adm.everyone(t, "/v1/orgs/"+parts[0]+"/members?limit=9"), adm.everyone(t, "/v1/orgs/"+parts[1]+"/members?limit=9")
			return len(first) == 1 && len(second) == 2 && first[0] == people[0], fmt.Sprint(first, second)
		})
		if got := acts(t, adm, "&target=orgact/"+act.Id); !slices.Equal(got, []string{"org.split"}) {
			t.Errorf("the record says %v", got)
		}
	}
}}

// erasing ends in an erased member without an account, whatever dies between.
var erasing = crash{"erase", func(t *testing.T, w *wreck, k int) (func(*server) (*answer, error), func(bool)) {
	adm := w.survivor.as(t, admin)
	m := parse[contract.MemberRecord](t, adm.do(t, "POST", "/v1/admin/members", newMember(fmt.Sprintf("Người Được Xóa %d", k))).want(t, 201))
	adm.do(t, "POST", "/v1/admin/members/"+m.Id+"/activation-code", nil).want(t, 201)
	erase := func(s *server) (*answer, error) {
		return s.as(t, admin).try(t, "POST", "/v1/admin/members/"+m.Id+"/erasure", fields{"reason": "x"})
	}
	return erase, func(answered bool) {
		begun := get[contract.MemberRecord](t, adm, "/v1/members/"+m.Id).Erased
		if answered && !begun {
			t.Error("answered, and not erased")
		}
		if !begun {
			return // it died before the write that decides
		}
		eventually(t, patience, "the erasure is whole", func() (bool, string) {
			code := adm.do(t, "POST", "/v1/admin/members/"+m.Id+"/activation-code", nil)
			said := acts(t, adm, "&act=member.erase&target=member/"+m.Id)
			return code.status >= 400 && len(said) == 1, fmt.Sprint(code.status, said)
		})
	}
}}
