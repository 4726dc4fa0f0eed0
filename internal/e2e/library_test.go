package e2e

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// TestAttachments takes a file from an editor's desk to a phone, in parts.
func TestAttachments(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		d := s.desk(t, "documents")
		id := d.create(t, with(document("Văn bản có phụ lục"), fields{"visibility": visibleToOrgs("kp1")})).ID
		f := pdfForm("Phụ lục I")
		f.name, f.content = "Phụ lục I.pdf", f.content+strings.Repeat("0123456789", 5000)
		a := d.attach(t, id, f)
		if a.Name != f.name || a.MediaType != "application/pdf" || a.Bytes != int64(len(f.content)) || a.Title == nil {
			t.Errorf("attached %+v", a)
		}
		path := "/v1/files/" + a.Id
		near, far := s.as(t, member), s.as(t, secretary2)
		d.editor.do(t, "GET", path, nil).want(t, 200)
		near.do(t, "GET", path, nil).want(t, 404, "not_found")
		d.approve(t, id)
		d.publish(t, id)
		if got := get[contract.Document](t, near, "/v1/documents/"+id); len(got.Attachments) != 1 || got.Attachments[0].Id != a.Id {
			t.Errorf("the document shows %+v", got.Attachments)
		}
		far.do(t, "GET", path, nil).want(t, 404, "not_found")
		whole := near.do(t, "GET", path, nil).want(t, 200)
		if string(whole.body) != f.content || whole.header.Get("Content-Type") != "application/pdf" || whole.header.Get("Accept-Ranges") != "bytes" ||
			!strings.HasPrefix(whole.header.Get("Cache-Control"), "private") || !strings.HasPrefix(whole.header.Get("Content-Disposition"), "attachment;") {
			t.Errorf("%d bytes with %v", len(whole.body), whole.header)
		}
		holdRanges(t, near, path, f.content, whole.header.Get("ETag"))
		// The next version drops it; the first keeps it.
		d.editor.do(t, "DELETE", d.path(id, "attachments/"+a.Id), nil).want(t, 200)
		d.approve(t, id)
		d.publish(t, id)
		near.do(t, "GET", path, nil).want(t, 200)
		d.approver.do(t, "POST", d.path(id, "withdraw"), because).want(t, 200)
		near.do(t, "GET", path, nil).want(t, 404, "not_found")
	})
}

func holdRanges(t *testing.T, c *client, path, content, tag string) {
	t.Helper()
	n := len(content)
	for _, r := range []struct {
		wanted, ifRange string
		status          int
		body            string
	}{
		{"bytes=0-99", "", 206, content[:100]}, {"bytes=100-", "", 206, content[100:]}, {"bytes=-7", "", 206, content[n-7:]},
		{fmt.Sprintf("bytes=%d-%d", n-1, n+100), "", 206, content[n-1:]}, {"bytes=5-9", tag, 206, content[5:10]}, {"bytes=5-9", `"other"`, 200, content},
		{"bytes=0-0,5-9", "", 200, content}, {"bytes=9-5", "", 200, content}, {"pages=1-2", "", 200, content}, {fmt.Sprintf("bytes=%d-", n), "", 416, ""},
	} {
		headers := []string{"Range", r.wanted}
		if r.ifRange != "" {
			headers = append(headers, "If-Range", r.ifRange)
		}
		a := c.do(t, "GET", path, nil, headers...).want(t, r.status)
		if r.status != 416 && string(a.body) != r.body {
			t.Errorf("%s: %d bytes, want %d", r.wanted, len(a.body), len(r.body))
		}
		if at := a.header.Get("Content-Range"); (r.status == 200) != (at == "") || r.status == 416 && at != fmt.Sprintf("bytes */%d", n) {
			t.Errorf("%s: Content-Range %q", r.wanted, at)
		}
		head := c.do(t, "HEAD", path, nil, headers...)
		if head.status != r.status || head.header.Get("Content-Length") != a.header.Get("Content-Length") {
			t.Errorf("%s: HEAD %d with %s bytes, GET %s", r.wanted, head.status, head.header.Get("Content-Length"), a.header.Get("Content-Length"))
		}
	}
	c.do(t, "GET", path, nil, "If-None-Match", tag).want(t, 304)
}

