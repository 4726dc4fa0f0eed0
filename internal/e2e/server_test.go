package e2e

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds the waiting for a process: two cores are shared.
const patience = 90 * time.Second

// server is one process of the product.
type server struct {
	env     *env
	cmd     *exec.Cmd
	base    string // http://127.0.0.1:port
	metrics string // its listener's base, "" for none
	out     *output
	errs    *output
	exited  chan struct{}
	err     error // of the process, after exited
	// mayErr says that a test makes the server log errors.
	mayErr bool
}

// output is what a process has written, by line.
type output struct {
	mu    sync.Mutex
	lines []string
}

func (o *output) read(r io.Reader) {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if line != "" {
			o.mu.Lock()
			o.lines = append(o.lines, strings.TrimRight(line, "\n"))
			o.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.lines, "\n")
}

// find returns the first line that holds all parts.
func (o *output) find(parts ...string) (string, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, line := range o.lines {
		all := true
		for _, p := range parts {
			all = all && strings.Contains(line, p)
		}
		if all {
			return line, true
		}
	}
	return "", false
}

// command prepares the product's command line on a store.
func (e *env) command(args []string, more ...string) *exec.Cmd {
	cmd := exec.Command(cmp.Or(e.binary, built.binary), args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "HANDBOOK_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "HANDBOOK_TEST_SERVER=1", "HANDBOOK_TEST_DIRECTORY=testdata/directory.yaml",
		"HANDBOOK_ADDR=127.0.0.1:0", "HANDBOOK_METRICS_ADDR=")
	if e.engine == "mongodb" {
		cmd.Env = append(cmd.Env, "HANDBOOK_TEST_SWEEP=3s") // the stand-in walks whole collections for each
	}
	cmd.Env = append(append(cmd.Env, e.vars...), more...)
	return cmd
}

// run runs one command to its end and returns what it printed.
func (e *env) run(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	return e.runWith(t, "", nil, args...)
}

// runWith runs a command with standard input and more variables.
func (e *env) runWith(t *testing.T, stdin string, vars []string, args ...string) (out string, err error) {
	t.Helper()
	cmd := e.command(args, vars...)
	cmd.Stdin = strings.NewReader(stdin)
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tooLong := time.AfterFunc(5*time.Minute, func() { _ = cmd.Process.Kill() }) // such as a server where a refusal was due
	err = cmd.Wait()
	tooLong.Stop()
	if strings.Contains(all.String(), "DATA RACE") {
		t.Errorf("sotay %v: %s", args, &all)
	}
	return all.String(), err
}

// serve starts a server in demonstration mode.
func (e *env) serve(t *testing.T, vars ...string) *server {
	t.Helper()
	return e.start(t, []string{"serve", "--demo"}, vars...)
}

// start starts a server and waits until it serves. It ends with the test.
func (e *env) start(t *testing.T, args []string, vars ...string) *server {
	t.Helper()
	s := &server{env: e, cmd: e.command(args, vars...), out: &output{}, errs: &output{}, exited: make(chan struct{})}
	for _, v := range vars {
		if addr, ok := strings.CutPrefix(v, "HANDBOOK_METRICS_ADDR="); ok {
			s.metrics = "http://" + addr
		}
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	readers.Go(func() { s.out.read(stdout) })
	readers.Go(func() { s.errs.read(stderr) })
	go func() {
		readers.Wait()
		s.err = s.cmd.Wait()
		close(s.exited)
	}()
	t.Cleanup(func() { s.clean(t) })
	s.awaitServing(t)
	return s
}

func (s *server) awaitServing(t *testing.T) {
	t.Helper()
	eventually(t, patience, "the server serves", func() (bool, string) {
		select {
		case <-s.exited:
			t.Fatalf("the server ended: %v\n%s\n%s", s.err, s.out.text(), s.errs.text())
		default:
		}
		line, ok := s.out.find(`"msg":"serving"`)
		if !ok {
			return false, s.out.text() + s.errs.text()
		}
		var entry struct{ Addr string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("log line %s: %v", line, err)
		}
		s.base = "http://" + entry.Addr
		return true, ""
	})
}

// kill ends the process as kill -9 does.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.exited
}

// stop ends the process as an operator does, and asks for an orderly end.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.awaitExit(t)
	if s.err != nil {
		t.Errorf("the server ended with %v\n%s\n%s", s.err, s.out.text(), s.errs.text())
	}
}

func (s *server) awaitExit(t *testing.T) {
	t.Helper()
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.kill()
		t.Fatalf("the server did not end within %s\n%s", patience, s.out.text())
	}
}

// clean ends the process and looks at what it said.
func (s *server) clean(t *testing.T) {
	select {
	case <-s.exited:
	default:
		s.kill()
	}
	if text := s.errs.text(); text != "" {
		t.Errorf("the server wrote to its standard error:\n%s", text)
	}
	if line, bad := s.out.find(`"level":"ERROR"`); bad && !s.mayErr {
		t.Errorf("the server logged an error: %s", line)
	}
}

// freeAddr returns a loopback address that nobody listens on at the moment.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// exitCode is what a command ended with.
func exitCode(err error) int {
	var e *exec.ExitError
	if errors.As(err, &e) {
		return e.ExitCode()
	}
	return 0
}

// setFile writes a control file in one step.
func setFile(t *testing.T, name, text string) {
	t.Helper()
	tmp := fmt.Sprintf("%s.%d", name, time.Now().UnixNano())
	if err := os.WriteFile(tmp, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tmp, name); err != nil {
		t.Fatal(err)
	}
}
