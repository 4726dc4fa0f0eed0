package store

import (
	"reflect"
	"testing"
	"time"
)

func TestSchemaCheck(t *testing.T) {
	t.Parallel()
	str := func(p string) Field { return Field{Path: p, Type: String} }
	a, b := str("a"), str("b")
	index := func(name string, unique bool, fields ...Field) Index {
		return Index{Name: name, Fields: fields, Unique: unique}
	}
	for _, c := range []struct {
		name    string
		indexes []Index
		good    bool
	}{
		{"no index", nil, true},
		{"several", []Index{index("i", false, a, b), index("j", true, a, b), index("k", false, b)}, true},
		{"no name", []Index{index("", false, a)}, false},
		{"the id's name", []Index{index("_id", false, a)}, false},
		{"a name twice", []Index{index("i", false, a), index("i", false, b)}, false},
		{"no field", []Index{index("i", false)}, false},
		{"a field twice", []Index{index("i", false, a, b, a)}, false},
		{"one index twice", []Index{index("i", false, a), index("j", false, a)}, false},
		{"two types", []Index{index("i", false, a), index("j", false, Field{Path: "a", Type: Int64})}, false},
		{"an array alone", []Index{index("i", false, Field{Path: "a", Type: String, Array: true})}, true},
		{"an array beside a field", []Index{index("i", false, Field{Path: "a", Type: String, Array: true}, b)}, false},
		{"a unique array", []Index{index("i", true, Field{Path: "a", Type: String, Array: true})}, false},
	} {
		if err := (&Schema{Name: "s", Indexes: c.indexes}).Check(); (err == nil) != c.good {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if (&Schema{}).Check() == nil {
		t.Error("a schema without a name")
	}
}

func TestPositionCodec(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 3, 15, 40, 0, 7_000_000, time.UTC)
	for _, p := range []Position{
		{ID: "a"},
		{ID: int64(7)},
		{ID: "a", Values: []any{"x", int64(1) << 60, true, at}},
	} {
		b, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodePosition(b)
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("got %+v, want %+v, %v", got, p, err)
		}
	}
	if _, err := DecodePosition([]byte("no document")); err == nil {
		t.Error("nonsense is a position")
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(5)
	for _, c := range []struct {
		a, b any
		want int
	}{
		{"a", "b", -1}, {"b", "Đ", -1}, {"Z", "a", -1}, {"", "", 0},
		{int64(-1), int64(1), -1}, {int64(2), int64(1), 1},
		{false, true, -1}, {true, true, 0},
		{now, now.Add(time.Microsecond), 0}, {now, now.Add(time.Millisecond), -1}, {now, now.In(time.FixedZone("x", 60)), 0},
	} {
		if got := Compare(c.a, c.b); got != c.want {
			t.Errorf("%v and %v: got %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Compare(c.b, c.a); got != -c.want {
			t.Errorf("%v and %v: got %d, want %d", c.b, c.a, got, -c.want)
		}
	}
}
