package e2e

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"sotay/internal/httpapi/contract"
)

// scene is two processes on one store, with one member at each, whose phones
// are in step when the scene begins.
type scene struct {
	one, two   *server
	near, far  *client // the member at each process
	phone      *phone  // at the first
	farPhone   *phone  // at the second
	documents  desk
	materials  desk
	title      string
	documentID string
}

func newScene(t *testing.T, e *env) *scene {
	t.Helper()
	one := e.serve(t)
	two := e.serve(t)
	s := &scene{one: one, two: two, near: one.as(t, member), far: two.as(t, member),
		documents: one.desk(t, "documents"), materials: one.desk(t, "materials"), title: "Nghị quyết về chuyển đổi số tại đặc khu"}
	s.phone, s.farPhone = s.near.phone(), s.far.phone()
	s.phone.sync(t, 500)
	s.farPhone.sync(t, 500)
	return s
}

// isOut holds that all ways of reading show a version of the document, on this
// process at once and on the other soon.
func (s *scene) isOut(t *testing.T, version int64) {
	t.Helper()
	s.phone.sync(t, 100)
	if d := get[contract.Document](t, s.near, "/v1/documents/"+s.documentID); d.Version != version {
		t.Errorf("version %d is read, want %d", d.Version, version)
	}
	if !s.phone.has("document", s.documentID, version) || !s.near.lists(t, s.documentID) || !s.near.finds(t, "dac khu", s.documentID) {
		t.Errorf("version %d is not everywhere: synced %v, listed %v, found %v", version, s.phone.held["document/"+s.documentID],
			s.near.lists(t, s.documentID), s.near.finds(t, "dac khu", s.documentID))
	}
	eventually(t, soon, "the second process shows it", func() (bool, string) {
		s.farPhone.sync(t, 100)
		return s.farPhone.has("document", s.documentID, version) && s.far.lists(t, s.documentID) && s.far.finds(t, "đặc khu", s.documentID),
			fmt.Sprint(s.farPhone.held["document/"+s.documentID])
	})
	if d := get[contract.Document](t, s.far, "/v1/documents/"+s.documentID); d.Version != version {
		t.Errorf("version %d is read at the second process, want %d", d.Version, version)
	}
}

// isGone holds that nothing shows the document any more.
func (s *scene) isGone(t *testing.T) {
	t.Helper()
	changes := s.phone.sync(t, 100)
	if !slices.ContainsFunc(changes, func(c contract.SyncChange) bool { return c.Id == s.documentID && c.Op == contract.Delete }) {
		t.Errorf("no tombstone in %+v", changes)
	}
	if s.near.reads(t, s.documentID) || s.near.lists(t, s.documentID) || s.near.finds(t, "dac khu", s.documentID) {
		t.Error("what was withdrawn is still shown")
	}
	s.near.do(t, "GET", "/v1/documents/"+s.documentID+"/versions/1", nil).want(t, 404, "not_found")
	eventually(t, soon, "the second process has dropped it", func() (bool, string) {
		s.farPhone.sync(t, 100)
		_, held := s.farPhone.held["document/"+s.documentID]
		return !held && !s.far.lists(t, s.documentID), fmt.Sprint(s.farPhone.held)
	})
	if s.far.reads(t, s.documentID) {
		t.Error("what was withdrawn is still read at the second process")
	}
}

// TestLifeOfDocument is the main scenario: a document from its draft to its
// third version, seen from two processes.
func TestLifeOfDocument(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		s := newScene(t, e)
		s.draft(t)
		s.publish(t)
		first := s.near.do(t, "GET", "/v1/documents/"+s.documentID+"/versions/1", nil).want(t, 200)
		if cc := first.header.Get("Cache-Control"); !strings.Contains(cc, "immutable") {
			t.Errorf("Cache-Control of a version: %s", cc)
		}
		s.secondVersion(t)
		again := s.near.do(t, "GET", "/v1/documents/"+s.documentID+"/versions/1", nil).want(t, 200)
		if !bytes.Equal(first.body, again.body) || first.header.Get("ETag") != again.header.Get("ETag") {
			t.Errorf("version 1 changed:\n%s\n%s", first.body, again.body)
		}
		s.material(t)
		s.withdrawAndRepublish(t)
		if out, err := e.run(t, "audit", "verify"); err != nil || strings.Contains(out, "FAULT") {
			t.Errorf("audit verify: %v\n%s", err, out)
		}
	})
}

