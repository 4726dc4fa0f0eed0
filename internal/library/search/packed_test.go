package search

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestPackedRoundTrip: what was kept is what was made, and searched alike.
func TestPackedRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDoc(t, "a")
		p := Pack(d)
		got, err := Unpack("a", p.Encode())
		if err != nil {
			t.Fatal(err)
		}
		q := Query{Text: drawQuery(t), Limit: 200, Visible: everyone}
		want, _, _ := Build([]Doc{d}).Search(q)
		hits, _, _ := Build(nil).Replace(got).Search(q)
		if !reflect.DeepEqual(hits, want) {
			t.Fatalf("got %+v, want %+v", hits, want)
		}
	})
}

// FuzzUnpack: what was not written by Encode is refused, or can be searched.
func FuzzUnpack(f *testing.F) {
	good := Pack(Doc{OwnerID: "o", Entries: []Entry{{Kind: KindSection, ID: "o/1", Title: "Điều 1", Text: "đảng viên đảng"}, {ID: "o/2", Title: "x", TitleOnly: true, Text: "y"}}}).Encode()
	f.Add(good)
	f.Add(good[:len(good)-2])
	f.Add(good[3:])
	f.Add([]byte{})
	f.Add([]byte{1, 0, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Unpack("o", b)
		if err != nil {
			return
		}
		for _, w := range append([]string{"dang"}, p.words...) {
			if hits, _, err := Build(nil).Replace(p).Search(Query{Text: w, Visible: everyone}); err == nil && len(hits) > len(p.entries) {
				t.Fatalf("%d hits in %d entries", len(hits), len(p.entries))
			}
		}
	})
}
