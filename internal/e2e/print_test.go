package e2e

import (
	"bytes"
	"strings"
	"testing"
)

// TestPrint prints a document for those who may read it, as it is out.
func TestPrint(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		d := s.desk(t, "documents")
		text := strings.Repeat("<p>"+strings.Repeat("Đảng viên học tập ở chi bộ, <b>có thể</b> học ở nhà. ", 30)+"</p>", 20)
		body := with(document("Văn bản để in"), fields{"number": "12-NQ/TU", "visibility": visibleToOrgs("kp1"),
			"sections": []fields{{"heading": "Nhiệm vụ", "html": text + "<table><tr><th>Việc</th></tr><tr><td>Học</td></tr></table>"}}})
		id := d.create(t, body).ID
		near, far := s.as(t, member), s.as(t, enterprise)
		path := "/v1/documents/" + id + "/print.pdf"
		near.do(t, "GET", path, nil).want(t, 404, "not_found") // a draft
		d.approve(t, id)
		d.publish(t, id)

		plain := near.do(t, "GET", path, nil).want(t, 200)
		h := plain.header
		if h.Get("Content-Type") != "application/pdf" || h.Get("Content-Disposition") != `inline; filename="12-nq-tu.pdf"` ||
			h.Get("Cache-Control") != "private, no-cache" || !strings.HasPrefix(h.Get("ETag"), `"`) {
			t.Errorf("%v", h)
		}
		if again := near.do(t, "GET", path+"?large=false", nil).want(t, 200); !bytes.Equal(again.body, plain.body) || again.header.Get("ETag") != h.Get("ETag") {
			t.Error("not the same paper twice")
		}
		large := near.do(t, "GET", path+"?large=true", nil).want(t, 200)
		if few, many := pageCount(plain), pageCount(large); many <= few {
			t.Errorf("%d pages, in large type %d", few, many)
		}
		if large.header.Get("ETag") == h.Get("ETag") || large.header.Get("Content-Disposition") != `inline; filename="12-nq-tu-chu-lon.pdf"` {
			t.Errorf("large: %v", large.header)
		}
		if a := near.do(t, "GET", path, nil, "If-None-Match", h.Get("ETag")).want(t, 304); len(a.body) > 0 || a.header.Get("ETag") != h.Get("ETag") {
			t.Errorf("not changed: %d bytes, %v", len(a.body), a.header)
		}
		near.do(t, "GET", path+"?large=true", nil, "If-None-Match", h.Get("ETag")).want(t, 200)
		near.do(t, "GET", path+"?large=yes", nil).want(t, 400)
		if a := near.do(t, "HEAD", path, nil); a.status != 200 || len(a.body) > 0 {
			t.Errorf("HEAD: %d, %d bytes", a.status, len(a.body))
		}
		// Whoever may not read it gets no paper, even one that is made, nor a word
		// of it by its tag.
		far.do(t, "GET", path, nil).want(t, 404, "not_found")
		far.do(t, "GET", path, nil, "If-None-Match", h.Get("ETag")).want(t, 404, "not_found")
		s.guest(t).do(t, "GET", path, nil).want(t, 401)

		d.patch(t, id, fields{"title": "Văn bản đã sửa"})
		d.approve(t, id)
		d.publish(t, id)
		if next := near.do(t, "GET", path, nil, "If-None-Match", h.Get("ETag")).want(t, 200); bytes.Equal(next.body, plain.body) {
			t.Error("the second version comes out as the first")
		}
		d.approver.do(t, "POST", d.path(id, "withdraw"), because).want(t, 200)
		near.do(t, "GET", path, nil, "If-None-Match", "*").want(t, 404, "not_found")
	})
}

func pageCount(a *answer) int { return bytes.Count(a.body, []byte("/Type /Page\n")) }
