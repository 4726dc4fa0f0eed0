package library

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"sotay/internal/audience"
	"sotay/internal/changelog"
	"sotay/internal/publication"
	"sotay/internal/store"
)

// BenchmarkStart reads 2,000 documents of some 60 KB from the store into the
// catalogue and the search index, as a start does.
func BenchmarkStart(b *testing.B) {
	e := openEngine(b)
	fill(b, e, 2000)
	f := newFixture(b, e)
	for b.Loop() {
		f.catalogue.Store(newCatalogue())
		f.reader = changelog.NewReader(f.changes, f.Apply, f.log)
		if err := f.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	if docs, _ := f.Size(); docs != 2000 {
		b.Fatalf("%d documents", docs)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc>>20), "heap-MB")
	b.ReportMetric(float64(m.Sys>>20), "sys-MB")
}

// fill writes documents as publishing leaves them.
func fill(b *testing.B, e store.Engine, n int) {
	b.Helper()
	f := newFixture(b, e)
	versions, err := store.NewCollection[DocumentVersion](e, publication.VersionSchema("documentversions"))
	if err != nil {
		b.Fatal(err)
	}
	bodies, err := store.NewCollection[publication.Body](e, &store.Schema{Name: "bodies"})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	z := rand.NewZipf(r, 1.05, 8, 2499)
	var versionsOut []*DocumentVersion
	var bodiesOut []*publication.Body
	words := make([]string, 2500)
	for i := range words {
		words[i] = "tiế" + syllable(i) + " "
	}
	for i := range n {
		id := fmt.Sprintf("d%04d", i)
		v := DocumentVersion{ItemID: id, Number: 1, PublishedAt: f.now(), Visibility: audience.Everyone()}
		v.ID = publication.VersionID(id, 1)
		v.Payload = Document{Type: "plan", Title: id, Issuer: "Tỉnh ủy", IssuedOn: "2026-01-02"}
		for k := range 40 {
			var t strings.Builder
			for range 250 {
				t.WriteString(words[z.Uint64()])
			}
			v.Payload.Sections = append(v.Payload.Sections, Section{ID: fmt.Sprint("s", k), Heading: "Điều", HTML: "<p>" + t.String() + "</p>"})
		}
		body := publication.Body{}
		body.ID = publication.BodyID(KindDocument, id, 1)
		// As large as the compressed text would be.
		body.Encoded = publication.Encoded{Gzip: make([]byte, 20<<10), Br: make([]byte, 17<<10), Hash: id, Size: 60 << 10}
		v.Body = body.Encoded
		versionsOut, bodiesOut = append(versionsOut, &v), append(bodiesOut, &body)
		if len(bodiesOut) == 100 || i == n-1 {
			if err := errors.Join(append(versions.InsertMany(b.Context(), versionsOut), bodies.InsertMany(b.Context(), bodiesOut)...)...); err != nil {
				b.Fatal(err)
			}
			versionsOut, bodiesOut = nil, nil
		}
		_, err := f.changes.Append(b.Context(), changelog.Entry{Kind: KindDocument, ID: id, Version: 1, Op: changelog.Upsert, Order: 1,
			Key: changelog.Key(KindDocument, id, 1, changelog.Upsert, ""), Hash: body.Hash, After: audience.Everyone()})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// syllable spells a number with letters.
func syllable(n int) string {
	return string([]rune{rune('a' + n%26), rune('a' + n/26%26), []rune("aăâeêioôơuưy")[n/676%12]})
}