// TestRefusedAttachments holds what is no attachment, and that nothing of what
// is secret stays.
func TestRefusedAttachments(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t, "HANDBOOK_UPLOAD_LIMIT=100000")
		d := s.desk(t, "documents")
		i := d.create(t, document("Văn bản"))
		path := d.path(i.ID, "attachments")
		const mark = "dau-vet-cua-tep-bi-tu-choi"
		svg := form{"a.svg", "image/svg+xml", "<svg>" + mark + "</svg>", map[string]string{"altText": "a"}}
		png := form{"a.png", "image/png", "\x89PNG\r\n\x1a\n" + mark, map[string]string{"title": "a"}}
		for name, c := range map[string]struct {
			form    form
			status  int
			code    string
			pointer string
		}{
			"SVG":              {svg, 422, "unsupported_file", "/file"},
			"HTML as PDF":      {form{"a.pdf", "application/pdf", "<html>" + mark, map[string]string{"title": "a"}}, 422, "unsupported_file", "/file"},
			"declared another": {form{"a.pdf", "text/html", "%PDF-" + mark, map[string]string{"title": "a"}}, 422, "unsupported_file", "/file"},
			"image unseen":     {png, 400, "invalid_request", "/altText"},
			"no title":         {form{"a.pdf", "", "%PDF-" + mark, nil}, 400, "invalid_request", "/title"},
			"secret":           {form{"a.pdf", "", "%PDF-" + mark, map[string]string{"title": "Độ mật: TUYỆT MẬT " + mark}}, 422, "classified_document", ""},
			"secret by name":   {form{"TUYỆT MẬT.pdf", "", "%PDF-" + mark, map[string]string{"title": "a"}}, 422, "classified_document", ""},
			"in brackets":      {form{"[Tuyệt mật] abc.pdf", "", "%PDF-" + mark, map[string]string{"title": "a"}}, 422, "classified_document", ""},
			"bare in brackets": {form{"Quyết định (Mật).pdf", "", "%PDF-" + mark, map[string]string{"title": "a"}}, 422, "classified_document", ""},
			"no diacritics":    {form{"TOI MAT ke hoach.pdf", "", "%PDF-" + mark, map[string]string{"title": "a"}}, 422, "classified_document", ""},
			"large":            {form{"a.pdf", "", "%PDF-" + mark + strings.Repeat("a", 100000), map[string]string{"title": "a"}}, 413, "request_too_large", ""},
		} {
			a := d.editor.do(t, "POST", path, c.form).want(t, c.status, c.code)
			if c.pointer != "" && !a.names(t, c.pointer) {
				t.Errorf("%s: %s is not named: %s", name, c.pointer, a.body)
			}
		}
		d.editor.do(t, "POST", path, pdfForm("x"), "If-Match", `"r99"`).want(t, 412)
		if got := d.get(t, i.ID); len(got.Content.Attachments) != 0 || got.Revision != i.Revision {
			t.Errorf("the draft is %+v", got)
		}
		if strings.Contains(e.contents(t), mark) {
			t.Error("something of a refused file is kept")
		}
	})
}

