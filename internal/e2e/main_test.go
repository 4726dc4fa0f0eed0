package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"sotay/internal/store/storetest"
)

// built is what one run of this package makes once: the server's binary, and
// the folder of the prepared stores.
var built struct{ dir, binary, template string }

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sotay-e2e-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		built.dir, built.template = dir, filepath.Join(dir, "template")
		built.binary, err = build("server.test", "-race=false")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	// The tests also wait for servers and their clocks: only as many at once as
	// the machine has cores would leave it idle. A flag of the command line wins.
	if err := flag.Set("test.parallel", fmt.Sprint(runtime.GOMAXPROCS(0)+1)); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	code := m.Run()
	if err := dropTemplates(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
	}
	return code
}

// watching is the server with the race detector. It costs several times the
// work, so that only tests use it which have a server do much at once; the rooms
// and the adapters are watched by their own tests.
var watching = sync.OnceValues(func() (string, error) { return build("watching.test", "-race") })

// watched has the servers of this store watch for races, when all tests were
// asked for.
func (e *env) watched(t *testing.T) *env {
	t.Helper()
	if os.Getenv(storetest.EnvAll) != "" && e.engine == "sqlite" {
		binary, err := watching()
		if err != nil {
			t.Fatal(err)
		}
		e.binary = binary
	}
	return e
}

// build makes the server's binary with the hooks of its tests.
func build(name, race string) (string, error) {
	to := filepath.Join(built.dir, name)
	out, err := exec.Command("go", "test", "-c", "-o", to, race, "sotay/api").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return to, nil
}

// eventually waits until fn says yes, and fails with its last word when it
// does not within the limit.
func eventually(t *testing.T, within time.Duration, what string, fn func() (ok bool, state string)) {
	t.Helper()
	deadline := time.Now().Add(within)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, state := fn()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s; last: %s", within, what, state)
		}
		<-tick.C
	}
}
