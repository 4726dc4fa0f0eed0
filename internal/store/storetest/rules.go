package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"sotay/internal/store"
)

func rules() []testCase {
	return []testCase{
		{"RefusedDocuments", testRefused},
		{"AcceptedDocuments", testAccepted},
		{"IndexedFieldMissing", testFieldMissing},
		{"RefusedQueries", testRefusedQueries},
	}
}

// refused is what breaks a document rule.
func refused() map[string]func(*thing) {
	extra := func(v any) func(*thing) { return func(r *thing) { r.Extra = v } }
	id := func(id string) func(*thing) { return func(r *thing) { r.ID = id } }
	return map[string]func(*thing){
		"empty id":               id(""),
		"id with capitals":       id("Đảng"),
		"long id":                id(strings.Repeat("x", 201)),
		"id with NUL":            id("a\x00b"),
		"key with a dot":         extra(bson.M{"a.b": "x"}),
		"key with a dollar":      extra(bson.M{"$set": "x"}),
		"empty key":              extra(bson.M{"": "x"}),
		"key that is not NFC":    extra(bson.M{"e\u0301": "x"}),
		"array in an array":      extra(bson.A{bson.A{"x"}}),
		"string with NUL":        extra("a\x00"),
		"string not UTF-8":       extra("a\xff"),
		"string not NFC":         extra("Tie\u0302\u0301ng"),
		"deep string not NFC":    extra(bson.M{"a": bson.A{bson.M{"b": "e\u0301"}}}),
		"int32":                  extra(int32(7)),
		"decimal":                extra(bson.NewDecimal128(1, 2)),
		"object id":              extra(bson.NewObjectID()),
		"timestamp":              extra(bson.Timestamp{T: 1}),
		"regular expression":     extra(bson.Regex{Pattern: "x"}),
		"indexed text not UTF-8": func(r *thing) { r.Owner = "\xc3" },
	}
}

func testRefused(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	for name, spoil := range refused() {
		row := named("a")
		spoil(row)
		var rule *store.RuleError
		if err := c.Insert(t.Context(), row); !errors.As(err, &rule) {
			t.Errorf("insert, %s: got %v, want a rule error", name, err)
		}
	}
	insert(t, c, named("a"))
	_, err := c.Update(t.Context(), "a", func(r *thing) error { r.Extra = int32(1); return nil })
	var rule *store.RuleError
	if !errors.As(err, &rule) {
		t.Errorf("update: got %v, want a rule error", err)
	}
}

func testAccepted(t *testing.T, open Opener) {
	e, c := prepared(t, open)
	s := thingSchema()
	for name, v := range map[string]any{
		"null":           bson.Null{},
		"nothing":        bson.D{},
		"no elements":    bson.A{},
		"mixed elements": bson.A{"x", int64(1), true, bson.D{{Key: "k", Value: bson.A{}}}},
		"numbers":        bson.A{int64(math.MaxInt64), int64(math.MinInt64), 0.1, 1e300, -2.5},
		"bytes":          bson.Binary{Data: []byte{0, 1, 255}},
		"no bytes":       bson.Binary{Data: []byte{}},
		"letters":        "Đảng uỷ “Hà Tĩnh” <b>&amp;</b> 🇻🇳 \u2028",
		"quotes":         `'"\` + "`;--",
		"deep":           bson.D{{Key: "a", Value: bson.D{{Key: "b", Value: bson.D{{Key: "c", Value: "d"}}}}}},
		"spaced key":     bson.D{{Key: "a b-c_d", Value: int64(1)}},
		"order of keys":  bson.D{{Key: "z", Value: int64(1)}, {Key: "a", Value: int64(2)}},
	} {
		row := named(strings.ReplaceAll(name, " ", "-"))
		row.Extra = v
		insert(t, c, row)
		want, err := store.Encode(row)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Get(t.Context(), s, row.ID)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s:\ngot  %v\nwant %v, %v", name, got, want, err)
		}
	}
}

// partial lacks the fields that thingSchema indexes.
type partial struct {
	store.Meta `bson:",inline"`
	Owner      any `bson:"owner,omitempty"`
}

func testFieldMissing(t *testing.T, open Opener) {
	e := open(t)
	s := &store.Schema{Name: "partial", Indexes: thingSchema().Indexes[4:6]}
	s.Indexes = []store.Index{{Name: "byOwner", Fields: []store.Field{{Path: "owner", Type: store.String}}}}
	if err := e.Prepare(t.Context(), []*store.Schema{s}); err != nil {
		t.Fatal(err)
	}
	c, err := store.NewCollection[partial](e, s)
	if err != nil {
		t.Fatal(err)
	}
	for name, owner := range map[string]any{"absent": nil, "number": int64(1), "list": bson.A{"x"}, "null": bson.Null{}} {
		var rule *store.RuleError
		if err := c.Insert(t.Context(), &partial{Meta: store.Meta{ID: name}, Owner: owner}); !errors.As(err, &rule) || rule.Path != "owner" {
			t.Errorf("%s: got %v, want a rule error for owner", name, err)
		}
	}
}

func testRefusedQueries(t *testing.T, open Opener) {
	_, c := prepared(t, open)
	for name, q := range map[string]store.Query{
		"no such index":         {Index: "byName", Limit: 1},
		"no limit":              {Index: "byAt"},
		"limit too high":        {Index: "byAt", Limit: store.MaxPage + 1},
		"too many values":       {Index: "byAt", Eq: []any{day, day}, Limit: 1},
		"wrong type":            {Index: "byOwner", Eq: []any{int64(1)}, Limit: 1},
		"int for int64":         {Index: "byState", Eq: []any{"open", 1}, Limit: 1},
		"wrong range type":      {Index: "byAt", From: "2026", Limit: 1},
		"range past the fields": {Index: "byAt", Eq: []any{day}, From: day, Limit: 1},
		"array without value":   {Index: "byTag", Limit: 1},
		"foreign position":      {Index: "byAt", After: store.Position{ID: "x"}, Limit: 1},
		"position of a type":    {Index: "byAt", After: store.Position{Values: []any{"x"}, ID: "x"}, Limit: 1},
	} {
		if _, err := c.Find(t.Context(), q); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := c.Scan(t.Context(), "", 0); err == nil {
		t.Error("scan without a limit: accepted")
	}
	for _, id := range []string{"", "A", "\xff", "a\x00", strings.Repeat("x", 300)} {
		if _, err := c.Get(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("get %s: %v, want %v", fmt.Sprintf("%.5q", id), err, store.ErrNotFound)
		}
	}
}
