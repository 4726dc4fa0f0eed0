package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// connections is how many clients load a server.
const connections = 64

// usage is the user time of the whole machine, in clock ticks, with what the
// host took away.
func usage() (user float64) {
	b, _ := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(b, []byte{'\n'})
	for i, f := range strings.Fields(string(line)) {
		if i == 1 || i == 2 || i == 8 { // user, nice, steal
			v, _ := strconv.ParseFloat(f, 64)
			user += v
		}
	}
	return user
}

// userTicks is the user time of one process, its children included.
func userTicks(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	user, _ := strconv.ParseFloat(f[11], 64)
	children, _ := strconv.ParseFloat(f[13], 64)
	return user + children
}

// watched runs fn and says how much of a core processes that are neither ours
// nor p used meanwhile. Only user time is looked at: interrupts serve us too
// and are charged to nobody.
func watched(p *process, fn func() error) (others float64, err error) {
	ours := func() float64 { return userTicks(os.Getpid()) + userTicks(p.Process.Pid) }
	begin, all, own := time.Now(), usage(), ours()
	err = fn()
	ticks := (usage() - all) - (ours() - own)
	return max(0, ticks/100/time.Since(begin).Seconds()), err
}

var (
	wrkRate  = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkTotal = regexp.MustCompile(`(\d+) requests in`)
	wrkPart  = regexp.MustCompile(`(50|99)%\s+(\S+)`)
)

// load sends the same request over all connections for a while. wrk does it
// where there is one: it needs a third of what our own client needs.
func load(ctx context.Context, p *process, span time.Duration, addr, path string, headers ...string) (sample, error) {
	if _, err := exec.LookPath("wrk"); err == nil {
		return wrk(ctx, p, span, "http://"+addr+path, headers...)
	}
	clients, err := dialMany(addr, connections)
	if err != nil {
		return sample{}, err
	}
	var a answer
	extra := strings.Join(headers, "\r\n") + "\r\n"
	before := p.cpu()
	others, err := watched(p, func() (err error) {
		a, err = fromMany(span, func(k int) error {
			status, _, err := clients[k].do(http.MethodGet, path, "", extra, "")
			if err == nil && status != http.StatusOK && status != http.StatusNotModified {
				err = fmt.Errorf("GET %s: %d", path, status)
			}
			return err
		})
		return err
	})
	closeAll(clients)
	return a.sample(p.cpu()-before, others), err
}

func wrk(ctx context.Context, p *process, span time.Duration, url string, headers ...string) (sample, error) {
	args := []string{"-c", loadCore, "wrk", "-t1", "-c" + strconv.Itoa(connections), "--latency",
		"-d" + strconv.Itoa(max(1, int(span.Seconds()+0.5))) + "s"} // it takes whole seconds only
	for _, h := range headers {
		args = append(args, "-H", h)
	}
	var out []byte
	var s sample
	before := p.cpu()
	others, err := watched(p, func() (err error) {
		out, err = exec.CommandContext(ctx, "taskset", append(args, url)...).CombinedOutput()
		return err
	})
	spent := p.cpu() - before
	text := string(out)
	if err != nil {
		return s, fmt.Errorf("wrk: %w: %s", err, text)
	}
	if strings.Contains(text, "Non-2xx") || strings.Contains(text, "Socket errors") {
		return s, fmt.Errorf("wrk met refusals: %s", text)
	}
	rate, total := wrkRate.FindStringSubmatch(text), wrkTotal.FindStringSubmatch(text)
	if rate == nil || total == nil {
		return s, fmt.Errorf("wrk said: %s", text)
	}
	s.rate, _ = strconv.ParseFloat(rate[1], 64)
	n, _ := strconv.Atoi(total[1])
	s.cost, s.others = spent/time.Duration(max(n, 1)), others
	for _, part := range wrkPart.FindAllStringSubmatch(text, -1) {
		d, _ := time.ParseDuration(part[2])
		if part[1] == "50" {
			s.p50 = d
		} else {
			s.p99 = d
		}
	}
	return s, nil
}
