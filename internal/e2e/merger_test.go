package e2e

import (
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// ids lists who is in a list of members.
func ids(l contract.MemberList) []string {
	var out []string
	for _, m := range l.Items {
		out = append(out, m.Id)
	}
	return out
}

// everyone reads a list of members to its end.
func (c *client) everyone(t *testing.T, path string) []string {
	t.Helper()
	var out []string
	for cursor := ""; ; {
		page := get[contract.MemberList](t, c, path+cursor)
		out = append(out, ids(page)...)
		if page.NextCursor == nil {
			return out
		}
		cursor = "&cursor=" + *page.NextCursor
	}
}

// TestMergerInMidTerm merges two branches in the middle of a term: one act,
// with a day and a number. Members belong to the new branch from that day,
// what was before stays under the old ones, and what was published to them
// stays theirs.
func TestMergerInMidTerm(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		s := e.serve(t)
		adm, docs := s.as(t, admin), s.desk(t, "documents")
		mine := docs.release(t, with(document("Của khu phố 1"), fields{"visibility": fields{"kind": "orgs", "orgIds": []any{org("kp1")}}}))
		theirs := docs.release(t, with(document("Của khu phố 2"), fields{"visibility": fields{"kind": "orgs", "orgIds": []any{org("kp2")}}}))
		p := s.as(t, member).phone()
		p.sync(t, 100)
		if !p.has("document", mine.ID, 1) || p.has("document", theirs.ID, 1) {
			t.Fatal("before the merger the phone has something else")
		}
		before1 := adm.everyone(t, "/v1/orgs/"+org("kp1")+"/members?limit=5")
		before2 := adm.everyone(t, "/v1/orgs/"+org("kp2")+"/members?limit=5")

		body := fields{"orgIds": []any{org("kp1"), org("kp2")}, "on": "2026-07-01", "decisionNo": "15-QĐ/ĐU",
			"into": fields{"name": "Chi bộ Liên khu phố", "kind": "branch", "parentId": org("phuong"), "code": "LKP"}}
		act := parse[contract.OrgAct](t, adm.do(t, "POST", "/v1/admin/org-mergers", body, "Idempotency-Key", "gop-1").want(t, 201))
		again := parse[contract.OrgAct](t, adm.do(t, "POST", "/v1/admin/org-mergers", body, "Idempotency-Key", "gop-1").want(t, 201))
		if act.Id != again.Id || act.Kind != "merge" || act.On != "2026-07-01" || act.DecisionNo != "15-QĐ/ĐU" || len(act.Changes) != 3 {
			t.Fatalf("the act is %+v, then %+v", act, again)
		}
		adm.do(t, "POST", "/v1/admin/org-mergers", with(body, fields{"decisionNo": "16"}), "Idempotency-Key", "gop-1").want(t, 422, "idempotency_key_reused")
		united := act.Changes[2].OrgId

		me := get[contract.Me](t, s.as(t, member), "/v1/me")
		if me.OrgPath[2].Id != united || me.OrgPath[2].Name != "Chi bộ Liên khu phố" {
			t.Errorf("the member belongs to %+v", me.OrgPath)
		}
		now := adm.everyone(t, "/v1/orgs/"+united+"/members?limit=7")
		if len(now) != len(before1)+len(before2) {
			t.Errorf("%d members in the new branch, were %d and %d", len(now), len(before1), len(before2))
		}
		if got := adm.everyone(t, "/v1/orgs/"+org("kp1")+"/members?asOf=2026-06-30&limit=5"); !slices.Equal(got, before1) {
			t.Errorf("the day before, branch 1 has %v, want %v", got, before1)
		}
		adm.do(t, "GET", "/v1/orgs/"+org("kp1")+"/members", nil).want(t, 404, "not_found")

		old := get[contract.OrgRecord](t, adm, "/v1/admin/orgs/"+org("kp1"))
		if old.Open || text(old.HeirId) != united || old.Name != "Chi bộ Khu phố 1" || len(old.History) != 2 || old.History[1].From != "2026-07-01" {
			t.Errorf("the old branch is %+v", old)
		}
		then := get[contract.OrgRecord](t, adm, "/v1/admin/orgs/"+org("kp1")+"?asOf=2026-06-30")
		if !then.Open || len(then.Path) != 3 {
			t.Errorf("the day before it was %+v", then)
		}
		acts := get[contract.OrgActList](t, adm, "/v1/admin/org-acts?orgId="+org("kp2"))
		if len(acts.Items) != 2 || acts.Items[0].Id != act.Id {
			t.Errorf("acts on branch 2: %+v", acts.Items)
		}

		// Whoever led one of the old branches does not lead the new one.
		s.as(t, secretary).do(t, "GET", "/v1/orgs/"+united+"/members", nil).want(t, 403, "forbidden")

		// A new unit inherits what was published to its predecessors.
		resets := p.resets
		if p.sync(t, 100); p.resets != resets+1 {
			t.Error("the phone was not reset though its audience has changed")
		}
		if !p.has("document", mine.ID, 1) || !p.has("document", theirs.ID, 1) {
			t.Error("the members of the new branch lack what was published to the old ones")
		}
		s.as(t, member).do(t, "GET", "/v1/documents/"+theirs.ID, nil).want(t, 200)
		s.as(t, enterprise).do(t, "GET", "/v1/documents/"+mine.ID, nil).want(t, 404)
	})
}