// TestRelations ties two documents together, and looks from both sides.
func TestRelations(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		d, c := s.desk(t, "documents"), s.as(t, member)
		old := d.release(t, document("Quy định cũ")).ID
		body := with(document("Quy định mới"), fields{"effectiveOn": "2026-05-01", "relations": []fields{
			{"kind": "replaces", "documentId": old}, {"kind": "implements", "number": "Nghị quyết số 1 của Trung ương"}}})
		for name, relations := range map[string][]fields{"nobody": {{"kind": "amends", "documentId": "khong-co"}}, "nothing": {{"kind": "amends"}},
			"twice": {{"kind": "amends", "documentId": old}, {"kind": "amends", "documentId": old}}} {
			a := d.editor.do(t, "POST", "/v1/editor/documents", with(body, fields{"relations": relations})).want(t, 400)
			if !bytes.Contains(a.body, []byte(`"/relations/`)) {
				t.Errorf("%s: %s", name, a.body)
			}
		}
		next := d.release(t, body).ID
		read := func(id string) contract.Document { return get[contract.Document](t, c, "/v1/documents/"+id) }
		has := func(id, kind, other string) bool {
			return slices.ContainsFunc(read(id).Relations, func(r contract.Relation) bool {
				return string(r.Kind) == kind && (r.DocumentId == nil && other == "" || r.DocumentId != nil && *r.DocumentId == other)
			})
		}
		if !has(next, "replaces", old) || !has(next, "implements", "") || !has(old, "replacedBy", next) {
			t.Errorf("new %+v\nold %+v", read(next).Relations, read(old).Relations)
		}
		if x := read(old); x.InForceFrom != "2026-03-03" || x.InForceUntil == nil || *x.InForceUntil != "2026-05-01" {
			t.Errorf("the old one is in force from %s until %v", x.InForceFrom, x.InForceUntil)
		}
		inForce := func(want string) (ids []string) {
			for _, x := range get[contract.DocumentList](t, c, "/v1/documents?limit=100&inForce="+want).Items {
				ids = append(ids, x.Id)
			}
			return ids
		}
		if yes, no := inForce("true"), inForce("false"); slices.Contains(yes, old) || !slices.Contains(no, old) || !slices.Contains(yes, next) {
			t.Errorf("in force %v, not %v", yes, no)
		}
		// A replacement that few may see still ends it, and is not named.
		d.patch(t, next, fields{"visibility": visibleToOrgs("dn")})
		d.approve(t, next)
		d.publish(t, next)
		if x := read(old); len(x.Relations) != 0 || x.InForceUntil == nil {
			t.Errorf("the old one tells of %+v, until %v", x.Relations, x.InForceUntil)
		}
		// What was replaced is withdrawn: the new one no longer points to it.
		d.approver.do(t, "POST", d.path(old, "withdraw"), because).want(t, 200)
		if x := get[contract.Document](t, s.as(t, enterprise), "/v1/documents/"+next); slices.ContainsFunc(x.Relations, func(r contract.Relation) bool { return r.DocumentId != nil }) {
			t.Errorf("the new one points to %+v", x.Relations)
		}
	})
}

// TestChanges reads what the second version changed.
func TestChanges(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		d, c := s.desk(t, "documents"), s.as(t, member)
		section := func(id, text string) fields { return fields{"id": id, "heading": id, "html": "<p>" + text + "</p>"} }
		id := d.release(t, with(document("Văn bản"), fields{"sections": []fields{section("a", "một hai ba"), section("b", "bốn"), section("c", "năm"), section("e", "bảy")}})).ID
		path := "/v1/documents/" + id + "/changes?from=1"
		if ch := get[contract.DocumentChanges](t, c, path); len(ch.Changes) != 0 || ch.From != 1 || ch.To != 1 {
			t.Errorf("nothing changed: %+v", ch)
		}
		d.patch(t, id, fields{"sections": []fields{section("c", "năm"), section("a", "một hay ba"), section("d", "sáu"), section("e", "bảy")}})
		d.approve(t, id)
		d.publish(t, id)
		first := c.do(t, "GET", path, nil).want(t, 200)
		ch := parse[contract.DocumentChanges](t, first)
		ops := map[string]string{}
		for _, x := range ch.Changes {
			ops[x.SectionId] = string(x.Op)
		}
		if ops["b"] != "removed" || ops["d"] != "added" || ops["e"] != "" || ops["a"] != "changed" || !slices.Equal(ch.SectionIds, []string{"c", "a", "d", "e"}) {
			t.Errorf("%+v", ch)
		}
		for _, x := range ch.Changes {
			if x.SectionId == "a" && (x.Runs == nil || len(*x.Runs) != 4 || (*x.Runs)[1].Text != "hai " || (*x.Runs)[2].Text != "hay ") {
				t.Errorf("runs of a: %+v", x.Runs)
			}
		}
		c.do(t, "GET", path, nil, "If-None-Match", first.header.Get("ETag")).want(t, 304)
		c.do(t, "GET", "/v1/documents/"+id+"/changes?from=3", nil).want(t, 404)
		s.as(t, member).do(t, "GET", "/v1/documents/"+id+"/changes", nil).want(t, 400)
	})
}

