package mongodb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"sotay/internal/store"
)

// selectionTimeout is how long an operation without a deadline looks for a
// primary: longer than an election takes.
const selectionTimeout = 15 * time.Second

// Options say which database to open.
type Options struct {
	// URI may hold a password and is never logged.
	URI      string
	Database string
	Logger   *slog.Logger
	// Monitor watches the driver's commands, in tests.
	Monitor *event.CommandMonitor
}

// Engine is a store in one MongoDB database. It is safe for concurrent use.
type Engine struct {
	client *mongo.Client
	db     *mongo.Database
}

var _ store.Engine = (*Engine)(nil)

// Open connects and waits until the primary answers.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.URI == "" || o.Database == "" || o.Logger == nil {
		return nil, errors.New("mongodb: URI, database and logger are required")
	}
	journal := true
	opts := options.Client().
		ApplyURI(o.URI).
		SetAppName("sotay").
		SetServerSelectionTimeout(selectionTimeout).
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Local()).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetMonitor(o.Monitor)
	if err := opts.Validate(); err != nil {
		return nil, fmt.Errorf("mongodb: connection string: %w", concealed(o.URI, err))
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, fmt.Errorf("mongodb: connection string: %w", concealed(o.URI, err))
	}
	e := &Engine{client: client, db: client.Database(o.Database)}
	if err := e.Ping(ctx); err != nil {
		return nil, errors.Join(err, client.Disconnect(context.WithoutCancel(ctx)))
	}
	o.Logger.Info("store opened", "engine", e.Name(), "database", o.Database)
	return e, nil
}

// concealed drops an error's text when it may quote a password.
func concealed(uri string, err error) error {
	if strings.Contains(uri, "@") {
		return errors.New("not valid (details withheld: it holds a password)")
	}
	return err
}

// Name returns "mongodb".
func (e *Engine) Name() string { return "mongodb" }

// Ping reads by id from a collection that need not exist: the ping command
// would be one more that the database's user must be allowed.
func (e *Engine) Ping(ctx context.Context) error {
	err := e.db.Collection("ping").
		FindOne(ctx, bson.D{{Key: "_id", Value: ""}}, options.FindOne().SetHint(idIndex)).Err()
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return readError(ctx, fmt.Errorf("ping: %w", err))
	}
	return nil
}

// Close ends all connections.
func (e *Engine) Close(ctx context.Context) error {
	if err := e.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("mongodb: close: %w", err)
	}
	return nil
}