// draft makes the document from Markdown and holds who may do what with it.
func (s *scene) draft(t *testing.T) {
	body := document(s.title)
	delete(body, "sections")
	body["markdown"] = "## 1. Quan điểm {#quan-diem}\n\nChuyển đổi số ở **đặc khu**.\n\n## 2. Nhiệm vụ\n\n- một\n- hai\n"
	body["number"] = "57-NQ/TU"
	i := s.documents.create(t, body)
	s.documentID = i.ID
	if i.State != "draft" || i.Version != 1 || i.PublishedVersion != 0 || len(i.Content.Sections) != 2 || i.Content.Sections[0].Id != "quan-diem" {
		t.Errorf("draft from Markdown: %+v", i)
	}
	if s.near.reads(t, i.ID) || s.near.finds(t, "dac khu", i.ID) {
		t.Error("a draft is shown")
	}
	d := s.documents
	d.approver.do(t, "POST", d.path(i.ID, "approve"), nil).want(t, 409, "wrong_state")
	d.approver.do(t, "POST", d.path(i.ID, "publish"), nil).want(t, 409, "wrong_state")
	d.editor.do(t, "POST", "/v1/editor/documents", body).want(t, 409, "document_number_taken")
	d.editor.do(t, "POST", d.path(i.ID, "submit"), nil).want(t, 200)
	d.editor.do(t, "POST", d.path(i.ID, "approve"), nil).want(t, 403)
	d.approver.do(t, "POST", d.path(i.ID, "reject"), because).want(t, 200)
	if got := d.get(t, i.ID); got.State != "draft" || got.Steps[len(got.Steps)-1].Reason == nil {
		t.Errorf("after a rejection: %+v", got)
	}
	// Who is editor and approver edits it, and so may not approve it.
	two := s.one.as(t, both)
	own := desk{kind: "documents", editor: two, approver: two}
	own.patch(t, i.ID, fields{"abstract": "Tóm tắt."})
	two.do(t, "POST", d.path(i.ID, "submit"), nil).want(t, 200)
	two.do(t, "POST", d.path(i.ID, "approve"), nil).want(t, 403, "second_person_required")
	d.approver.do(t, "POST", d.path(i.ID, "approve"), nil).want(t, 200)
}

func (s *scene) publish(t *testing.T) {
	began := time.Now()
	i := s.documents.publish(t, s.documentID)
	if i.State != "published" || i.PublishedVersion != 1 {
		t.Errorf("published: %+v", i)
	}
	s.isOut(t, 1)
	t.Logf("out on both processes after %s", time.Since(began).Round(time.Millisecond))
	if again := s.documents.approver.do(t, "POST", s.documents.path(s.documentID, "publish"), nil); again.status != 409 {
		t.Errorf("published twice: %d", again.status)
	}
}

// secondVersion edits what is out.
func (s *scene) secondVersion(t *testing.T) {
	d := s.documents
	before := d.get(t, s.documentID)
	d.editor.do(t, "PATCH", d.path(s.documentID), fields{"abstract": "x"}).want(t, 428, "precondition_required")
	d.editor.do(t, "PATCH", d.path(s.documentID), fields{"abstract": "x"}, "If-Match", `"r1"`).want(t, 412, "stale_revision")
	sections := []fields{{"id": "moi", "heading": "Mục mới", "html": "<p>Thêm.</p>"}}
	for _, x := range before.Content.Sections {
		sections = append(sections, fields{"id": x.Id, "heading": x.Heading, "html": x.Html + "<p>Sửa lần hai.</p>"})
	}
	i := d.patch(t, s.documentID, fields{"sections": sections})
	if i.State != "draft" || i.Version != 2 || i.PublishedVersion != 1 {
		t.Errorf("draft of version 2: %+v", i)
	}
	d.editor.do(t, "PATCH", d.path(s.documentID), fields{"abstract": "x"}, "If-Match", before.tag).want(t, 412, "stale_revision")
	s.isOut(t, 1)
	d.approve(t, s.documentID)
	d.publish(t, s.documentID)
	s.isOut(t, 2)
	doc := get[contract.Document](t, s.near, "/v1/documents/"+s.documentID)
	var ids []string
	for _, x := range doc.Sections {
		ids = append(ids, x.Id)
	}
	if want := []string{"moi", before.Content.Sections[0].Id, before.Content.Sections[1].Id}; !slices.Equal(ids, want) {
		t.Errorf("sections of version 2: %v, want %v", ids, want)
	}
	// Sections without ids keep theirs, or get new ones that were never used.
	v2 := d.patch(t, s.documentID, fields{"abstract": "Bản khác."})
	if v2.Version != 3 || v2.Content.Sections[1].Id != before.Content.Sections[0].Id {
		t.Errorf("draft of version 3: %+v", v2)
	}
}

