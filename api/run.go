package main

import (
	"context"
	_ "embed"
	"io"
	"time"

	"sotay/internal/clock"
	"sotay/internal/store"
)

// contractYAML is the contract, served as it is and the source of the routes.
//
//go:embed openapi.yaml
var contractYAML []byte

// version is set by the linker in a release.
var version = "dev"

// hooks let a test put things in the place of the outer world.
type hooks struct {
	// wrap puts something around the store, such as a crash after the k-th
	// write.
	wrap func(store.Engine) store.Engine
	// now replaces the clock.
	now clock.Now
	// directory replaces the demo province.
	directory []byte
	// sweep is how often effects are swept, 0 for the usual: a stand-in of a
	// database walks whole collections for each sweep.
	sweep time.Duration
}

// run executes one command: args without the program's name, env as
// "NAME=value". It returns when the command is done or ctx ends.
func run(ctx context.Context, args, env []string, out io.Writer) error {
	return start(ctx, args, env, out, hooks{})
}

func start(ctx context.Context, args, env []string, out io.Writer, h hooks) error {
	if h.now == nil {
		h.now = clock.System
	}
	if h.wrap == nil {
		h.wrap = func(e store.Engine) store.Engine { return e }
	}
	root := commands(&program{env: env, out: out, hooks: h})
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(out)
	return root.ExecuteContext(ctx)
}
