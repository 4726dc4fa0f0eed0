package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"sotay/internal/store"
)

func sequences() []testCase {
	return []testCase{
		{"SequenceAppend", testAppend},
		{"SequenceConcurrentAppends", testConcurrentAppends},
		{"SequenceAppendsOnce", testAppendsOnce},
		{"SequenceManyNumbers", testManyNumbers},
	}
}

// row is an entry of a sequence.
type row struct {
	store.SeqMeta `bson:",inline"`
	Key           string `bson:"key"`
	Before        string `bson:"before"`
}

func rowSchema() *store.Schema {
	return &store.Schema{Name: "rows", IntID: true, Majority: true, Indexes: []store.Index{
		{Name: "byKey", Fields: []store.Field{{Path: "key", Type: store.String}}, Unique: true},
	}}
}

func sequence(t *testing.T, e store.Engine) *store.Sequence[row] {
	t.Helper()
	if err := e.Prepare(t.Context(), []*store.Schema{rowSchema()}); err != nil {
		t.Fatal(err)
	}
	s, err := store.NewSequence[row](e, rowSchema())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// appendKey appends a row that names the key of the one before.
func appendKey(ctx context.Context, s *store.Sequence[row], key string) (row, error) {
	return s.Append(ctx, func(_ int64, last *row) (row, error) {
		r := row{Key: key}
		if last != nil {
			r.Before = last.Key
		}
		return r, nil
	})
}

// checkChain tests that rows 1 to n are all there and each names the one
// before. It returns their keys.
func checkChain(t *testing.T, s *store.Sequence[row], n int) []string {
	t.Helper()
	var keys []string
	for after := int64(0); ; {
		page, err := s.After(t.Context(), after, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			before := ""
			if len(keys) > 0 {
				before = keys[len(keys)-1]
			}
			if r.Seq != int64(len(keys)+1) || r.Before != before {
				t.Errorf("row %d names %q, want row %d that names %q", r.Seq, r.Before, len(keys)+1, before)
			}
			keys = append(keys, r.Key)
			after = r.Seq
		}
		if len(page) < 7 {
			break
		}
	}
	if len(keys) != n {
		t.Errorf("%d rows, want %d", len(keys), n)
	}
	return keys
}

func testAppend(t *testing.T, open Opener) {
	s := sequence(t, open(t))
	if _, err := s.Last(t.Context()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("last of nothing: %v, want %v", err, store.ErrNotFound)
	}
	for i := range 3 {
		got, err := appendKey(t.Context(), s, fmt.Sprint("k", i))
		if err != nil || got.Seq != int64(i+1) {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	got, err := s.Get(t.Context(), 2)
	if err != nil || got.Key != "k1" || got.Before != "k0" {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = s.Find(t.Context(), "byKey", "k2")
	if err != nil || got.Seq != 3 {
		t.Errorf("find: %+v, %v", got, err)
	}
	if _, err = s.Find(t.Context(), "byKey", "k9"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("find nothing: %v", err)
	}
	no := errors.New("no")
	if _, err = s.Append(t.Context(), func(int64, *row) (row, error) { return row{}, no }); !errors.Is(err, no) {
		t.Errorf("got %v, want %v", err, no)
	}
	checkChain(t, s, 3)
}

func testConcurrentAppends(t *testing.T, open Opener) {
	const writers, each = 12, 4
	ss := []*store.Sequence[row]{sequence(t, open(t)), sequence(t, open(t))}
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for k := range each {
				if _, err := appendKey(t.Context(), ss[i%2], fmt.Sprint(i, "-", k)); err != nil {
					t.Errorf("writer %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	keys := checkChain(t, ss[0], writers*each)
	slices.Sort(keys)
	if n := len(slices.Compact(keys)); n != writers*each {
		t.Errorf("%d different keys, want %d", n, writers*each)
	}
}

// testAppendsOnce has every key appended by several at once.
func testAppendsOnce(t *testing.T, open Opener) {
	const rivals, keys = 4, 6
	s := sequence(t, open(t))
	var mu sync.Mutex
	won := map[string]int{}
	var wg sync.WaitGroup
	for range rivals {
		wg.Go(func() {
			for k := range keys {
				key := fmt.Sprint("k", k)
				_, err := appendKey(t.Context(), s, key)
				if err == nil {
					mu.Lock()
					won[key]++
					mu.Unlock()
				} else if !store.IsDuplicate(err, "byKey") {
					t.Errorf("got %v, want a clash on byKey", err)
				}
			}
		})
	}
	wg.Wait()
	checkChain(t, s, keys)
	for key, n := range won {
		if n != 1 {
			t.Errorf("%s was appended %d times", key, n)
		}
	}
}

// testManyNumbers crosses ten: numbers are no strings.
func testManyNumbers(t *testing.T, open Opener) {
	s := sequence(t, open(t))
	for i := range 12 {
		if _, err := appendKey(t.Context(), s, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	last, err := s.Last(t.Context())
	if err != nil || last.Seq != 12 {
		t.Errorf("last %d, %v", last.Seq, err)
	}
	got, err := s.After(t.Context(), 9, 2)
	if err != nil || len(got) != 2 || got[0].Seq != 10 || got[1].Seq != 11 {
		t.Errorf("after 9: %+v, %v", got, err)
	}
}
