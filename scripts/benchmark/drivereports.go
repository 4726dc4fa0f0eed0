package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"sotay/internal/clock"
)

// provinceMembers is how many members the province of the drives has.
const provinceMembers = 200_000

// driveReport is what is looked at of a report.
type driveReport struct {
	Unit struct {
		Counts struct{ Total, CompletedObliged, CompletedExempt int64 }
		Units  []struct{}
	}
}

func reportPath(id, query string) string { return "/v1/reports/drives/" + id + "?" + query }

func bookPath(id string) string { return "/v1/reports/drives/" + id + "/table.xlsx?depth=6" }

func readReport(c *client, s *server, id, query string) (r driveReport, err error) {
	err = c.get(reportPath(id, query), s.have.Leader.Token, &r)
	return r, err
}

// reports measures the reports of one drive on a server that has just started.
func (m *measuring) reports(ctx context.Context, s *server) error {
	id := s.have.Drives[0]
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	for _, id := range s.have.Drives { // each has been read in
		if err := awaitReport(ctx, c, s, id); err != nil {
			return err
		}
	}
	if err := m.bookMemory(ctx, s, id); err != nil {
		return err
	}
	// Of a day, be it today, every row is looked at again.
	asOf := "&asOf=" + clock.Day(time.Now())
	for _, x := range []struct {
		name, path string
		times      int
		goal       float64
	}{
		{"report_one_level", reportPath(id, "depth=1"), 200, 20},
		{"report_whole_tree", reportPath(id, "depth=6"), 30, 1000},
		{"report_asof", reportPath(id, "depth=6"+asOf), 7, 3000},
		{"xlsx", bookPath(id), 7, 2000},
	} {
		m.awaitQuiet(ctx)
		var took []time.Duration
		size := 0
		others, err := watched(s.process, func() (err error) {
			took, size, err = repeat(s, x.path, x.times)
			return err
		})
		if err != nil {
			return err
		}
		atMost(x.name+"_ms", ms(median(took)), x.goal)
		note("%s: p99 %s of %d, %d bytes; others used %.0f%% of a core", x.name, millis(quantile(took, 0.99)), len(took), size, others*100)
	}
	return m.besideReports(ctx, s, reportPath(id, "depth=6"+asOf))
}

// repeat asks for the same so many times, and once before. The connection is its
// own: one that waits for long is closed.
func repeat(s *server, path string, times int) (took []time.Duration, size int, err error) {
	c, err := dial(s.addr)
	if err != nil {
		return nil, 0, err
	}
	defer c.close()
	for i := range times + 1 {
		begin := time.Now()
		status, body, err := c.do(http.MethodGet, path, s.have.Leader.Token, "", "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("GET %s: %d %.200s", path, status, body)
		}
		if err != nil {
			return nil, 0, err
		}
		if size = len(body); i > 0 {
			took = append(took, time.Since(begin))
		}
	}
	return took, size, nil
}

// bookMemory is what workbooks take beyond what the server needs without.
func (m *measuring) bookMemory(ctx context.Context, s *server, id string) error {
	calm(ctx, 3*time.Second)
	idle := s.rss()
	s.forgetPeak()
	if _, _, err := repeat(s, bookPath(id), 4); err != nil {
		return err
	}
	atMost("xlsx_memory_mb", s.peak()-idle, 100)
	note("xlsx: five in a row; idle at %.0f MB with %d drives of %d members read in", idle, len(s.have.Drives), provinceMembers)
	return nil
}

// besideReports reads documents while whole reports of a day are made, one after
// the other.
func (m *measuring) besideReports(ctx context.Context, s *server, path string) error {
	const span = 20 * time.Second
	m.awaitQuiet(ctx)
	alone, err := readBeside(ctx, s, func() error { calm(ctx, span); return ctx.Err() })
	if err != nil {
		return err
	}
	alone.report("reads_alone", 0)
	var made []time.Duration
	beside, err := readBeside(ctx, s, func() error {
		for begin := time.Now(); time.Since(begin) < span && ctx.Err() == nil; {
			took, _, err := repeat(s, path, 1)
			if err != nil {
				return err
			}
			made = append(made, took...)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	beside.report("reads_beside_report", readLimit)
	note("reads_beside_report: %d reports of the whole tree as of today meanwhile, median %s", 2*len(made), millis(median(made)))
	return nil
}
