package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"

	"sotay/internal/store"
)

// idIndex is the index that every collection has.
const idIndex = "_id_"

// collection is a handle; making one is cheap.
func (e *Engine) collection(ctx context.Context, s *store.Schema) *mongo.Collection {
	level := readconcern.Local()
	switch {
	case store.Confirming(ctx):
		// What is found must be what a majority holds: waits for it.
		level = readconcern.Linearizable()
	case s.Majority:
		level = readconcern.Majority()
	}
	return e.db.Collection(s.Name, options.Collection().SetReadConcern(level))
}

// Get returns one document or ErrNotFound.
func (e *Engine) Get(ctx context.Context, s *store.Schema, id any) (store.Raw, error) {
	return e.one(ctx, s, bson.D{{Key: "_id", Value: id}}, options.FindOne())
}

// Last returns the document with the highest id or ErrNotFound.
func (e *Engine) Last(ctx context.Context, s *store.Schema) (store.Raw, error) {
	return e.one(ctx, s, bson.D{}, options.FindOne().SetSort(bson.D{{Key: "_id", Value: int32(-1)}}))
}

func (e *Engine) one(ctx context.Context, s *store.Schema, filter bson.D, o *options.FindOneOptionsBuilder) (store.Raw, error) {
	doc, err := e.collection(ctx, s).FindOne(ctx, filter, o.SetHint(idIndex)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, readError(ctx, err)
	}
	return doc, nil
}

// GetMany returns those of the documents that exist.
func (e *Engine) GetMany(ctx context.Context, s *store.Schema, ids []any) ([]store.Raw, error) {
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A(ids)}}}}
	return e.list(ctx, s, idIndex, filter, nil, len(ids))
}

// Scan returns documents in the order of ids.
func (e *Engine) Scan(ctx context.Context, s *store.Schema, after any, limit int) ([]store.Raw, error) {
	filter := bson.D{}
	if after != nil {
		filter = bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}}
	}
	return e.list(ctx, s, idIndex, filter, bson.D{{Key: "_id", Value: int32(1)}}, limit)
}

// Find returns documents in the order of an index.
func (e *Engine) Find(ctx context.Context, s *store.Schema, q store.Query) ([]store.Raw, error) {
	ix := s.Index(q.Index)
	return e.list(ctx, s, ix.Name, filter(ix, &q), order(ix, &q), q.Limit)
}

func (e *Engine) list(ctx context.Context, s *store.Schema, hint string, filter, sort bson.D, limit int) ([]store.Raw, error) {
	// A batch of the whole page answers in one round trip, if it fits.
	o := options.Find().SetHint(hint).SetLimit(int64(limit)).SetBatchSize(int32(limit))
	if len(sort) > 0 {
		o.SetSort(sort)
	}
	cur, err := e.collection(ctx, s).Find(ctx, filter, o)
	if err != nil {
		return nil, readError(ctx, err)
	}
	var docs []store.Raw
	if err := cur.All(ctx, &docs); err != nil {
		return nil, readError(ctx, err)
	}
	return docs, nil
}
