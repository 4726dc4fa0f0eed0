package storetest

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func TestCommandWatch(t *testing.T) {
	t.Parallel()
	strong := bson.D{{Key: "w", Value: "majority"}, {Key: "j", Value: true}}
	update := func(u any, more ...bson.E) bson.D {
		return bson.D{
			{Key: "update", Value: "things"}, {Key: "writeConcern", Value: strong},
			{Key: "updates", Value: bson.A{append(bson.D{{Key: "q", Value: bson.D{}}, {Key: "u", Value: u}}, more...)}},
		}
	}
	doc := bson.D{{Key: "_id", Value: "a"}}
	for _, c := range []struct {
		name    string
		command bson.D
		good    bool
	}{
		{"find by id", bson.D{{Key: "find", Value: "things"}, {Key: "hint", Value: "_id_"}}, true},
		{"find by declared index", bson.D{{Key: "find", Value: "things"}, {Key: "hint", Value: "byOwner"}}, true},
		{"find by another's index", bson.D{{Key: "find", Value: "others"}, {Key: "hint", Value: "byOwner"}}, false},
		{"find without hint", bson.D{{Key: "find", Value: "things"}}, false},
		{"find on a secondary", bson.D{
			{Key: "find", Value: "things"}, {Key: "hint", Value: "_id_"},
			{Key: "$readPreference", Value: bson.D{{Key: "mode", Value: "secondary"}}},
		}, false},
		{"whole replacement", update(doc), true},
		{"update by operator", update(bson.D{{Key: "$set", Value: doc}}), false},
		{"update by pipeline", update(bson.A{doc}), false},
		{"upsert", update(doc, bson.E{Key: "upsert", Value: true}), false},
		{"update of many", update(doc, bson.E{Key: "multi", Value: true}), false},
		{"insert", bson.D{{Key: "insert", Value: "things"}, {Key: "writeConcern", Value: strong}}, true},
		{"insert without concern", bson.D{{Key: "insert", Value: "things"}}, false},
		{"delete without journal", bson.D{{Key: "delete", Value: "things"}, {Key: "writeConcern", Value: strong[:1]}}, false},
		{"count", bson.D{{Key: "count", Value: "things"}}, false},
		{"aggregate", bson.D{{Key: "aggregate", Value: "things"}}, false},
		{"findAndModify", bson.D{{Key: "findAndModify", Value: "things"}}, false},
	} {
		raw, err := bson.Marshal(c.command)
		if err != nil {
			t.Fatal(err)
		}
		w := &watch{indexes: map[string][]string{"things": {"byOwner"}}}
		if err := w.check(c.command[0].Key, raw); (err == nil) != c.good {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
