package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		stop()
		os.Exit(1)
	}
}

// run executes one of the program's parts.
func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("which part? seed, floor, insert, replace, hash, search, ranking or measure")
	}
	f := flag.NewFlagSet(args[0], flag.ContinueOnError)
	switch args[0] {
	case "search":
		var x searching
		f.IntVar(&x.documents, "documents", 2000, "how many documents are searched")
		f.IntVar(&x.queries, "queries", 1000, "how many queries are asked")
		if err := f.Parse(args[1:]); err != nil {
			return err
		}
		return x.run(ctx)
	case "ranking":
		var r ranking
		f.StringVar(&r.file, "file", "", "database file to make")
		f.IntVar(&r.late, "late", 400, "how many facts are still to be put down when the ranking begins")
		if err := f.Parse(args[1:]); err != nil {
			return err
		}
		return r.run(ctx)
	case "seed":
		var s seeding
		f.StringVar(&s.data, "data", "", "data folder of the server to fill")
		f.IntVar(&s.documents, "documents", 0, "how many documents shall be out")
		f.IntVar(&s.drafts, "drafts", 0, "how many approved drafts shall wait")
		f.IntVar(&s.members, "members", 1, "how many members with a session there shall be")
		f.IntVar(&s.inTree, "province", 0, "how many members without a session there shall be, in a tree")
		f.IntVar(&s.open, "open", 0, "how many open attempts at a quiz there shall be")
		f.IntVar(&s.answered, "answered", 0, "how many open attempts with every answer there shall be")
		f.BoolVar(&s.study, "study", false, "publish a study drive on the first document")
		f.IntVar(&s.drives, "drives", 0, "how many drives there shall be for the province, all completed by everybody in it")
		f.IntVar(&s.bytes, "bytes", 60_000, "size of a document as JSON")
		if err := f.Parse(args[1:]); err != nil {
			return err
		}
		return s.run(ctx)
	case "floor":
		var fl floor
		f.StringVar(&fl.addr, "addr", "", "address to listen on")
		f.StringVar(&fl.body, "body", "", "file with the gzip body; none answers 304")
		f.StringVar(&fl.tag, "tag", "", "its entity tag")
		if err := f.Parse(args[1:]); err != nil {
			return err
		}
		return fl.run(ctx)
	case "insert":
		path := f.String("file", "", "database file")
		if err := f.Parse(args[1:]); err != nil {
			return err
		}
		return insertFloor(ctx, *path, os.Stdin, os.Stdout)
	case "replace":
		path := f.String("file", "", "database file")
		if err := f.Parse(args[1:]); err != nil {
			return err
		}
		return replaceFloor(ctx, *path, os.Stdin, os.Stdout)
	case "hash":
		return hashFloor(ctx, os.Stdin, os.Stdout)
	case "measure":
		var m measuring
		f.StringVar(&m.server, "server", "", "the server's binary")
		f.StringVar(&m.dir, "dir", "", "working folder")
		f.StringVar(&m.only, "only", "", "figures to measure, separated by commas; all when empty")
		f.IntVar(&m.rounds, "rounds", 5, "rounds of each comparison")
		f.DurationVar(&m.span, "span", defaultSpan, "length of one run under load")
		if err := f.Parse(args[1:]); err != nil {
			return err
		}
		return m.run(ctx)
	}
	return fmt.Errorf("there is no part %q", args[0])
}
