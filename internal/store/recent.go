package store

import lru "github.com/hashicorp/golang-lru/v2"

// maxRecent is the largest document that is remembered.
const maxRecent = 16 << 10

// recent are documents as this process last wrote them, the least used of them
// forgotten first. The zero value remembers nothing.
type recent struct{ docs *lru.Cache[string, Raw] }

func newRecent(size int) recent {
	if size <= 0 {
		return recent{}
	}
	docs, err := lru.New[string, Raw](size)
	if err != nil { // only for a size below 1
		return recent{}
	}
	return recent{docs}
}

// take returns a document and forgets it: what becomes of it is not known until
// the next write.
func (r recent) take(id string) (Raw, bool) {
	if r.docs == nil {
		return nil, false
	}
	doc, ok := r.docs.Peek(id)
	if ok {
		r.docs.Remove(id)
	}
	return doc, ok
}

func (r recent) put(id string, doc Raw) {
	if r.docs != nil && len(doc) <= maxRecent {
		r.docs.Add(id, doc)
	}
}
