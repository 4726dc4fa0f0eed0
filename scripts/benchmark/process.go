package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The cores: what is measured has the first, the load the second.
const (
	servedCore = "0"
	loadCore   = "1"
)

// process is a program held to one core.
type process struct {
	*exec.Cmd
	name   string
	log    *os.File
	exited chan struct{}
}

// launch starts a program on a core. GOMAXPROCS is 2 on the one core: with 1
// the writer waiting for the disk would hold the only place (performance.md).
func (m *measuring) launch(name, core string, env []string, pipes func(*exec.Cmd) error, args ...string) (*process, error) {
	log, err := os.Create(filepath.Join(m.dir, name+".log"))
	if err != nil {
		return nil, err
	}
	p := &process{name: name, log: log, exited: make(chan struct{})}
	p.Cmd = exec.Command("taskset", append([]string{"-c", core}, args...)...)
	p.Env = append(append(os.Environ(), "GOMAXPROCS=2"), env...)
	p.Stdout, p.Stderr = log, log
	// The load's terminal is not theirs: we stop them ourselves.
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if pipes != nil {
		if err := pipes(p.Cmd); err != nil {
			return nil, err
		}
	}
	if err := p.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() { _ = p.Wait(); close(p.exited) }()
	m.running = append(m.running, p)
	return p, nil
}

// niceness is ours, and of all that we start: scripts/bench raises it when it
// may, so that a neighbour's compiler weighs less.
func niceness() int {
	n, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		return 0
	}
	return 20 - n // the system call answers 20 less the value
}

// pause holds a process while another is measured on its core.
func (p *process) pause()  { _ = p.Process.Signal(syscall.SIGSTOP) }
func (p *process) resume() { _ = p.Process.Signal(syscall.SIGCONT) }

// stop ends a process in an orderly way.
func (p *process) stop() {
	p.resume()
	_ = p.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(20 * time.Second):
		p.kill()
	}
	_ = p.log.Close()
}

func (p *process) kill() {
	_ = p.Process.Kill()
	<-p.exited
}

// cpu is the processor time that a process has used, children included.
func (p *process) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Process.Pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * time.Second / 100 // USER_HZ
}

// rss is a process's resident memory in MB.
func (p *process) rss() float64 { return p.memory("VmRSS:") }

// peak is the most that it was since forgetPeak.
func (p *process) peak() float64 { return p.memory("VmHWM:") }

func (p *process) forgetPeak() {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.Process.Pid), []byte("5"), 0)
}

// memory is a line of a process's status in MB, 0 when it has ended.
func (p *process) memory(name string) (mb float64) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	for line := range strings.SplitSeq(string(b), "\n") {
		if v, ok := strings.CutPrefix(line, name); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(v)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

// server is the product on a store.
type server struct {
	*process
	addr string
	have manifest
	data string
	// started is how long it took until it answered.
	started time.Duration
}

func (s *server) url(path string) string { return "http://" + s.addr + path }

// serve starts the product with all of it on, and waits until it answers.
func (m *measuring) serve(ctx context.Context, name, data string) (*server, error) {
	have, err := loadManifest(data)
	if err == nil && len(have.Documents) == 0 {
		err = fmt.Errorf("the store %s is not filled", data)
	}
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	metrics, err := freeAddr()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	p, err := m.launch(name, servedCore, []string{"HANDBOOK_DATA=" + data, "HANDBOOK_ADDR=" + addr,
		"HANDBOOK_METRICS_ADDR=" + metrics, "HANDBOOK_ACCESS_LIFETIME=1h"}, nil, m.server, "serve")
	if err != nil {
		return nil, err
	}
	s := &server{process: p, addr: addr, have: have, data: data}
	if err := awaitHTTP(ctx, p, s.url("/healthz")); err != nil {
		return nil, err
	}
	s.started = time.Since(begin)
	return s, nil
}

// awaitHTTP waits until an address answers.
func awaitHTTP(ctx context.Context, p *process, url string) error {
	until := time.Now().Add(2 * time.Minute)
	for time.Now().Before(until) && ctx.Err() == nil {
		r, err := http.Get(url)
		if err == nil {
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended; see %s", p.name, p.log.Name())
		case <-time.After(5 * time.Millisecond):
		}
	}
	return errors.Join(fmt.Errorf("%s does not answer; see %s", p.name, p.log.Name()), ctx.Err())
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
