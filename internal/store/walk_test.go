package store

import (
	"errors"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func TestWalk(t *testing.T) {
	t.Parallel()
	doc, err := bson.Marshal(bson.D{{Key: "s", Value: "đảng"}, {Key: "i", Value: int64(-7)}, {Key: "j", Value: int32(-8)}, {Key: "x", Value: 0.5},
		{Key: "n", Value: nil}, {Key: "b", Value: true}, {Key: "d", Value: time.UnixMilli(-62135596800000)},
		{Key: "bin", Value: []byte{1, 2}}, {Key: "l", Value: bson.A{"a", "b"}}, {Key: "o", Value: bson.D{{Key: "in", Value: "side"}}}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]Value{}
	if err := Walk(doc, func(name []byte, v Value) { seen[string(name)] = v }); err != nil {
		t.Fatal(err)
	}
	if string(seen["s"].Text()) != "đảng" || seen["i"].Int() != -7 || seen["j"].Int() != -8 || seen["d"].Int() != -62135596800000 ||
		string(seen["bin"].Binary()) != "\x01\x02" || len(seen) != 10 {
		t.Errorf("got %v", seen)
	}
	if seen["i"].Text() != nil || seen["s"].Int() != 0 || seen["s"].Binary() != nil || seen["s"].Doc() != nil {
		t.Error("a value read as another type")
	}
	var inner string
	for _, at := range []string{"l", "o"} {
		if err := Walk(seen[at].Doc(), func(_ []byte, v Value) { inner += string(v.Text()) }); err != nil {
			t.Error(err)
		}
	}
	if inner != "abside" {
		t.Errorf("inner values %q", inner)
	}
}

// FuzzWalk holds that Walk ends on anything, and takes what the driver takes.
func FuzzWalk(f *testing.F) {
	good, err := bson.Marshal(bson.D{{Key: "a", Value: "x"}, {Key: "b", Value: bson.A{int64(1)}}, {Key: "c", Value: []byte("y")}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Add([]byte{5, 0, 0, 0, 0})
	f.Add([]byte{12, 0, 0, 0, 2, 'a', 0, 255, 255, 255, 127, 0})
	f.Fuzz(func(t *testing.T, doc []byte) {
		err := Walk(doc, func(_ []byte, v Value) { _, _, _, _ = v.Text(), v.Int(), v.Binary(), v.Doc() })
		if err != nil && !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
	})
}
