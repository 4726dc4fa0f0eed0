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
	past := make([]string, pastDays)
	for i := range past {
		past[i] = reportPath(id, "depth=6&asOf="+clock.Day(time.Now().AddDate(0, 0, -1-i)))
	}
	for _, x := range []struct {
		name  string
		paths []string
		times int
		goal  float64
	}{
		{"report_one_level", []string{reportPath(id, "depth=1")}, 200, 20},
		{"report_whole_tree", []string{reportPath(id, "depth=6")}, 30, 1000},
		{"report_asof", past, len(past), 3000}, // each day once: nothing of it is kept
		{"report_asof_again", past[len(past)-1:], 30, 0},
		{"xlsx", []string{bookPath(id)}, 7, 2000},
	} {
		m.awaitQuiet(ctx)
		var took []time.Duration
		size := 0
		others, err := watched(s.process, func() (err error) {
			took, size, err = repeat(s, x.paths, x.times)
			return err
		})
		if err != nil {
			return err
		}
		if x.goal > 0 {
			atMost(x.name+"_ms", ms(median(took)), x.goal)
		} else {
			seen(x.name+"_ms", ms(median(took)))
		}
		note("%s: p99 %s of %d, %d bytes; others used %.0f%% of a core", x.name, millis(quantile(took, 0.99)), len(took), size, others*100)
	}
	return m.besideReports(ctx, s, past)
}

// repeat asks for so many, one path after the other. The connection is its own:
// one that waits for long is closed.
func repeat(s *server, paths []string, times int) (took []time.Duration, size int, err error) {
	c, err := dial(s.addr)
	if err != nil {
		return nil, 0, err
	}
	defer c.close()
	for i := range times {
		begin, path := time.Now(), paths[i%len(paths)]
		status, body, err := c.do(http.MethodGet, path, s.have.Leader.Token, "", "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("GET %s: %d %.200s", path, status, body)
		}
		if err != nil {
			return nil, 0, err
		}
		size, took = len(body), append(took, time.Since(begin))
	}
	return took, size, nil
}

// bookMemory is what workbooks take beyond what the server needs without.
func (m *measuring) bookMemory(ctx context.Context, s *server, id string) error {
	calm(ctx, 3*time.Second)
	idle := s.rss()
	s.forgetPeak()
	if _, _, err := repeat(s, []string{bookPath(id)}, 5); err != nil {
		return err
	}
	atMost("xlsx_memory_mb", s.peak()-idle, 100)
	note("xlsx: five in a row; idle at %.0f MB with %d drives of %d members read in", idle, len(s.have.Drives), provinceMembers)
	return nil
}

// besideReports reads documents while whole reports are made, one after the
// other: of one past day, as people ask, and of another day each time, of which
// nothing is kept.
func (m *measuring) besideReports(ctx context.Context, s *server, past []string) error {
	const span = 20 * time.Second
	m.awaitQuiet(ctx)
	alone, err := readBeside(ctx, s, func() error { calm(ctx, span); return ctx.Err() })
	if err != nil {
		return err
	}
	alone.report("reads_alone", 0)
	for _, x := range []struct {
		name  string
		paths []string
		limit time.Duration
	}{{"reads_beside_report", past[:1], readLimit}, {"reads_beside_past_days", past, 0}} {
		m.awaitQuiet(ctx)
		var made []time.Duration
		beside, err := readBeside(ctx, s, func() error {
			for begin := time.Now(); time.Since(begin) < span && ctx.Err() == nil; {
				took, _, err := repeat(s, x.paths, len(x.paths))
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
		beside.report(x.name, x.limit)
		note("%s: %d reports of the whole tree meanwhile, median %s", x.name, len(made), millis(median(made)))
	}
	return nil
}
