package mongodb

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"sotay/internal/store"
)

// filter writes a query down.
func filter(ix *store.Index, q *store.Query) bson.D {
	d := bson.D{}
	for i, v := range q.Eq {
		d = append(d, bson.E{Key: ix.Fields[i].Path, Value: v})
	}
	rest := ix.Fields[len(q.Eq):]
	bounds := bson.D{}
	from, to := q.Tight()
	if from != nil {
		bounds = append(bounds, bson.E{Key: "$gte", Value: from})
	}
	if to != nil {
		bounds = append(bounds, bson.E{Key: "$lt", Value: to})
	}
	if q.After.IsZero() {
		if len(bounds) > 0 {
			d = append(d, bson.E{Key: rest[0].Path, Value: bounds})
		}
		return d
	}
	sign, reach := "$gt", "$gte"
	if q.Desc {
		sign, reach = "$lt", "$lte"
	}
	if len(rest) == 0 {
		return append(d, bson.E{Key: "_id", Value: bson.D{{Key: sign, Value: q.After.ID}}})
	}
	// The server draws no bounds from $or; this one keeps it from walking the
	// index from its start. A bound that Tight left is narrower still.
	if !q.Desc && from == nil || q.Desc && to == nil {
		bounds = append(bounds, bson.E{Key: reach, Value: q.After.Values[0]})
	}
	d = append(d, bson.E{Key: rest[0].Path, Value: bounds})
	return append(d, bson.E{Key: "$or", Value: behind(rest, q, sign)})
}

// behind lists the ways to lie behind a position: equal in the first k fields
// and beyond in the next, the id being the last.
func behind(rest []store.Field, q *store.Query, sign string) bson.A {
	ways := bson.A{}
	equal := bson.D{}
	for i, f := range rest {
		v := q.After.Values[i]
		ways = append(ways, append(equal[:i:i], bson.E{Key: f.Path, Value: bson.D{{Key: sign, Value: v}}}))
		equal = append(equal, bson.E{Key: f.Path, Value: v})
	}
	return append(ways, append(equal, bson.E{Key: "_id", Value: bson.D{{Key: sign, Value: q.After.ID}}}))
}

// order is the rest of the index after the equal fields.
func order(ix *store.Index, q *store.Query) bson.D {
	way := int32(1)
	if q.Desc {
		way = -1
	}
	d := bson.D{}
	for _, k := range keys(ix)[len(q.Eq):] {
		d = append(d, bson.E{Key: k.Key, Value: way})
	}
	return d
}
