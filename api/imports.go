package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"sotay/internal/caller"
	"sotay/internal/jobs"
)

func (p *program) directoryCommand() *cobra.Command {
	var kind, by string
	var dryRun bool
	bring := &cobra.Command{Use: "import FILE", Short: "Bring in organisations or members from .xlsx or .csv", Args: cobra.ExactArgs(1),
		Long: "Checks all rows and writes nothing when one has an error; then applies them in batches. A run that was cut off is taken up again by the next one, or by a server. The same file twice changes nothing. It may run beside servers.",
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.withApp(cmd, func(ctx context.Context, a *app) error { return p.importSheet(ctx, a, kind, files[0], by, dryRun) })
		}}
	bring.Flags().StringVar(&kind, "kind", "", "orgs or members")
	bring.Flags().StringVar(&by, "by", "", "username of the administrator who answers for the import")
	bring.Flags().BoolVar(&dryRun, "dry-run", false, "check only; write nothing")
	_ = bring.MarkFlagRequired("kind")
	_ = bring.MarkFlagRequired("by")
	cmd := &cobra.Command{Use: "directory", Short: "Organisations and members"}
	cmd.AddCommand(bring)
	return cmd
}

// shownProblems bounds those that the command line lists.
const shownProblems = 50

// progressEvery is how often the progress line is written.
const progressEvery = 200 * time.Millisecond

func (p *program) importSheet(ctx context.Context, a *app, kind, name, by string, dryRun bool) error {
	who, err := a.callerNamed(ctx, by)
	if err != nil {
		return err
	}
	if !who.Has(caller.Admin) {
		return fmt.Errorf("%s is no administrator", by)
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", name)
	}
	j, err := a.imports.Create(ctx, who, jobs.Upload{Kind: kind, DryRun: dryRun, FileName: filepath.Base(name), File: file, Size: info.Size()})
	if err != nil {
		return explain(err)
	}
	fmt.Fprintln(p.out, "import", j.ID)
	if j, err = p.follow(ctx, a, who, j); err != nil {
		return err
	}
	return p.reportImport(&j)
}

// follow works on the job, or waits for the server that is at it, and shows how
// far it is.
func (p *program) follow(ctx context.Context, a *app, who *caller.Caller, j jobs.Job) (jobs.Job, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); a.imports.Loop(ctx) }()
	defer func() { cancel(); <-done }()
	line := newImportLine(p.out)
	defer line.end()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		var err error
		if j, err = a.imports.Job(ctx, who, j.ID); err != nil {
			return j, err
		}
		line.show(&j)
		if j.Ended() {
			return j, nil
		}
		select {
		case <-ctx.Done():
			return j, errors.Join(errors.New("cut off: the import is taken up again by the next run or by a server"), ctx.Err())
		case <-tick.C:
		}
	}
}

func (p *program) reportImport(j *jobs.Job) error {
	for k, x := range j.Problems {
		if k == shownProblems {
			fmt.Fprintf(p.out, "… %d errors and %d warnings in all\n", j.Errors, j.Warnings)
			break
		}
		level := "error"
		if x.Warning {
			level = "warning"
		}
		fmt.Fprintf(p.out, "%s: %s%d: %s: %s\n", level, x.Column, x.Row, x.Title, x.VI)
	}
	fmt.Fprintf(p.out, "%s: %d rows, %d new, %d changed, %d unchanged, %d errors\n", j.State, j.Rows, j.New, j.Changed, j.Unchanged, j.Errors)
	if j.State == jobs.Failed {
		return errors.New(j.Failure.VI)
	}
	return nil
}

// importLine writes how far an import is: over and over on one line of a
// terminal, elsewhere a line each second.
type importLine struct {
	out      io.Writer
	terminal bool
	plain    *progress
	wrote    bool
}

func newImportLine(out io.Writer) *importLine {
	l := &importLine{out: out}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		l.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return l
}

func (l *importLine) show(j *jobs.Job) {
	done := j.Read
	if j.State == jobs.Applying {
		done = j.Applied
	}
	if !l.terminal {
		if l.plain == nil || l.plain.what != "rows "+string(j.State) {
			l.plain = &progress{out: l.out, what: "rows " + string(j.State)}
		}
		l.plain.reach(int(done), int(j.Rows))
		return
	}
	fmt.Fprintf(l.out, "\r\x1b[K%s: %d", j.State, done)
	if j.Rows > 0 {
		fmt.Fprintf(l.out, " of %d", j.Rows)
	}
	fmt.Fprint(l.out, " rows")
	l.wrote = true
}

func (l *importLine) end() {
	if l.wrote {
		fmt.Fprintln(l.out)
	}
}
