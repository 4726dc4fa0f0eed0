package e2e

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/httpapi/contract"
)

// TestReading is what a member does: sign in, list, read, search and sync the
// sample content.
func TestReading(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		guest := s.guest(t)
		signed := guest.login(t, member, password, "reading-1")
		me := signed.Member
		if len(me.OrgPath) != 3 || me.OrgPath[0].Id != org("tinh") || me.OrgPath[2].Id != org("kp1") || len(me.Roles) != 0 || me.Status != "active" {
			t.Errorf("who signed in: %+v", me)
		}
		c := guest.with(signed.AccessToken)
		if got := get[contract.Me](t, c, "/v1/me"); got.Id != me.Id || got.Name != "Trần Thị Thu Hoài" {
			t.Errorf("me: %+v", got)
		}
		docs := c.documents(t)
		if len(docs) != 5 {
			t.Fatalf("%d sample documents", len(docs))
		}
		at := slices.IndexFunc(docs, func(d contract.DocumentSummary) bool { return strings.Contains(d.Title, "Quảng Nam") })
		sample := docs[at]
		t.Run("encodings", func(t *testing.T) { readsInEachEncoding(t, c, "/v1/documents/"+sample.Id) })
		t.Run("version", func(t *testing.T) { readsInEachEncoding(t, c, "/v1/documents/"+sample.Id+"/versions/1") })
		t.Run("list", func(t *testing.T) { listIsCached(t, c) })
		t.Run("filters", func(t *testing.T) { filtersNarrow(t, c, sample) })
		t.Run("search", func(t *testing.T) { findsInAnySpelling(t, c, sample.Id) })
		t.Run("sync", func(t *testing.T) { syncsAll(t, c) })
		t.Run("languages", func(t *testing.T) { speaksBothLanguages(t, c) })
	})
}

func readsInEachEncoding(t *testing.T, c *client, path string) {
	var plain []byte
	tags := map[string]string{}
	for _, accept := range []string{"", "gzip", "br", "identity", "br;q=0, gzip;q=0.5", "gzip;q=0.1, br;q=0.9, *;q=0"} {
		var headers []string
		if accept != "" {
			headers = []string{"Accept-Encoding", accept}
		}
		a := c.do(t, "GET", path, nil, headers...).want(t, 200)
		encoding, tag := a.header.Get("Content-Encoding"), a.header.Get("ETag")
		want := map[string]string{"gzip": "gzip", "br": "br", "br;q=0, gzip;q=0.5": "gzip", "gzip;q=0.1, br;q=0.9, *;q=0": "br"}[accept]
		if encoding != want {
			t.Errorf("Accept-Encoding %q: sent %q, want %q", accept, encoding, want)
		}
		if plain == nil {
			plain = a.body
		}
		if !bytes.Equal(a.body, plain) {
			t.Errorf("Accept-Encoding %q: another body", accept)
		}
		if old := tags[encoding]; old != "" && old != tag || !strings.HasPrefix(tag, `"`) {
			t.Errorf("Accept-Encoding %q: tag %s, before %s", accept, tag, old)
		}
		tags[encoding] = tag
		if !strings.Contains(a.header.Get("Vary"), "Accept-Encoding") || !strings.Contains(a.header.Get("Cache-Control"), "private") {
			t.Errorf("headers: %v", a.header)
		}
		again := c.do(t, "GET", path, nil, append(headers, "If-None-Match", tag)...).want(t, 304)
		if again.header.Get("ETag") != tag {
			t.Errorf("304 with tag %s, want %s", again.header.Get("ETag"), tag)
		}
		c.do(t, "GET", path, nil, append(headers, "If-None-Match", `"other", W/`+tag)...).want(t, 304)
		c.do(t, "GET", path, nil, append(headers, "If-None-Match", `"other"`)...).want(t, 200)
	}
	if len(tags) != 3 || tags[""] == tags["gzip"] || tags["gzip"] == tags["br"] || tags[""] == tags["br"] {
		t.Errorf("tags don't differ by encoding: %v", tags)
	}
	c.do(t, "GET", path, nil, "If-None-Match", tags["br"]).want(t, 200)
}

func listIsCached(t *testing.T, c *client) {
	a := c.do(t, "GET", "/v1/documents", nil).want(t, 200)
	c.do(t, "GET", "/v1/documents", nil, "If-None-Match", a.header.Get("ETag")).want(t, 304)
	z := c.do(t, "GET", "/v1/documents", nil, "Accept-Encoding", "gzip").want(t, 200)
	if z.header.Get("Content-Encoding") != "gzip" || z.header.Get("ETag") == a.header.Get("ETag") || !bytes.Equal(z.body, a.body) {
		t.Errorf("list in gzip: %v", z.header)
	}
	one := get[contract.DocumentList](t, c, "/v1/documents?limit=1")
	if len(one.Items) != 1 || one.NextCursor == nil {
		t.Fatalf("first page: %+v", one)
	}
	two := get[contract.DocumentList](t, c, "/v1/documents?limit=1&cursor="+*one.NextCursor)
	if len(two.Items) != 1 || two.NextCursor == nil || two.Items[0].Id == one.Items[0].Id {
		t.Errorf("second page: %+v", two)
	}
	last := get[contract.DocumentList](t, c, "/v1/documents?limit=4&cursor="+*one.NextCursor)
	if len(last.Items) != 4 || last.NextCursor != nil || last.Items[0].Id != two.Items[0].Id {
		t.Errorf("last page: %+v", last)
	}
	// A cursor belongs to its list and its filters.
	c.do(t, "GET", "/v1/documents?sort=title&cursor="+*one.NextCursor, nil).want(t, 400)
	c.do(t, "GET", "/v1/materials?cursor="+*one.NextCursor, nil).want(t, 400)
	c.do(t, "GET", "/v1/sync?cursor="+*one.NextCursor, nil).want(t, 400)
}

