package mongodb

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"sotay/internal/store"
)

// The filter of a page bounds the first field that is left, so that the server
// begins where the page before ended.
func TestFilter(t *testing.T) {
	t.Parallel()
	str := func(p string) store.Field { return store.Field{Path: p, Type: store.String} }
	ix := &store.Index{Name: "i", Fields: []store.Field{str("a"), str("b"), str("c")}}
	after := store.Position{Values: []any{"y", "z"}, ID: "id"}
	for _, c := range []struct {
		name, want, order string
		q                 store.Query
	}{
		{"all", `{}`, `{a 1}{b 1}{c 1}{_id 1}`, store.Query{}},
		{"equal", `{"a":"x"}`, `{b -1}{c -1}{_id -1}`, store.Query{Eq: []any{"x"}, Desc: true}},
		{"range", `{"a":"x","b":{"$gte":"f","$lt":"t"}}`, `{b 1}{c 1}{_id 1}`, store.Query{Eq: []any{"x"}, From: "f", To: "t"}},
		{
			"after", `{"a":"x","b":{"$gte":"y"},"$or":[{"b":{"$gt":"y"}},{"b":"y","c":{"$gt":"z"}},{"b":"y","c":"z","_id":{"$gt":"id"}}]}`,
			`{b 1}{c 1}{_id 1}`, store.Query{Eq: []any{"x"}, From: "f", After: after},
		},
		{
			"before", `{"a":"x","b":{"$gte":"f","$lte":"y"},"$or":[{"b":{"$lt":"y"}},{"b":"y","c":{"$lt":"z"}},{"b":"y","c":"z","_id":{"$lt":"id"}}]}`,
			`{b -1}{c -1}{_id -1}`, store.Query{Eq: []any{"x"}, From: "f", To: "z", Desc: true, After: after},
		},
		{"all equal", `{"a":"x","b":"y","c":"z","_id":{"$gt":"id"}}`, `{_id 1}`, store.Query{Eq: []any{"x", "y", "z"}, After: store.Position{ID: "id"}}},
	} {
		got, err := bson.MarshalExtJSON(filter(ix, &c.q), false, false)
		if err != nil || string(got) != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s, %v", c.name, got, c.want, err)
		}
		way := ""
		for _, e := range order(ix, &c.q) {
			way += fmt.Sprintf("{%s %d}", e.Key, e.Value)
		}
		if way != c.order {
			t.Errorf("%s: order %s, want %s", c.name, way, c.order)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	write := func(code int) error { return mongo.WriteException{WriteErrors: mongo.WriteErrors{{Code: code}}} }
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	kinds := []error{store.ErrClash, store.ErrUncertain, context.Canceled}
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		want error // of kinds; nil: none of them
	}{
		{"duplicate key", t.Context(), write(11000), store.ErrClash},
		{"refused document", t.Context(), write(121), nil},
		{"concern not met", t.Context(), mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}}, store.ErrUncertain},
		{"not authorised", t.Context(), mongo.CommandError{Code: 13}, nil},
		{"step-down", t.Context(), mongo.CommandError{Code: 189}, store.ErrUncertain},
		{"shutdown", t.Context(), mongo.CommandError{Code: 11600}, store.ErrUncertain},
		{"retryable", t.Context(), mongo.CommandError{Code: 1, Labels: []string{"RetryableWriteError"}}, store.ErrUncertain},
		{"network", t.Context(), mongo.CommandError{Labels: []string{"NetworkError"}}, store.ErrUncertain},
		{"time limit", t.Context(), mongo.CommandError{Code: 50}, store.ErrUncertain},
		{"connection", t.Context(), topology.ConnectionError{Wrapped: errors.New("reset")}, store.ErrUncertain},
		{"no server", t.Context(), topology.ServerSelectionError{Wrapped: errors.New("none")}, nil},
		{"no server in time", ended, topology.ServerSelectionError{Wrapped: errors.New("none")}, context.Canceled},
		{"caller left while it was under way", ended, errors.New("broken off"), store.ErrUncertain},
	} {
		got := writeError(c.ctx, c.err)
		for _, kind := range kinds {
			if errors.Is(got, kind) != (kind == c.want) {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}
	}
}
