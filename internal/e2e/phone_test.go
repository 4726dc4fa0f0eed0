package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"sotay/internal/httpapi/contract"
)

// phone keeps a copy of the library by sync, as the app does.
type phone struct {
	*client
	cursor string
	held   map[string]contract.SyncChange // by "<kind>/<id>"
	last   int64                          // the highest seq of a delta
	resets int                            // manifests that were begun
}

func (c *client) phone() *phone { return &phone{client: c, held: map[string]contract.SyncChange{}} }

// sync brings the copy up to date in pages of a size and returns the changes.
func (p *phone) sync(t *testing.T, limit int) []contract.SyncChange {
	t.Helper()
	var all []contract.SyncChange
	for {
		q := url.Values{"limit": {strconv.Itoa(limit)}}
		if p.cursor != "" {
			q.Set("cursor", p.cursor)
		}
		page := get[contract.SyncPage](t, p.client, "/v1/sync?"+q.Encode())
		if page.Begins {
			p.held = map[string]contract.SyncChange{}
			p.resets++
		}
		for _, ch := range page.Changes {
			p.apply(t, ch, page.Reset)
		}
		all = append(all, page.Changes...)
		p.cursor = page.NextCursor
		if !page.HasMore {
			return all
		}
	}
}

func (p *phone) apply(t *testing.T, ch contract.SyncChange, manifest bool) {
	t.Helper()
	if !manifest {
		if ch.Seq <= p.last {
			t.Errorf("sync: seq %d after %d", ch.Seq, p.last)
		}
		p.last = ch.Seq
	}
	key := string(ch.Kind) + "/" + ch.Id
	if ch.Op == contract.Delete {
		delete(p.held, key)
		return
	}
	p.held[key] = ch
}

// has tells whether the copy holds a version of a thing.
func (p *phone) has(kind, id string, version int64) bool {
	ch, ok := p.held[kind+"/"+id]
	return ok && ch.Version == version
}

// lists tells whether a document is in the list.
func (c *client) lists(t *testing.T, id string) bool {
	t.Helper()
	return slices.ContainsFunc(c.documents(t), func(d contract.DocumentSummary) bool { return d.Id == id })
}

// documents reads the whole list, page by page.
func (c *client) documents(t *testing.T) []contract.DocumentSummary {
	t.Helper()
	var all []contract.DocumentSummary
	cursor := ""
	for {
		page := get[contract.DocumentList](t, c, "/v1/documents?limit=7"+cursor)
		all = append(all, page.Items...)
		if page.NextCursor == nil {
			return all
		}
		cursor = "&cursor=" + url.QueryEscape(*page.NextCursor)
	}
}

// materialsOf lists the ids of a document's materials.
func (c *client) materialsOf(t *testing.T, documentID string) []string {
	t.Helper()
	var out []string
	for _, m := range get[contract.MaterialList](t, c, "/v1/materials?limit=100&documentId="+documentID).Items {
		out = append(out, m.Id)
	}
	return out
}

// search returns the hits of a query.
func (c *client) search(t *testing.T, q string) []contract.SearchHit {
	t.Helper()
	return get[contract.SearchResult](t, c, "/v1/search?limit=100&q="+url.QueryEscape(q)).Hits
}

// finds tells whether search knows a document by its words.
func (c *client) finds(t *testing.T, q, documentID string) bool {
	t.Helper()
	return slices.ContainsFunc(c.search(t, q), func(h contract.SearchHit) bool {
		return h.Kind == contract.HitKindDocument && h.Id == documentID || h.DocumentId != nil && *h.DocumentId == documentID
	})
}

// reads tells whether a document can be read.
func (c *client) reads(t *testing.T, id string) bool {
	t.Helper()
	a := c.do(t, "GET", "/v1/documents/"+id, nil)
	if a.status != 200 {
		a.want(t, 404, "not_found")
	}
	return a.status == 200
}

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