func filtersNarrow(t *testing.T, c *client, sample contract.DocumentSummary) {
	for query, want := range map[string]int{
		"type=studyDocument": 5, "type=charter": 0, "year=" + sample.IssuedOn[:4]: 5, "year=1931": 0,
		"q=quang+nam": 1, "q=Qu%E1%BA%A3ng+Nam": 1, "q=zzz": 0, "issuer=nhom+bien+soan": 5, "issuer=Nh%C3%B3m": 5, "issuer=kh%C3%A1c": 0,
		"topic=tai-lieu-hoc-tap": 1, "topic=khong-co": 0,
	} {
		if got := get[contract.DocumentList](t, c, "/v1/documents?"+query); len(got.Items) != want {
			t.Errorf("%s: %d documents, want %d", query, len(got.Items), want)
		}
	}
	newest := get[contract.DocumentList](t, c, "/v1/documents?sort=newest").Items
	oldest := get[contract.DocumentList](t, c, "/v1/documents?sort=oldest").Items
	slices.Reverse(oldest)
	if len(newest) != 5 || newest[0].Id != oldest[0].Id {
		t.Errorf("newest %v and oldest %v are not each other's reverse", newest, oldest)
	}
}

func findsInAnySpelling(t *testing.T, c *client, documentID string) {
	for _, q := range []string{"Kế hoạch số 03", "ke hoach so 03", norm.NFD.String("Kế hoạch số 03"), "KẾ HOẠCH SỐ 03", `"Kế hoạch số 03"`,
		"đảng bộ tỉnh", "dang bo tinh", "Đảng Bộ Tỉnh", "quang nam"} {
		if !c.finds(t, q, documentID) {
			t.Errorf("%q does not find the document", q)
		}
	}
	for _, q := range []string{"khongcotunay", "quang nam khongcotunay", `"hoạch kế"`} {
		if hits := c.search(t, q); len(hits) != 0 {
			t.Errorf("%q finds %+v", q, hits)
		}
	}
	all := c.search(t, "hoc tap")
	kinds := map[contract.HitKind]int{}
	for _, h := range all {
		kinds[h.Kind]++
		if !strings.Contains(h.Snippet, "<mark>") {
			t.Errorf("hit without a mark: %+v", h)
		}
	}
	if len(kinds) != 3 {
		t.Errorf("kinds found: %v", kinds)
	}
	var paged []contract.SearchHit
	for cursor := ""; ; {
		page := get[contract.SearchResult](t, c, "/v1/search?q=hoc+tap&limit=3"+cursor)
		paged = append(paged, page.Hits...)
		if page.NextCursor == nil {
			break
		}
		cursor = "&cursor=" + *page.NextCursor
	}
	if fmt.Sprint(paged) == "" || len(paged) != len(all) {
		t.Errorf("%d hits in pages, %d at once", len(paged), len(all))
	}
	for _, h := range get[contract.SearchResult](t, c, "/v1/search?q=hoc+tap&kinds=qa,document").Hits {
		if h.Kind == "section" {
			t.Errorf("section found among qa and documents: %+v", h)
		}
	}
}

func syncsAll(t *testing.T, c *client) {
	whole, paged := c.phone(), c.phone()
	whole.sync(t, 500)
	paged.sync(t, 2)
	if len(whole.held) != 21 || fmt.Sprint(keysOf(whole.held)) != fmt.Sprint(keysOf(paged.held)) {
		t.Errorf("manifests: %v and in pages %v", keysOf(whole.held), keysOf(paged.held))
	}
	if more := whole.sync(t, 500); len(more) != 0 {
		t.Errorf("changes where nothing changed: %+v", more)
	}
	for key, ch := range whole.held {
		kind, id, _ := strings.Cut(key, "/")
		a := c.do(t, "GET", "/v1/"+kind+"s/"+id, nil, "Accept-Encoding", "gzip").want(t, 200)
		if int64(len(a.wire)) != *ch.Bytes || hashOf(a.body) != *ch.Hash {
			t.Errorf("%s: %d bytes with hash %s, sync says %d and %s", key, len(a.wire), hashOf(a.body), *ch.Bytes, *ch.Hash)
		}
	}
}

func speaksBothLanguages(t *testing.T, c *client) {
	for accept, want := range map[string]string{"": "vi", "en": "en", "vi, en;q=0.8": "vi", "en-GB, vi;q=0.5": "en", "fr": "vi"} {
		a := c.do(t, "GET", "/v1/documents/khong-co", nil, "Accept-Language", accept).want(t, 404, "not_found")
		if got := a.header.Get("Content-Language"); got != want {
			t.Errorf("Accept-Language %q: answered in %s, want %s", accept, got, want)
		}
	}
}