// TestSplitInMidTerm splits a branch: named members go to the second part, all
// others to the first.
func TestSplitInMidTerm(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm := s.as(t, admin)
		before := adm.everyone(t, "/v1/orgs/"+org("kp1")+"/members?limit=100")
		body := fields{"on": "2026-09-01", "decisionNo": "20", "parts": []any{fields{"name": "Chi bộ Một", "kind": "branch"},
			fields{"name": "Chi bộ Hai", "kind": "branch", "memberIds": []any{person("m04"), person("m05")}}}}
		wrong := with(body, fields{"parts": []any{fields{"name": "Một", "kind": "branch"}, fields{"name": "Hai", "kind": "branch", "memberIds": []any{person("m20")}, "childIds": []any{org("kp2")}}}})
		refused := adm.do(t, "POST", "/v1/admin/orgs/"+org("kp1")+"/split", wrong).want(t, 400)
		if !refused.names(t, "/parts/1/memberIds/0") || !refused.names(t, "/parts/1/childIds/0") {
			t.Errorf("the problem names something else: %s", refused.body)
		}
		act := parse[contract.OrgAct](t, adm.do(t, "POST", "/v1/admin/orgs/"+org("kp1")+"/split", body).want(t, 201))
		parts := *act.Changes[0].Heirs
		second := adm.everyone(t, "/v1/orgs/"+parts[1]+"/members?limit=100")
		slices.Sort(second)
		want := []string{person("m04"), person("m05")}
		slices.Sort(want)
		if !slices.Equal(second, want) {
			t.Errorf("the second part has %v", second)
		}
		if first := adm.everyone(t, "/v1/orgs/"+parts[0]+"/members?limit=100"); len(first) != len(before)-2 {
			t.Errorf("the first part has %d of %d", len(first), len(before))
		}
		if got := adm.everyone(t, "/v1/orgs/"+org("kp1")+"/members?asOf=2026-08-31&limit=100"); !slices.Equal(got, before) {
			t.Errorf("the day before, the branch had %v", got)
		}
		rec := get[contract.MemberRecord](t, adm, "/v1/members/"+person("m04"))
		if n := len(rec.Places); n != 2 || rec.Places[0].OrgName != "Chi bộ Khu phố 1" || rec.Places[1].OrgName != "Chi bộ Hai" || rec.Places[1].From != "2026-09-01" {
			t.Errorf("places are %+v", rec.Places)
		}
		// A split can't be made twice, nor undo what was decided for later.
		adm.do(t, "POST", "/v1/admin/orgs/"+org("kp1")+"/split", body).want(t, 422, "org_not_open")
		late := fields{"on": "2026-08-01", "orgIds": []any{org("kp1")}, "intoId": org("kp2")}
		adm.do(t, "POST", "/v1/admin/org-mergers", late).want(t, 409, "contradicts_later_act")
	})
}

// TestTreeOfAnotherDay reads the organisations of a subtree as of days, and
// refuses what no tree can be.
func TestTreeOfAnotherDay(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		adm := s.as(t, admin)
		names := func(query string) string {
			var out []string
			for _, o := range get[contract.OrgList](t, adm, "/v1/admin/orgs?below="+org("phuong")+query).Items {
				out = append(out, o.Name)
			}
			return strings.Join(out, "; ")
		}
		adm.do(t, "POST", "/v1/admin/orgs/"+org("kp2")+"/change", fields{"on": "2026-05-01", "name": "Chi bộ Khu phố Hai", "decisionNo": "3"}).want(t, 201)
		adm.do(t, "POST", "/v1/admin/orgs/"+org("kp1")+"/move", fields{"on": "2026-06-01", "parentId": org("ubnd")}).want(t, 201)
		for query, want := range map[string]string{
			"&asOf=2026-04-30": "Đảng bộ phường Hoa Sim (mẫu); Chi bộ Khu phố 1; Chi bộ Khu phố 2",
			"&asOf=2026-05-31": "Đảng bộ phường Hoa Sim (mẫu); Chi bộ Khu phố 1; Chi bộ Khu phố Hai",
			"&asOf=2026-06-01": "Đảng bộ phường Hoa Sim (mẫu); Chi bộ Khu phố Hai",
			"&q=khu+pho":       "Chi bộ Khu phố Hai",
		} {
			if got := names(query); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		open := func(name, parent string) string {
			a := adm.do(t, "POST", "/v1/admin/orgs", fields{"name": name, "kind": "subOrg", "parentId": parent, "on": "2026-07-01"}).want(t, 201)
			return parse[contract.OrgAct](t, a).Changes[0].OrgId
		}
		upper := open("Đảng bộ bộ phận", org("ubnd"))
		open("Chi bộ trực thuộc", upper)
		adm.do(t, "GET", "/v1/admin/orgs?below="+org("phuong")+"&asOf=2020-01-01", nil).want(t, 404, "not_found")
		adm.do(t, "GET", "/v1/admin/orgs?asOf=2026-02-30", nil).want(t, 400, "invalid_request")
		for code, call := range map[string]struct {
			path string
			body fields
		}{
			"below_itself":      {"/v1/admin/orgs/" + org("phuong") + "/move", fields{"on": "2026-08-01", "parentId": org("kp2")}},
			"has_children":      {"/v1/admin/orgs/" + upper + "/dissolve", fields{"on": "2026-08-01"}},
			"has_members":       {"/v1/admin/orgs/" + org("kp2") + "/dissolve", fields{"on": "2026-08-01"}},
			"org_not_open":      {"/v1/admin/orgs/" + org("kp2") + "/change", fields{"on": "2020-01-01", "name": "x"}},
			"nothing_to_change": {"/v1/admin/orgs/" + org("kp2") + "/change", fields{"on": "2026-08-01"}},
		} {
			a := adm.do(t, "POST", call.path, call.body)
			if p := parse[contract.Problem](t, a); p.Code != code {
				t.Errorf("%s: got %d %s", code, a.status, a.body)
			}
		}
	})
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
