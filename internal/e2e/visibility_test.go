package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// visibleTo are visibilities as an editor sends them.
func visibleToOrgs(keys ...string) fields {
	var ids []string
	for _, k := range keys {
		ids = append(ids, org(k))
	}
	return fields{"kind": "orgs", "orgIds": ids}
}

func visibleToRoles(roles ...string) fields { return fields{"kind": "roles", "roles": roles} }

// holdsAsSeen holds that every way of reading agrees whether a viewer sees a
// document with its material.
func holdsAsSeen(t *testing.T, c *client, who, word, documentID, materialID string, sees bool) {
	t.Helper()
	status := map[bool]int{true: 200, false: 404}[sees]
	p := c.phone()
	p.sync(t, 3)
	_, synced := p.held["document/"+documentID]
	_, syncedMaterial := p.held["material/"+materialID]
	got := map[string]bool{"listed": c.lists(t, documentID), "found": c.finds(t, word, documentID), "synced": synced,
		"material synced": syncedMaterial, "material listed": slices.Contains(c.materialsOf(t, documentID), materialID)}
	for way, seen := range got {
		if seen != sees {
			t.Errorf("%s: document %s is %s: %v, want %v", who, word, way, seen, sees)
		}
	}
	for _, path := range []string{"/v1/documents/" + documentID, "/v1/documents/" + documentID + "/versions/1", "/v1/materials/" + materialID} {
		if a := c.do(t, "GET", path, nil); a.status != status {
			t.Errorf("%s: GET %s (%s): %d, want %d", who, path, word, a.status, status)
		}
	}
	a := c.do(t, "PUT", "/v1/me/bookmarks/"+documentID, nil)
	if sees && a.status != 204 || !sees && a.status != 404 {
		t.Errorf("%s: bookmark of %s: %d", who, word, a.status)
	}
}

// TestVisibility publishes to one branch, to one ward's subtree and to a role,
// and looks as several people.
func TestVisibility(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		docs, mats := s.desk(t, "documents"), s.desk(t, "materials")
		viewers := []string{member, secretary, secretary2, enterprise, leader, editor}
		for word, c := range map[string]struct {
			visibility fields
			sees       []string
		}{
			"Khumot":    {visibleToOrgs("kp1"), []string{member, secretary}},
			"Caphuong":  {visibleToOrgs("phuong"), []string{member, secretary, secretary2}},
			"Haichibo":  {visibleToOrgs("kp2", "dn"), []string{secretary2, enterprise}},
			"Bithuthoi": {visibleToRoles("secretary"), []string{secretary, secretary2}},
			"Canbo":     {visibleToRoles("leader", "editor"), []string{leader, editor}},
			"Moinguoi":  {fields{"kind": "all"}, viewers},
		} {
			d := docs.release(t, with(document(word+" tài liệu"), fields{"visibility": c.visibility}))
			m := mats.release(t, with(material(word+" học tập", d.ID), fields{"visibility": c.visibility}))
			for _, who := range viewers {
				holdsAsSeen(t, s.as(t, who), who, word, d.ID, m.ID, slices.Contains(c.sees, who))
			}
		}
		refusesBadVisibility(t, docs)
	})
}

func refusesBadVisibility(t *testing.T, docs desk) {
	for pointer, v := range map[string]fields{
		"/visibility/kind":     {"kind": "all", "orgIds": []string{org("kp1")}},
		"/visibility/orgIds":   {"kind": "orgs"},
		"/visibility/roles":    {"kind": "roles", "roles": []string{}},
		"/visibility/orgIds/1": {"kind": "orgs", "orgIds": []string{org("kp1"), "khong-co"}},
	} {
		a := docs.editor.do(t, "POST", "/v1/editor/documents", with(document("x"), fields{"visibility": v})).want(t, 400)
		if !a.names(t, pointer) {
			t.Errorf("%v: does not name %s: %s", v, pointer, a.body)
		}
	}
}

// TestNarrowMaterial holds that a document's one body, the same for all, names
// no material that one of its readers may not see.
func TestNarrowMaterial(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		docs, mats := s.desk(t, "documents"), s.desk(t, "materials")
		d := docs.release(t, document("Văn bản chung"))
		narrow := mats.release(t, with(material("Riêng khu phố một", d.ID), fields{"visibility": visibleToOrgs("kp1")}))
		wide := mats.release(t, material("Cho mọi người", d.ID))
		for who, want := range map[string][]string{member: {narrow.ID, wide.ID}, enterprise: {wide.ID}} {
			c := s.as(t, who)
			body := get[contract.Document](t, c, "/v1/documents/"+d.ID)
			if len(body.Materials) != 1 || body.Materials[0].Id != wide.ID {
				t.Errorf("%s: materials in the body: %+v", who, body.Materials)
			}
			got := c.materialsOf(t, d.ID)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: list of materials %v, want %v", who, got, want)
			}
		}
	})
}

