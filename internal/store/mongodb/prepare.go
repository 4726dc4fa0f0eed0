package mongodb

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"sotay/internal/store"
)

// prepareTries bounds how often a collection's indexes are looked at again
// after an election or another replica's doing the same.
const prepareTries = 3

// Prepare creates missing indexes, and with them their collections.
func (e *Engine) Prepare(ctx context.Context, schemas []*store.Schema) error {
	for _, s := range schemas {
		if err := s.Check(); err != nil {
			return err
		}
		var err error
		for range prepareTries {
			if err = e.prepare(ctx, s); !mongo.IsNetworkError(err) {
				break
			}
		}
		if err != nil {
			return readError(ctx, fmt.Errorf("prepare %s: %w", s.Name, err))
		}
	}
	return nil
}

func (e *Engine) prepare(ctx context.Context, s *store.Schema) error {
	view := e.collection(ctx, s).Indexes()
	have, err := view.ListSpecifications(ctx)
	if err != nil {
		return err
	}
	var missing []mongo.IndexModel
	// The index on the id is always there; creating it makes the collection.
	wanted := append([]store.Index{{Name: idIndex}}, s.Indexes...)
	for i := range wanted {
		ix := &wanted[i]
		at := slices.IndexFunc(have, func(h mongo.IndexSpecification) bool { return h.Name == ix.Name })
		if at < 0 {
			missing = append(missing, model(ix))
		} else if !same(&have[at], ix) {
			return fmt.Errorf("index %s stands with another definition", ix.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = view.CreateMany(ctx, missing)
	if mongo.IsDuplicateKeyError(err) {
		return fmt.Errorf("%w: %w", store.ErrClash, err)
	}
	return err
}

func model(ix *store.Index) mongo.IndexModel {
	o := options.Index().SetName(ix.Name)
	if ix.Unique {
		o.SetUnique(true)
	}
	return mongo.IndexModel{Keys: keys(ix), Options: o}
}

// same compares an index with its declaration. Servers return the directions
// as whatever number they were given.
func same(have *mongo.IndexSpecification, ix *store.Index) bool {
	elems, err := have.KeysDocument.Elements()
	want := keys(ix)
	if err != nil || len(elems) != len(want) {
		return false
	}
	for i, el := range elems {
		way, ok := el.Value().AsInt64OK()
		if !ok || way != 1 || el.Key() != want[i].Key {
			return false
		}
	}
	return (have.Unique != nil && *have.Unique) == ix.Unique
}

// keys are the fields, then the id: so that equal entries have an order. In a
// unique index no two entries are equal.
func keys(ix *store.Index) bson.D {
	d := make(bson.D, 0, len(ix.Fields)+1)
	for _, f := range ix.Fields {
		d = append(d, bson.E{Key: f.Path, Value: int32(1)})
	}
	if !ix.Unique {
		d = append(d, bson.E{Key: "_id", Value: int32(1)})
	}
	return d
}
