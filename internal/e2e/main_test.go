package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// built is what one run of this package makes once: the server's binary by
// engine and the folder of the prepared stores.
var built struct {
	binary   map[string]string
	template string
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sotay-e2e-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		built.template = filepath.Join(dir, "template")
		err = buildAll(dir)
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

// buildAll makes the binaries. Only that for SQLite watches for races when the
// tests do: above the adapters the code is the same, each adapter's own suite
// watches too, and a server that watches costs many times the work.
func buildAll(dir string) error {
	plain, watching := filepath.Join(dir, "server.test"), filepath.Join(dir, "watching.test")
	built.binary = map[string]string{"sqlite": plain, "mongodb": plain}
	if watch {
		built.binary["sqlite"] = watching
		if err := build(watching, "-race"); err != nil {
			return err
		}
	}
	return build(plain, "-race=false")
}

// build makes the server's binary with the hooks of its tests.
func build(to, race string) error {
	args := []string{"test", "-c", "-o", to, race, "sotay/api"}
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return nil
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
