package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sotay/internal/clock"
	"sotay/internal/idptest"
	"sotay/internal/store"
	"sotay/internal/store/storetest"
)

// The environment that makes the test binary be the server, for internal/e2e.
// The product itself has none of these.
const (
	// envServer is 1 when the binary runs the command line it was given.
	envServer = "HANDBOOK_TEST_SERVER"
	// envDirectory names a file that replaces the demo province.
	envDirectory = "HANDBOOK_TEST_DIRECTORY"
	// envClock names a file with an offset such as "-24h", read at each Now.
	envClock = "HANDBOOK_TEST_CLOCK"
	// envCrashAfter is after which write the process kills itself, counted
	// from when the file that envCrashArm names is there.
	envCrashAfter = "HANDBOOK_TEST_CRASH_AFTER"
	envCrashArm   = "HANDBOOK_TEST_CRASH_ARM"
	// envGoogle is where a stand-in of Google listens; every call of the
	// process that goes out by HTTP ends there.
	envGoogle = "HANDBOOK_TEST_GOOGLE"
	// envHold names a file; while it is there, a new bookmark waits. It makes
	// a request that is slow for as long as a test wants.
	envHold = "HANDBOOK_TEST_HOLD"
	// envSweep is how often effects are swept.
	envSweep = "HANDBOOK_TEST_SWEEP"
)

func TestMain(m *testing.M) {
	if os.Getenv(envServer) == "1" {
		os.Exit(beServer())
	}
	os.Exit(m.Run())
}

// beServer is main with hooks.
func beServer() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	h, err := hooksFrom(os.Getenv)
	if err == nil {
		err = start(ctx, os.Args[1:], os.Environ(), os.Stdout, h)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sotay:", err)
		return 1
	}
	return 0
}

func hooksFrom(env func(string) string) (hooks, error) {
	var h hooks
	var err error
	if name := env(envDirectory); name != "" {
		if h.directory, err = os.ReadFile(name); err != nil {
			return h, err
		}
	}
	if name := env(envClock); name != "" {
		h.now = shiftedClock(name)
	}
	if after := env(envCrashAfter); after != "" {
		k, err := strconv.Atoi(after)
		if err != nil {
			return h, fmt.Errorf("%s: %w", envCrashAfter, err)
		}
		h.wrap = func(e store.Engine) store.Engine {
			return &armed{Engine: e, crash: storetest.Crash(e, k), file: env(envCrashArm)}
		}
	}
	if every := env(envSweep); every != "" {
		if h.sweep, err = time.ParseDuration(every); err != nil {
			return h, fmt.Errorf("%s: %w", envSweep, err)
		}
	}
	if addr := env(envGoogle); addr != "" {
		http.DefaultTransport = idptest.Transport(addr) // the SDK makes its own from it
	}
	if name := env(envHold); name != "" {
		h.wrap = func(e store.Engine) store.Engine { return &held{Engine: e, file: name} }
	}
	return h, nil
}

// shiftedClock is the machine's clock moved by what a file says; without the
// file it is not moved.
func shiftedClock(file string) clock.Now {
	return func() time.Time {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			return clock.System()
		}
		offset, perr := time.ParseDuration(strings.TrimSpace(string(text)))
		if err != nil || perr != nil {
			panic(fmt.Sprintf("clock file: %v, %v", err, perr))
		}
		return clock.Milli(time.Now().Add(offset))
	}
}

// armed begins to count writes when a file appears.
type armed struct {
	store.Engine
	crash store.Engine
	file  string
	mu    sync.Mutex
	on    bool
}

func (a *armed) writer() store.Engine {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.on {
		_, err := os.Stat(a.file)
		a.on = err == nil
	}
	if a.on {
		return a.crash
	}
	return a.Engine
}

func (a *armed) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	return a.writer().Insert(ctx, s, docs)
}

func (a *armed) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	return a.writer().Replace(ctx, s, id, rev, old, doc)
}

func (a *armed) Delete(ctx context.Context, s *store.Schema, id any, rev int64) error {
	return a.writer().Delete(ctx, s, id, rev)
}

// held makes new bookmarks wait while a file is there.
type held struct {
	store.Engine
	file string
}

func (h *held) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	if s.Name == "bookmarks" {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		// So that a test knows when the request has come.
		_ = os.WriteFile(h.file+".seen", nil, 0o600)
		for _, err := os.Stat(h.file); err == nil; _, err = os.Stat(h.file) {
			<-tick.C
		}
	}
	return h.Engine.Insert(ctx, s, docs)
}
