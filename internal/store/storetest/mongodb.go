package storetest

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sotay/internal/ident"
)

// The environment of the tests on MongoDB.
const (
	// EnvMongoDB is the connection string of a real server.
	EnvMongoDB = "HANDBOOK_TEST_MONGODB_URI"
	// EnvStandin is the path of the built scripts/mongostandin.
	EnvStandin = "HANDBOOK_TEST_MONGODB_STANDIN"
	// EnvAll makes a missing engine a failure, as CI does.
	EnvAll = "HANDBOOK_TEST_ALL"
)

// standin is a server of this test process; it ends with the process, whose
// end closes its standard input.
type standin struct {
	uri, control string
	// stdin is held: were it collected, it would be closed.
	stdin io.Closer
}

// starts are variables of the package because a server is too dear to be
// started for each test. More than one serve those who ask for the next.
var (
	starts = [...]func() (standin, error){sync.OnceValues(startStandin), sync.OnceValues(startStandin)}
	next   atomic.Uint64
)

// MongoDB returns the connection string of a server to test on, or skips the
// test when there is none. Each test uses a Database of its own.
func MongoDB(t testing.TB) string {
	t.Helper()
	return serverAt(t, 0)
}

// NextMongoDB is MongoDB of several servers in turn: a stand-in lets one
// request through at a time, and tests beside each other would wait for it.
func NextMongoDB(t testing.TB) string {
	t.Helper()
	return serverAt(t, next.Add(1)%uint64(len(starts)))
}

func serverAt(t testing.TB, n uint64) string {
	t.Helper()
	if uri := os.Getenv(EnvMongoDB); uri != "" {
		return uri
	}
	if os.Getenv(EnvStandin) == "" {
		message := fmt.Sprintf("engine mongodb is not tested: neither %s nor %s is set", EnvMongoDB, EnvStandin)
		if os.Getenv("CI") != "" || os.Getenv(EnvAll) != "" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	s, err := starts[n]()
	if err != nil {
		t.Fatal(err)
	}
	return s.uri
}

// Database returns a name that no other test uses.
func Database() string { return "test_" + ident.Token() }

func startStandin() (standin, error) {
	cmd := exec.Command(os.Getenv(EnvStandin))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return standin{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return standin{}, err
	}
	if err := cmd.Start(); err != nil {
		return standin{}, fmt.Errorf("start the MongoDB stand-in: %w", err)
	}
	r := bufio.NewReader(out)
	uri, err := r.ReadString('\n')
	if err != nil {
		return standin{}, fmt.Errorf("the MongoDB stand-in did not start: %w", err)
	}
	control, err := r.ReadString('\n')
	if err != nil {
		return standin{}, fmt.Errorf("the MongoDB stand-in did not start: %w", err)
	}
	return standin{strings.TrimSpace(uri), strings.TrimSpace(control), in}, nil
}

// Cut makes the stand-in behind MongoDB cut the connection of the next commands of this name
// in a database: after their execution, or before it. It skips the test on a
// real server.
func Cut(t testing.TB, database, command string, times int, before bool) {
	t.Helper()
	if os.Getenv(EnvMongoDB) != "" {
		t.Skip("a real server does not cut connections by order")
	}
	s, err := starts[0]()
	if err != nil {
		t.Fatal(err)
	}
	v := url.Values{"database": {database}, "command": {command}, "times": {fmt.Sprint(times)}, "when": {"after"}}
	if before {
		v.Set("when", "before")
	}
	resp, err := http.PostForm(s.control, v)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		body, _ := io.ReadAll(resp.Body)
		t.Fatalf("cut: %s %s", resp.Status, body)
	}
}
