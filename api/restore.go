package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sotay/internal/archive"
	"sotay/internal/audit"
	"sotay/internal/blob"
	"sotay/internal/config"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

func (p *program) restoreCommand() *cobra.Command {
	var from string
	cmd := &cobra.Command{Use: "restore", Short: "Fill a new store from an archive of backup or export", Args: cobra.NoArgs,
		Long: `Reads FILE to its end and checks it, then fills a store that is empty, embedded or on MongoDB, and the attached files. The
installation's secret must be in place. A restore that was broken off is run again from the same file; until it is done, no server
takes the store up.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			if err := p.restore(cmd.Context(), c, from); err != nil {
				return err
			}
			return p.withApp(cmd, p.rebuild)
		}}
	cmd.Flags().StringVar(&from, "from", "", "archive to read")
	_ = cmd.MarkFlagRequired("from")
	return cmd
}

// restore fills the store that the configuration names.
func (p *program) restore(ctx context.Context, c config.Config, from string) error {
	sec, err := existingSecret(c)
	if err != nil {
		return err
	}
	log := p.logger(c)
	engine, err := openEngine(ctx, c, log)
	if err != nil {
		return err
	}
	engine = p.hooks.wrap(engine)
	r := &restorer{program: p, config: c, engine: engine, rules: archive.Rules{Schemas: schemas()}}
	if _, verr := migration().Version(ctx, engine); verr == nil {
		err = store.ErrNotEmpty // known before a long reading
	}
	if err == nil {
		err = r.run(ctx, from, fingerprint(sec))
	}
	if errors.Is(err, store.ErrNotEmpty) {
		err = fmt.Errorf("%w: restore into an empty data folder, or another database", err)
	}
	return errors.Join(err, engine.Close(context.WithoutCancel(ctx)))
}

// restorer is one restore.
type restorer struct {
	*program
	config config.Config
	engine store.Engine
	rules  archive.Rules
}

func (r *restorer) run(ctx context.Context, from, fingerprint string) error {
	fmt.Fprintf(r.out, "reading %s\n", from)
	a, err := archive.Open(from, r.rules)
	if err != nil {
		return err
	}
	m := &a.Manifest
	if m.Secret != fingerprint {
		return errors.New("the archive belongs to another secret than the one in place: restore that one first")
	}
	fmt.Fprintf(r.out, "%s of %s from %s, %d files\n", m.Kind, m.MadeAt.Format("2006-01-02 15:04:05Z"), m.Engine, m.Blobs())
	files, err := blob.Open(ctx, r.config.BlobURL, r.config.BlobDir())
	if err != nil {
		return err
	}
	bar := &progress{out: r.out, what: "documents and files restored"}
	if m.Kind == archive.Export {
		bar.total = int(m.Documents()) + m.Blobs()
	}
	target := archive.Target{Engine: r.engine, Rules: r.rules, Blobs: attachedFiles{files},
		Did: func(documents, files int) { bar.add(documents + files) }}
	if m.Kind == archive.Backup {
		err = r.fromBackup(ctx, a, target)
	} else {
		err = migration().Restore(ctx, r.engine, a.ID, m.StoreVersion, func(ctx context.Context) error { return r.fill(ctx, a, target, nil) })
	}
	return errors.Join(err, files.Close())
}

// fromBackup restores the store that a backup holds by way of a copy, which is
// brought to this release first.
func (r *restorer) fromBackup(ctx context.Context, a *archive.Archive, target archive.Target) error {
	if r.config.Data != "" { // on MongoDB it may be empty, or not there
		if err := os.MkdirAll(r.config.Data, 0o700); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp(r.config.Data, ".restore-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder that stays harms nobody
	path := filepath.Join(dir, "store.db")
	if err := a.ExtractStore(path); err != nil {
		return err
	}
	from, err := sqlite.Open(ctx, sqlite.Options{Path: path, Logger: r.logger(r.config)})
	if err != nil {
		return fmt.Errorf("%w: its store can't be opened: %w", archive.ErrBroken, err)
	}
	if err = migration().Run(ctx, from); err == nil {
		err = r.rules.Check(ctx, from)
	}
	if err == nil {
		err = migration().Restore(ctx, r.engine, a.ID, int64(len(migrations())), func(ctx context.Context) error { return r.fill(ctx, a, target, from) })
	}
	return errors.Join(err, from.Close(context.WithoutCancel(ctx)))
}

// fill writes files and documents, then mends what an archive may have caught
// in the middle.
func (r *restorer) fill(ctx context.Context, a *archive.Archive, target archive.Target, from store.Engine) error {
	if err := a.Fill(ctx, target); err != nil {
		return err
	}
	if from != nil {
		if err := target.Copy(ctx, from); err != nil {
			return err
		}
	}
	record, err := audit.New(r.engine, r.hooks.now)
	if err != nil {
		return err
	}
	return record.Mend(ctx)
}
