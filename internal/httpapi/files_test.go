package httpapi

import (
	"mime"
	"testing"
)

func TestRanges(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]struct {
		first, length int64
		ok            bool
	}{
		"bytes=0-0": {0, 1, true}, "bytes=0-9": {0, 10, true}, "bytes=0-": {0, 10, true}, "bytes=3-5": {3, 3, true}, "bytes=5-99": {5, 5, true},
		"bytes=-3": {7, 3, true}, "bytes=-99": {0, 10, true}, "Bytes=1-1": {1, 1, true}, "bytes=9-": {9, 1, true},
		"bytes=10-": {0, 0, true}, "bytes=10-20": {0, 0, true}, "bytes=-0": {10, 0, true}, "bytes=99999999999999999999-": {0, 0, true},
		"bytes=0-0,2-3": {}, "bytes=5-3": {}, "bytes": {}, "bytes=": {}, "bytes=-": {}, "bytes=a-b": {}, "items=0-1": {}, "bytes=+1-2": {}, "bytes=1--2": {}, "bytes=1": {},
	} {
		r, ok := parseRange(header, 10)
		if ok != want.ok || ok && (r.length != want.length || r.length > 0 && r.first != want.first) {
			t.Errorf("%q: %+v %v, want %+v", header, r, ok, want)
		}
	}
}

func FuzzRange(f *testing.F) {
	for _, s := range []string{"bytes=0-0", "bytes=-5", "bytes=5-", "bytes=9-1", "bytes=0-1,2-3", "bytes=99999999999999999999-", "bytes=-99999999999999999999"} {
		f.Add(s, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 || size > 1<<40 {
			return
		}
		r, ok := parseRange(header, size)
		if ok && (r.first < 0 || r.length < 0 || r.first+r.length > size) {
			t.Fatalf("%q of %d bytes is %+v", header, size, r)
		}
	})
}

func TestDispositions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.pdf", "Bài học 1.mp3", "a'b(c)*=@.pdf", "100%.pdf", "a;b=c,d.png"} {
		kind, params, err := mime.ParseMediaType(disposition(name))
		if err != nil || kind != "attachment" || params["filename"] != name {
			t.Errorf("%q: %s gives %q, %v", name, disposition(name), params["filename"], err)
		}
	}
	if disposition("") != "attachment" {
		t.Error("no name")
	}
}
