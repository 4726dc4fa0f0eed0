package mongodb

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"sotay/internal/store"
)

// Insert writes new documents, each on its own.
func (e *Engine) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	errs := make([]error, len(docs))
	if err := ctx.Err(); err != nil {
		return fill(errs, fmt.Errorf("mongodb: %w", err))
	}
	_, err := e.collection(ctx, s).InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	var several mongo.BulkWriteException
	if err == nil || !errors.As(err, &several) {
		return fill(errs, writeError(ctx, err))
	}
	if several.WriteConcernError != nil {
		fill(errs, fmt.Errorf("mongodb: %w: %w", store.ErrUncertain, *several.WriteConcernError))
	}
	for _, we := range several.WriteErrors {
		if we.Index >= 0 && we.Index < len(errs) {
			errs[we.Index] = writeError(ctx, mongo.WriteException{WriteErrors: mongo.WriteErrors{we.WriteError}})
		}
	}
	return errs
}

func fill(errs []error, err error) []error {
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// Replace writes doc over the document with this id and revision.
func (e *Engine) Replace(ctx context.Context, s *store.Schema, id any, rev int64, _, doc store.Raw) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("mongodb: %w", err)
	}
	res, err := e.collection(ctx, s).ReplaceOne(ctx, exactly(id, rev), doc)
	if err != nil {
		return writeError(ctx, err)
	}
	if res.MatchedCount == 0 {
		return store.ErrStale
	}
	return nil
}

// Delete removes the document with this id and revision.
func (e *Engine) Delete(ctx context.Context, s *store.Schema, id any, rev int64) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("mongodb: %w", err)
	}
	res, err := e.collection(ctx, s).DeleteOne(ctx, exactly(id, rev))
	if err != nil {
		return writeError(ctx, err)
	}
	if res.DeletedCount == 0 {
		return store.ErrStale
	}
	return nil
}

func exactly(id any, rev int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "_rev", Value: rev}}
}