// TestVisibilityChanges narrows a document in its second version and widens it
// in its third.
func TestVisibilityChanges(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		docs := s.desk(t, "documents")
		d := docs.release(t, document("Văn bản đổi phạm vi"))
		in, out := s.as(t, member).phone(), s.as(t, enterprise).phone()
		in.sync(t, 100)
		out.sync(t, 100)
		out.do(t, "PUT", "/v1/me/bookmarks/"+d.ID, nil).want(t, 204)
		next := func(v fields) {
			docs.patch(t, d.ID, fields{"visibility": v})
			docs.approve(t, d.ID)
			docs.publish(t, d.ID)
		}
		next(visibleToOrgs("kp1"))
		changes := out.sync(t, 100)
		if len(changes) != 1 || changes[0].Op != contract.Delete || changes[0].Id != d.ID || out.resets != 1 {
			t.Errorf("who may not see it any more is sent %+v", changes)
		}
		if changes = in.sync(t, 100); len(changes) != 1 || !in.has("document", d.ID, 2) {
			t.Errorf("who still sees it is sent %+v", changes)
		}
		if out.reads(t, d.ID) || out.lists(t, d.ID) || out.finds(t, "doi pham vi", d.ID) {
			t.Error("who may not see it any more still does")
		}
		out.do(t, "GET", "/v1/documents/"+d.ID+"/versions/1", nil).want(t, 404, "not_found")
		if marks := get[contract.BookmarkList](t, out.client, "/v1/me/bookmarks").Items; len(marks) != 0 {
			t.Errorf("bookmarks: %+v", marks)
		}
		next(fields{"kind": "all"})
		if out.sync(t, 100); !out.has("document", d.ID, 3) || !out.reads(t, d.ID) {
			t.Errorf("who may see it again holds %v", out.held)
		}
		// Each version as it was visible itself.
		out.do(t, "GET", "/v1/documents/"+d.ID+"/versions/2", nil).want(t, 404, "not_found")
		out.do(t, "GET", "/v1/documents/"+d.ID+"/versions/1", nil).want(t, 200)
		in.do(t, "GET", "/v1/documents/"+d.ID+"/versions/2", nil).want(t, 200)
	})
}

// until is a clock file's offset to a day.
func until(day string) string {
	to, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return time.Until(to.Add(12 * time.Hour)).String()
}

// TestAudienceChange makes a member a secretary overnight: the phone is told
// to begin its copy again, and gets what secretaries see.
func TestAudienceChange(t *testing.T) {
	t.Parallel()
	e := emptySQLite(t.TempDir())
	clock := later(t, 0)
	file := strings.TrimPrefix(clock, "HANDBOOK_TEST_CLOCK=")
	setFile(t, file, until("2026-03-30")) // the term of the second secretary begins on 1 April
	s := e.serve(t, clock)
	g := s.guest(t)
	signed := g.login(t, secretary2, password, "audience")
	docs := desk{kind: "documents", editor: g.with(g.login(t, editor, password, "e").AccessToken), approver: g.with(g.login(t, approver, password, "a").AccessToken)}
	d := docs.release(t, with(document("Cho bí thư"), fields{"visibility": visibleToRoles("secretary")}))
	p := g.with(signed.AccessToken).phone()
	p.sync(t, 3)
	if p.resets != 1 || p.reads(t, d.ID) || len(signed.Member.Roles) != 0 {
		t.Fatalf("before the term: %d manifests, roles %v", p.resets, signed.Member.Roles)
	}
	setFile(t, file, until("2026-04-02"))
	eventually(t, patience, "the server vouches for tokens again", func() (bool, string) {
		a := g.do(t, "GET", "/readyz", nil)
		return a.status == 200, string(a.body)
	})
	p.token = g.refresh(t, signed.RefreshToken).AccessToken
	p.sync(t, 3)
	if p.resets != 2 || !p.has("document", d.ID, 1) || !p.reads(t, d.ID) {
		t.Errorf("in the term: %d manifests, held %v", p.resets, keysOf(p.held))
	}
	if more := p.sync(t, 3); len(more) != 0 || p.resets != 2 {
		t.Errorf("then nothing changes, but: %s", fmt.Sprint(more))
	}
}
