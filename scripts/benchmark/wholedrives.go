package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// provinceDrives measures drives of a whole province: how soon one opens, how
// soon all are counted again, and the reports of the last.
func (m *measuring) provinceDrives(ctx context.Context) error {
	s, err := m.serve(ctx, "drives", m.store("drives"))
	if err != nil {
		return err
	}
	if err := m.opening(ctx, s); err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if err := m.rebuilding(ctx, s); err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	s.stop()
	if s, err = m.serve(ctx, "drives-reports", m.store("drives")); err != nil {
		return err
	}
	return m.reports(ctx, s)
}

// opening publishes a drive whose opening time has come, and waits for its first
// report.
func (m *measuring) opening(ctx context.Context, s *server) error {
	id := s.have.Drives[len(s.have.Drives)-1]
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	m.awaitQuiet(ctx)
	var took time.Duration
	beside, err := readBeside(ctx, s, func() error {
		begin := time.Now()
		status, body, err := c.do(http.MethodPost, "/v1/editor/drives/"+id+"/publish", s.have.Approver.Token, "", "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("publish: %d %s", status, body)
		}
		if err != nil {
			return err
		}
		err = awaitReport(ctx, c, s, id)
		took = time.Since(begin)
		return err
	})
	if err != nil {
		return err
	}
	atMost("opening_seconds", took.Seconds(), 60)
	beside.report("reads_while_opening", 0)
	r, err := readReport(c, s, id, "depth=1")
	note("opening: %d members, from the publication after the opening time to the first report", r.Unit.Counts.Total)
	return err
}

// awaitReport asks for the report of a drive until there is one.
func awaitReport(ctx context.Context, c *client, s *server, id string) error {
	for until := time.Now().Add(5 * time.Minute); time.Now().Before(until) && ctx.Err() == nil; calm(ctx, 100*time.Millisecond) {
		status, _, err := c.do(http.MethodGet, "/v1/reports/drives/"+id, s.have.Leader.Token, "", "")
		if err != nil || status == http.StatusOK {
			return err
		}
	}
	return errors.Join(fmt.Errorf("drive %s has no report", id), ctx.Err())
}

// rebuilding runs the command that counts all drives again, on the server's core
// while it serves.
func (m *measuring) rebuilding(ctx context.Context, s *server) error {
	m.awaitQuiet(ctx)
	var took time.Duration
	var peak float64
	var p *process
	beside, err := readBeside(ctx, s, func() (err error) {
		begin := time.Now()
		p, err = m.launch("rebuild", servedCore, []string{"HANDBOOK_DATA=" + s.data}, nil, m.server, "rebuild")
		if err != nil {
			return err
		}
		for waiting := true; waiting; {
			select {
			case <-p.exited:
				waiting = false
			case <-time.After(20 * time.Millisecond):
				peak = max(peak, p.peak())
			}
		}
		took = time.Since(begin)
		return nil
	})
	if err != nil {
		return err
	}
	said, err := os.ReadFile(p.log.Name())
	if err != nil || !p.ProcessState.Success() {
		return errors.Join(fmt.Errorf("rebuild said %s", said), err)
	}
	atMost("rebuild_seconds", took.Seconds(), 60)
	seen("rebuild_memory_mb", peak)
	beside.report("reads_while_rebuilding", 0)
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "study drives") {
			note("rebuild: %s", strings.TrimSpace(line))
		}
	}
	return m.recounted(ctx, s)
}

// recounted checks that the server's reports have every completion.
func (m *measuring) recounted(ctx context.Context, s *server) error {
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	begin := time.Now()
	for {
		completed := int64(0)
		for _, id := range s.have.Drives {
			r, err := readReport(c, s, id, "depth=0")
			if err != nil {
				return err
			}
			completed += r.Unit.Counts.CompletedObliged + r.Unit.Counts.CompletedExempt
		}
		if want := int64(len(s.have.Drives)) * provinceMembers; completed == want || time.Since(begin) > time.Minute {
			fmt.Printf("rebuild_completed %d =%d %s\n", completed, want, verdict(completed == want))
			note("rebuild: the server's reports of %d drives showed it %.1f s after the command had ended", len(s.have.Drives), time.Since(begin).Seconds())
			return ctx.Err()
		}
		calm(ctx, 100*time.Millisecond)
	}
}
