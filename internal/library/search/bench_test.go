package search

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const benchSyllables = 10_000

// vocabulary makes 2,500 syllables that look Vietnamese.
func vocabulary() []string {
	var out []string
	for _, onset := range strings.Fields("b c ch d đ g gi h kh l m n ng nh ph qu t th tr v") {
		for _, rime := range strings.Fields("a an anh ao ă ân ât e ên i inh iêt o ong ô ông ơ ươn u ung ưng oa oan uy yên") {
			for _, tone := range []string{"", "\u0300", "\u0301", "\u0309", "\u0323"} {
				out = append(out, onset+rime+tone)
			}
		}
	}
	return out[:2500]
}

func benchDoc(r *rand.Rand, owner string, words []string) Doc {
	z := rand.NewZipf(r, 1.05, 8, uint64(len(words)-1))
	d := Doc{OwnerID: owner}
	// Sections of 250 syllables, as official texts have.
	for i := range benchSyllables / 250 {
		var b strings.Builder
		for range 250 {
			b.WriteString(words[z.Uint64()])
			b.WriteByte(' ')
		}
		d.Entries = append(d.Entries, Entry{Kind: KindSection, ID: fmt.Sprintf("%s/%d", owner, i), Title: "Điều", Text: b.String()})
	}
	return d
}

func benchIndex(b *testing.B, n int) (*Index, []string) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	words := vocabulary()
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	docs := make([]Doc, n)
	for i := range docs {
		docs[i] = benchDoc(r, fmt.Sprintf("doc%04d", i), words)
	}
	start := time.Now()
	x := Build(docs)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("%d documents built in %v, heap %d MB with texts", n, time.Since(start), m.HeapAlloc>>20)
	return x, words
}

func measure(b *testing.B, x *Index, query func(*rand.Rand) string) {
	b.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	var took []time.Duration
	for b.Loop() {
		q := Query{Text: query(r), Visible: everyone}
		start := time.Now()
		if _, _, err := x.Search(q); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// pick draws a run of words as readers would type them: common and rare ones.
func pick(r *rand.Rand, x *Index, n int) string {
	e := x.base.entries[r.IntN(len(x.base.entries))]
	words := strings.Fields(e.text())
	at := r.IntN(len(words) - n)
	return strings.Join(words[at:at+n], " ")
}

func BenchmarkSearch(b *testing.B) {
	x, words := benchIndex(b, 2000)
	for _, n := range []int{2, 3} {
		b.Run(fmt.Sprintf("phrase%d", n), func(b *testing.B) {
			measure(b, x, func(r *rand.Rand) string { return `"` + pick(r, x, n) + `"` })
		})
		b.Run(fmt.Sprintf("and%d", n), func(b *testing.B) {
			measure(b, x, func(r *rand.Rand) string { return pick(r, x, n) })
		})
	}
	b.Run("commonest", func(b *testing.B) {
		measure(b, x, func(*rand.Rand) string { return words[0] + " " + words[1] })
	})
	doc := benchDoc(rand.New(rand.NewPCG(5, 6)), "doc0007", words)
	b.Run("replace2000", func(b *testing.B) { replace(b, x, doc) })
	small, _ := benchIndex(b, 200)
	b.Run("replace200", func(b *testing.B) { replace(b, small, doc) })
	y := x
	for i := range 200 {
		y = y.Replace(Pack(benchDoc(rand.New(rand.NewPCG(7, uint64(i))), fmt.Sprintf("doc%04d", i), words)))
	}
	b.Run("phrase2overlay200", func(b *testing.B) {
		measure(b, y, func(r *rand.Rand) string { return `"` + pick(r, x, 2) + `"` })
	})
	b.Run("compact", func(b *testing.B) {
		for b.Loop() {
			y.Compact()
		}
	})
}

func replace(b *testing.B, x *Index, doc Doc) {
	b.Helper()
	for b.Loop() {
		x.Replace(Pack(doc))
	}
}
