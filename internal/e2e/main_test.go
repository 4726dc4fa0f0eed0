package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// built is what one run of this package makes once: the server's binary and
// the folder of the prepared stores.
var built struct{ binary, template string }

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sotay-e2e-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		built.binary, built.template = filepath.Join(dir, "server.test"), filepath.Join(dir, "template")
		err = build(built.binary)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	code := m.Run()
	if err := dropTemplates(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
	}
	return code
}

// build makes the server's binary with the hooks of its tests.
func build(to string) error {
	args := slices.Concat([]string{"test", "-c", "-o", to}, raceFlags, []string{"sotay/api"})
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
