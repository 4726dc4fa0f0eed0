package storetest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// envChild holds the role and the arguments of a child process.
const envChild = "HANDBOOK_TEST_CHILD"

// Role is what a child process does instead of testing.
type Role func(args []string) error

// Main runs the tests, or the role that Child asked for, and returns the exit
// code. A package whose tests need several processes calls it from TestMain.
func Main(m *testing.M, roles map[string]Role) int {
	order := os.Getenv(envChild)
	if order == "" {
		return m.Run()
	}
	var words []string
	if err := json.Unmarshal([]byte(order), &words); err != nil || len(words) == 0 || roles[words[0]] == nil {
		fmt.Fprintf(os.Stderr, "child: no role in %q (%v)\n", order, err)
		return 2
	}
	if err := roles[words[0]](words[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "child %s: %v\n", words[0], err)
		return 1
	}
	return 0
}

// Child returns the command that runs the test binary again in a role.
func Child(t testing.TB, role string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	order, err := json.Marshal(append([]string{role}, args...))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), envChild+"="+string(order))
	cmd.Stderr = os.Stderr
	return cmd
}

// Killed tells whether a child's end was the one that Crash makes.
func Killed(err error) bool {
	exit, ok := err.(*exec.ExitError)
	return ok && exit.ExitCode() == -1
}
