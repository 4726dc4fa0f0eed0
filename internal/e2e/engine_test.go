package e2e

import (
	"context"
	"encoding/base64"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"sotay/internal/directory"
	"sotay/internal/httpapi/contract"
	"sotay/internal/store/storetest"
)

// The accounts of testdata/directory.yaml, by what they are here for.
const (
	member     = "dangvien" // of branch kp1
	exempt     = "mien"     // of branch kp1
	enterprise = "congnhan" // of branch dn
	secretary  = "bithu"    // of branch kp1
	secretary2 = "bithu2"   // of branch kp2
	editor     = "bientap"
	wardEditor = "bientap2" // over the ward's subtree only
	approver   = "duyet"
	both       = "haivai" // editor and approver
	leader     = "lanhdao"
	admin      = "quantri"
)

var accounts = []string{member, exempt, enterprise, secretary, secretary2, editor, wardEditor, approver, both, leader, inspector, admin}

// password is that of every demo account.
const password = "SoTay@2026-demo"

// testSecret is the installation's secret on MongoDB.
var testSecret = base64.StdEncoding.EncodeToString([]byte("a secret for the end-to-end tests"))

// org returns the id of an organisation of the seed.
func org(key string) string { return directory.OrgID(key) }

// person returns the id of a member of the seed.
func person(key string) string { return directory.MemberID(key) }

// env is a store with the test province in it and everybody signed in.
type env struct {
	engine string
	binary string // of its servers, when they watch for races
	dir    string // data folder, on SQLite
	vars   []string
	uri    string // on MongoDB, with database
	db     string
	// signed holds a session of each account. Its access tokens live longer
	// than this package runs.
	signed map[string]contract.SignedIn
	// docs are those of a prepared database, to be copied to any server.
	docs map[string][]bson.Raw
}

// engines are those that the product runs on.
var engines = []string{"sqlite", "mongodb"}

// forEachEngine runs a test on a fresh store of each engine.
func forEachEngine(t *testing.T, fn func(t *testing.T, e *env)) {
	t.Helper()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, newEnv(t, engine))
		})
	}
}

// newEnv makes a store of the engine: a copy of one that was prepared.
func newEnv(t *testing.T, engine string) *env {
	t.Helper()
	from := prepared(t, engine)
	if engine == "sqlite" {
		return from.clone(t)
	}
	e := emptyMongoDB(t)
	e.signed = maps.Clone(from.signed)
	if err := e.withDatabase(func(ctx context.Context, db *mongo.Database) error { return fill(ctx, db, from.docs) }); err != nil {
		t.Fatalf("copy the prepared database: %v", err)
	}
	return e
}

// read returns all documents of a database by collection.
func read(ctx context.Context, db *mongo.Database) (map[string][]bson.Raw, error) {
	names, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	docs := map[string][]bson.Raw{}
	for _, c := range names {
		if c == "schema" {
			continue // says that the indexes are there, which are not copied
		}
		found, err := db.Collection(c).Find(ctx, bson.D{})
		if err != nil {
			return nil, err
		}
		var all []bson.Raw
		if err := found.All(ctx, &all); err != nil {
			return nil, err
		}
		docs[c] = all
	}
	return docs, nil
}

// fill writes what was read into a new database; the server makes the indexes.
func fill(ctx context.Context, db *mongo.Database, docs map[string][]bson.Raw) error {
	for c, all := range docs {
		if len(all) == 0 {
			continue
		}
		if _, err := db.Collection(c).InsertMany(ctx, all); err != nil {
			return err
		}
	}
	return nil
}

// emptySQLite is a new installation.
func emptySQLite(dir string) *env {
	return &env{engine: "sqlite", dir: dir, vars: []string{"HANDBOOK_DATA=" + dir}}
}

func emptyMongoDB(t *testing.T) *env {
	t.Helper()
	e := onMongoDB(storetest.NextMongoDB(t), t.TempDir())
	t.Cleanup(func() {
		if err := e.drop(); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	return e
}

// onMongoDB is a new installation in a database of its own.
func onMongoDB(uri, dir string) *env {
	db := storetest.Database()
	return &env{engine: "mongodb", uri: uri, db: db, vars: []string{"HANDBOOK_DATA=" + dir,
		"HANDBOOK_MONGODB_URI=" + uri, "HANDBOOK_MONGODB_DATABASE=" + db, "HANDBOOK_SECRET=" + testSecret}}
}

// templates are the stores that tests copy, by engine. They are made when the
// first test needs them.
var templates struct {
	sync.Mutex
	envs map[string]*env
}

func prepared(t *testing.T, engine string) *env {
	t.Helper()
	templates.Lock()
	defer templates.Unlock()
	if e := templates.envs[engine]; e != nil {
		return e
	}
	e := emptySQLite(built.template)
	if engine == "mongodb" {
		e = onMongoDB(storetest.MongoDB(t), built.template)
	}
	if templates.envs == nil {
		templates.envs = map[string]*env{}
	}
	s := e.serve(t, "HANDBOOK_ACCESS_LIFETIME=1h")
	e.signed = signInAll(t, s)
	s.stop(t)
	if engine == "mongodb" {
		err := e.withDatabase(func(ctx context.Context, db *mongo.Database) (err error) {
			e.docs, err = read(ctx, db)
			return err
		})
		if err != nil {
			t.Fatalf("read the prepared database: %v", err)
		}
	}
	templates.envs[engine] = e
	return e
}

// dropTemplates removes what prepared left on a server, for a real one's sake.
func dropTemplates() error {
	if e := templates.envs["mongodb"]; e != nil {
		return e.drop()
	}
	return nil
}

func signInAll(t *testing.T, s *server) map[string]contract.SignedIn {
	t.Helper()
	out := map[string]contract.SignedIn{}
	for _, name := range accounts {
		out[name] = s.guest(t).login(t, name, password, "prepared-"+name)
	}
	return out
}

// clone copies a SQLite store that no process has open.
func (e *env) clone(t *testing.T) *env {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(e.dir)); err != nil {
		t.Fatal(err)
	}
	c := emptySQLite(dir)
	c.signed = maps.Clone(e.signed)
	return c
}

// drop removes the database, for a real server's sake.
func (e *env) drop() error {
	return e.withDatabase(func(ctx context.Context, db *mongo.Database) error { return db.Drop(ctx) })
}

func (e *env) withDatabase(fn func(ctx context.Context, db *mongo.Database) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(e.uri))
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(ctx) }()
	return fn(ctx, client.Database(e.db))
}

// contents is all that lies in the store, as one text to search in.
func (e *env) contents(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	var err error
	if e.engine == "sqlite" {
		err = filepath.WalkDir(e.dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(name)
			all.Write(b)
			return err
		})
	} else {
		err = e.withDatabase(func(ctx context.Context, db *mongo.Database) error { return dump(ctx, db, &all) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func dump(ctx context.Context, db *mongo.Database, to *strings.Builder) error {
	names, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return err
	}
	for _, name := range names {
		found, err := db.Collection(name).Find(ctx, bson.D{})
		if err != nil {
			return err
		}
		for found.Next(ctx) {
			to.Write(found.Current)
		}
		if err := found.Close(ctx); err != nil {
			return err
		}
	}
	return nil
}

// later is a clock file that moves a server's clock by an offset.
func later(t *testing.T, offset time.Duration) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "clock")
	setFile(t, name, offset.String())
	return "HANDBOOK_TEST_CLOCK=" + name
}
