package study

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"sotay/internal/store"
	"sotay/internal/study/tally"
)

// fill sets every field of a struct to something that is not zero.
func fill(t *testing.T, v reflect.Value, n *int64) {
	t.Helper()
	if *n++; v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.UnixMilli(1_700_000_000_000 + *n).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("chữ " + string(rune('a'+*n%26)))
	case reflect.Int64:
		v.SetInt(*n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	default:
		t.Fatalf("a %s is not filled", v.Type())
	}
}

// A page is read as it was written, with every field that a page has, and
// nothing stays of the page before.
func TestPageIsReadAsWritten(t *testing.T) {
	t.Parallel()
	e := openEngine(t)
	if err := store.Migrate(t.Context(), e, Schemas(), nil); err != nil {
		t.Fatal(err)
	}
	pages, err := store.NewCollection[Page](e, pageSchema())
	if err != nil {
		t.Fatal(err)
	}
	var full Page
	n := int64(0)
	fill(t, reflect.ValueOf(&full).Elem(), &n)
	full.ID, full.RollID = "1", "roll"
	bare := Page{Meta: store.Meta{ID: "2"}, RollID: "roll", UpdatedAt: full.UpdatedAt.Add(time.Second),
		Rows: []Row{{Row: tally.Row{MemberID: "m", Entries: []tally.Entry{}}}}}
	if err := errors.Join(pages.InsertMany(t.Context(), []*Page{&full, &bare})...); err != nil {
		t.Fatal(err)
	}
	r, want := newPageReader(), []*Page{&full, &bare}
	err = pages.AllRaw(t.Context(), store.Query{Index: "roll", Eq: []any{"roll"}}, func(doc store.Raw) error {
		got, err := r.read(doc)
		if err == nil && !reflect.DeepEqual(got, want[0]) {
			t.Errorf("read %+v\nwant %+v", got, want[0])
		}
		want = want[1:]
		return err
	})
	if err != nil || len(want) > 0 {
		t.Errorf("%d pages were not read, %v", len(want), err)
	}
}