// material publishes one for the document, made of JSON.
func (s *scene) material(t *testing.T) {
	seq := s.phone.last
	m := s.materials.release(t, material("Tài liệu học tập về đặc khu", s.documentID))
	s.phone.sync(t, 100)
	doc, ok := s.phone.held["document/"+s.documentID]
	if !s.phone.has("material", m.ID, 1) || !ok || doc.Seq <= seq {
		t.Errorf("sync has not the material and its document again: %v", s.phone.held)
	}
	read := get[contract.Document](t, s.near, "/v1/documents/"+s.documentID)
	if len(read.Materials) != 1 || read.Materials[0].Id != m.ID || read.Version != 2 {
		t.Errorf("materials of the document: %+v", read.Materials)
	}
	if got := s.near.materialsOf(t, s.documentID); !slices.Equal(got, []string{m.ID}) {
		t.Errorf("list of materials: %v", got)
	}
	eventually(t, soon, "the second process shows the material", func() (bool, string) {
		s.farPhone.sync(t, 100)
		far := get[contract.Document](t, s.far, "/v1/documents/"+s.documentID)
		return s.farPhone.has("material", m.ID, 1) && len(far.Materials) == 1, fmt.Sprint(far.Materials)
	})
	s.materials.withdraw(t, m.ID)
	if read := get[contract.Document](t, s.near, "/v1/documents/"+s.documentID); len(read.Materials) != 0 {
		t.Errorf("materials after the withdrawal: %+v", read.Materials)
	}
}

func (s *scene) withdrawAndRepublish(t *testing.T) {
	s.near.do(t, "PUT", "/v1/me/bookmarks/"+s.documentID, nil).want(t, 204)
	if i := s.documents.withdraw(t, s.documentID); i.PublishedVersion != 0 {
		t.Errorf("withdrawn: %+v", i)
	}
	s.isGone(t)
	if marks := get[contract.BookmarkList](t, s.near, "/v1/me/bookmarks").Items; len(marks) != 0 {
		t.Errorf("bookmarks of what is withdrawn: %+v", marks)
	}
	s.near.do(t, "PUT", "/v1/me/bookmarks/"+s.documentID, nil).want(t, 404, "not_found")
	s.documents.approve(t, s.documentID) // the draft of version 3 that was begun
	s.documents.publish(t, s.documentID)
	s.isOut(t, 3)
	if marks := get[contract.BookmarkList](t, s.near, "/v1/me/bookmarks").Items; len(marks) != 1 {
		t.Errorf("bookmarks after it came out again: %+v", marks)
	}
	// Withdrawn with no draft begun, it goes out again as the next version.
	s.documents.withdraw(t, s.documentID)
	s.isGone(t)
	s.documents.patch(t, s.documentID, fields{"abstract": "Lần tư."})
	s.documents.approve(t, s.documentID)
	s.documents.publish(t, s.documentID)
	s.isOut(t, 4)
}

// TestQuestionsAndAnswers publishes a Q&A set made of Markdown and finds it.
func TestQuestionsAndAnswers(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		d, c := s.desk(t, "materials"), s.as(t, exempt)
		m := d.release(t, fields{"orgId": org("tinh"), "kind": "qa", "title": "Hỏi đáp về đặc khu",
			"markdown": "## Câu 1: Đặc khu là gì? {#cau-1}\n\nLà đơn vị hành chính.\n\n## Câu 2: Ai quyết định?\n\nTrung ương.\n"})
		got := get[contract.Material](t, c, "/v1/materials/"+m.ID)
		if len(got.Items) != 2 || got.Items[0].Id != "cau-1" || !strings.Contains(got.Items[1].AnswerHtml, "Trung ương") {
			t.Errorf("items: %+v", got.Items)
		}
		hits := get[contract.SearchResult](t, c, "/v1/search?kinds=qa&q="+url.QueryEscape("dac khu la gi")).Hits
		if len(hits) == 0 || hits[0].MaterialId == nil || *hits[0].MaterialId != m.ID {
			t.Errorf("hits: %+v", hits)
		}
		readsInEachEncoding(t, c, "/v1/materials/"+m.ID)
	})
}
