package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"sotay/internal/archive"
	"sotay/internal/blob"
	"sotay/internal/config"
	"sotay/internal/library"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// mongodump is how a store on MongoDB is backed up at one instant.
const mongodump = `mongodump --uri "$HANDBOOK_MONGODB_URI" --oplog --gzip --archive=sotay.gz`

func (p *program) backupCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{Use: "backup", Short: "Write the embedded store and all files into one archive, beside running servers", Args: cobra.NoArgs,
		Long: `Writes the store as it is at one instant, and all attached files, into FILE. Servers go on meanwhile. The secret is not in it: keep
it in another place. On MongoDB use its own tool:
  ` + mongodump,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			if c.MongoDBURI != "" {
				return errors.New("backup is of the embedded store. On MongoDB:\n  " + mongodump + "\nor: sotay export --out FILE")
			}
			return p.archive(cmd.Context(), c, out, p.backup)
		}}
	cmd.Flags().StringVar(&out, "out", "", "file to write")
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

func (p *program) exportCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{Use: "export", Short: "Write all documents and files into one archive, from either store", Args: cobra.NoArgs,
		Long: `Writes every document and every attached file into FILE, from which restore fills a store of either kind: the way from one to
the other. Servers may run. From the embedded store all is of one instant. From MongoDB what is published is of one instant; the rest
has each document whole, all that was acknowledged before the start, and of each change that is in it also its consequences, done or
still to be done. The secret is not in it.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			return p.archive(cmd.Context(), c, out, p.export)
		}}
	cmd.Flags().StringVar(&out, "out", "", "file to write")
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

// archiver writes one kind of archive. source has the files; dir is a folder
// for what is needed meanwhile.
type archiver func(ctx context.Context, c config.Config, log *slog.Logger, out, dir string, m archive.Manifest, source archive.Source) error

// archive prepares what both kinds need, and says at the end what was left out.
func (p *program) archive(ctx context.Context, c config.Config, out string, write archiver) error {
	sec, err := existingSecret(c)
	if err != nil {
		return err
	}
	files, err := blob.Open(ctx, c.BlobURL, c.BlobDir())
	if err != nil {
		return err
	}
	bar := &progress{out: p.out, what: "documents and files written"}
	source := archive.Source{Blobs: attachedFiles{files}, Did: func(documents, files int) { bar.add(documents + files) }}
	m := archive.Manifest{Program: version, Secret: fingerprint(sec), MadeAt: p.hooks.now()}
	dir, err := os.MkdirTemp(filepath.Dir(out), ".sotay-*")
	if err == nil {
		err = write(ctx, c, p.logger(c), out, dir, m, source)
	}
	if err := errors.Join(err, os.RemoveAll(dir), files.Close()); err != nil {
		return err
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s: %d bytes. The secret is not in it: keep that in another place, nobody can open the archive's accounts and keys without it.\n",
		out, info.Size())
	return nil
}

func (p *program) backup(ctx context.Context, c config.Config, log *slog.Logger, out, dir string, m archive.Manifest, source archive.Source) error {
	path, v, err := copyStore(ctx, c, log, dir)
	if err != nil {
		return err
	}
	m.Engine, m.StoreVersion = "sqlite", v
	return archive.WriteBackup(ctx, out, path, m, source)
}

func (p *program) export(ctx context.Context, c config.Config, log *slog.Logger, out, dir string, m archive.Manifest, source archive.Source) error {
	engine, err := exported(ctx, c, log, dir)
	if err != nil {
		return err
	}
	source.Engine = engine
	m.Engine, m.StoreVersion = engine.Name(), int64(len(migrations()))
	source.Still, source.Rest = exportOrder()
	if err = migration().Run(ctx, engine); err == nil {
		err = archive.WriteExport(ctx, out, m, source)
	}
	return errors.Join(err, engine.Close(context.WithoutCancel(ctx)))
}

// exported opens what an export reads: a copy of the embedded store, which is
// of one instant, or MongoDB.
func exported(ctx context.Context, c config.Config, log *slog.Logger, dir string) (store.Engine, error) {
	if c.MongoDBURI != "" {
		return openEngine(ctx, c, log)
	}
	path, _, err := copyStore(ctx, c, log, dir)
	if err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, sqlite.Options{Path: path, Logger: log})
}

// copyStore copies the embedded store into a folder and returns the version of
// its documents.
func copyStore(ctx context.Context, c config.Config, log *slog.Logger, dir string) (path string, version int64, err error) {
	if _, err := os.Stat(c.StoreFile()); err != nil {
		return "", 0, fmt.Errorf("there is no store: %w", err)
	}
	engine, err := sqlite.Open(ctx, sqlite.Options{Path: c.StoreFile(), Logger: log})
	if err != nil {
		return "", 0, err
	}
	path = filepath.Join(dir, "store.db")
	if version, err = migration().Version(ctx, engine); err == nil {
		err = os.WriteFile(path, nil, 0o600)
	}
	if err == nil {
		err = engine.CopyTo(ctx, path)
	}
	return path, version, errors.Join(err, engine.Close(context.WithoutCancel(ctx)))
}

// migration is this release's view of the store.
func migration() store.Migration {
	return store.Migration{Schemas: schemas(), Steps: migrations()}
}

// exportOrder says how documents are read while they change. What is published
// is read as one. Of the rest, what carries its consequences comes before what
// they are written to, so that each change is in with them; seals come before
// the entries that they cover.
func exportOrder() (still, rest []*store.Schema) {
	published := map[string]bool{}
	for _, s := range library.Schemas() {
		published[s.Name] = s.Name != "bookmarks" // of members, at any time
	}
	rank := func(s *store.Schema) int {
		switch {
		case s.Name == "auditentries":
			return 3
		case s.Name == "auditseals":
			return 2
		case s.Index("fxDue") == nil:
			return 1
		}
		return 0
	}
	for _, s := range schemas() {
		if published[s.Name] {
			still = append(still, s)
		} else {
			rest = append(rest, s)
		}
	}
	slices.SortStableFunc(rest, func(a, b *store.Schema) int { return rank(a) - rank(b) })
	return still, rest
}

// existingSecret reads the secret of an installation that has one: an archive
// is worth nothing with another.
func existingSecret(c config.Config) (*secret.Secret, error) {
	if c.Secret == "" {
		if _, err := os.Stat(c.SecretFile()); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the installation's secret is neither in HANDBOOK_SECRET nor in %s", c.SecretFile())
		}
	}
	return openSecret(c)
}

// fingerprint tells one secret from another.
func fingerprint(s *secret.Secret) string {
	return hex.EncodeToString(s.Hash(secret.Fingerprint)[:8])
}

// attachedFiles are the files as an archive takes them.
type attachedFiles struct{ *blob.Store }

// List implements archive.Blobs.
func (f attachedFiles) List(ctx context.Context, fn func(key string, size int64) error) error {
	return f.Store.List(ctx, func(i blob.Info) error { return fn(i.Key, i.Size) })
}

// Open implements archive.Blobs.
func (f attachedFiles) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	return f.Store.Open(ctx, key, 0, -1)
}

// Put implements archive.Blobs.
func (f attachedFiles) Put(ctx context.Context, r io.Reader, limit int64) (string, error) {
	key, _, err := f.Store.Put(ctx, r, limit)
	return key, err
}