// TestBestMaterialFirst lists what suits the reader first, in pages, and leaves
// nothing out.
func TestBestMaterialFirst(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		d, c := s.desk(t, "materials"), s.as(t, enterprise)
		tags := get[contract.Me](t, c, "/v1/me").Tags
		if len(tags) == 0 {
			t.Fatal("the enterprise member has no audience tags")
		}
		doc := s.desk(t, "documents").release(t, document("Văn bản")).ID
		mine := d.release(t, with(material("Cho tôi", doc), fields{"audience": []string{string(tags[0])}})).ID
		tay := d.release(t, with(material("Bằng tiếng Tày", doc), fields{"language": "tyz"})).ID
		plain := d.release(t, material("Cho mọi người", doc)).ID
		list := func(language string) (ids []string) {
			for cursor := ""; ; {
				a := c.do(t, "GET", "/v1/materials?limit=1&documentId="+doc+cursor, nil, "Accept-Language", language).want(t, 200)
				page := parse[contract.MaterialList](t, a)
				for _, m := range page.Items {
					ids = append(ids, m.Id)
				}
				if page.NextCursor == nil {
					return ids
				}
				cursor = "&cursor=" + *page.NextCursor
			}
		}
		if got, want := list("vi"), []string{mine, plain, tay}; !slices.Equal(got, want) {
			t.Errorf("in Vietnamese %v, want %v", got, want)
		}
		if got, want := list("tyz, vi;q=0.5"), []string{mine, tay, plain}; !slices.Equal(got, want) {
			t.Errorf("in Tày %v, want %v", got, want)
		}
		audio := d.create(t, with(material("Bản nghe", doc), fields{"format": "audio", "durationSeconds": 61, "sections": []fields{}})).ID
		d.editor.do(t, "POST", d.path(audio, "submit"), nil).want(t, 409, "empty_content")
		d.attach(t, audio, form{"a.mp3", "audio/mpeg", "ID3\x04" + strings.Repeat("x", 1000), map[string]string{"title": "Bản nghe"}})
		d.approve(t, audio)
		d.publish(t, audio)
		if m := get[contract.MaterialList](t, c, "/v1/materials?format=audio").Items; len(m) != 1 || m[0].DurationSeconds == nil || *m[0].DurationSeconds != 61 {
			t.Errorf("audio: %+v", m)
		}
	})
}

// TestMovedMemberStartsAgain moves a member to another branch: the phone gets a
// whole manifest, without what is no longer for them.
func TestMovedMemberStartsAgain(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		d := s.desk(t, "documents")
		before := d.release(t, with(document("Của khu phố một"), fields{"visibility": visibleToOrgs("kp1")})).ID
		after := d.release(t, with(document("Của khu phố hai"), fields{"visibility": visibleToOrgs("kp2")})).ID
		c := s.as(t, member)
		p := c.phone()
		p.sync(t, 100)
		if !p.has("document", before, 1) || p.has("document", after, 1) {
			t.Fatalf("before the move: %v", p.held)
		}
		me := get[contract.Me](t, c, "/v1/me").Id
		s.as(t, admin).do(t, "POST", "/v1/admin/members/"+me+"/transfers", fields{"orgId": org("kp2"), "on": "2026-03-01"}).want(t, 200)
		// The token's rights are older than the member's now.
		p.client = c.with(c.refresh(t, e.signed[member].RefreshToken).AccessToken)
		p.sync(t, 1)
		if p.resets != 2 || p.has("document", before, 1) || !p.has("document", after, 1) {
			t.Errorf("after the move, %d manifests: %v", p.resets, p.held)
		}
		p.client.do(t, "GET", "/v1/documents/"+before, nil).want(t, 404, "not_found")
	})
}
