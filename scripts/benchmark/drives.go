package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sotay/internal/editorial"
	"sotay/internal/study"
)

// batchEvents is how many events a phone sends at once.
const batchEvents = 20

// studied says what of a drive is in a store.
type studied struct {
	DriveID, DocumentID string
	Sections            []string
}

// drive publishes a drive on the first document, which the server opens.
func (s *seeding) drive(ctx context.Context) error {
	if !s.study || s.have.Studied.DriveID != "" {
		return nil
	}
	id, err := s.newDrive(ctx, "Đợt đo lường", time.Hour, editorial.Submit, editorial.Approve, editorial.Publish)
	if err != nil {
		return err
	}
	s.have.Studied = studied{DriveID: id, DocumentID: s.have.Documents[0]}
	_, _, err = s.rooms.library.Outline(ctx, "document", s.have.Documents[0], 1, func(id string, _ int64, _ string) {
		s.have.Studied.Sections = append(s.have.Studied.Sections, id)
	})
	return err
}

// newDrive makes a drive for everybody on the first document, open for so long
// once it is out, and takes it so far.
func (s *seeding) newDrive(ctx context.Context, title string, open time.Duration, steps ...editorial.Verb) (string, error) {
	if err := s.rooms.library.CatchUp(ctx); err != nil {
		return "", err
	}
	now := time.Now()
	opens, due, closes := now.Add(-open), now.AddDate(0, 0, 1), now.AddDate(0, 0, 2)
	item, err := s.rooms.studies.CreateDrive(ctx, s.editor, s.orgID, study.DriveInput{Title: &title, OpensAt: &opens, DueAt: &due, ClosesAt: &closes,
		Steps: &[]study.Step{{Kind: study.ReadStep, DocumentID: s.have.Documents[0]}}})
	if err != nil {
		return "", err
	}
	for _, v := range steps {
		who := s.approver
		if v == editorial.Submit {
			who = s.editor
		}
		if _, err := s.rooms.studies.StepDrive(ctx, who, item.ID, v, 0, ""); err != nil {
			return "", fmt.Errorf("%s drive: %w", v, err)
		}
	}
	return item.ID, nil
}

// evidence measures reading evidence: batches of 20 events from 64 phones, each
// of a member of its own, durable when acknowledged.
func (m *measuring) evidence(ctx context.Context) error {
	s, err := m.serve(ctx, "evidence", m.store("study"))
	if err != nil {
		return err
	}
	sent := make([]int, connections)
	run := func() (sample, error) {
		return m.loaded(s, m.span, func(c *client, k int) error {
			sent[k]++
			return postEvents(c, s, k, sent[k])
		})
	}
	if _, err := run(); err != nil {
		return err
	}
	var all []sample
	for range m.rounds {
		m.awaitQuiet(ctx)
		got, err := run()
		if err != nil {
			return err
		}
		all = append(all, got)
	}
	got := middle(all)
	atLeast("evidence_per_second", got.rate*batchEvents, 20_000)
	note("evidence: %.0f batches of %d a second (%s cpu each), p50 %s, p99 %s", got.rate, batchEvents, micros(got.cost), millis(got.p50), millis(got.p99))
	return nil
}

// postEvents sends what a phone has seen of ten sections since the last batch:
// the n-th of its member.
func postEvents(c *client, s *server, k, n int) error {
	var b strings.Builder
	b.WriteString(`{"events":[`)
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	for i := range batchEvents {
		if i > 0 {
			b.WriteByte(',')
		}
		section := s.have.Studied.Sections[(n*batchEvents/2+i/2)%len(s.have.Studied.Sections)]
		fmt.Fprintf(&b, `{"id":"%d-%d","kind":"progress","documentId":"%s","version":1,"sectionId":"%s","sessionId":"phien-%d","foregroundMillis":%d,"at":"%s"}`,
			n, i, s.have.Studied.DocumentID, section, n/50, n%50*1000+i*10, at)
	}
	b.WriteString(`]}`)
	status, got, err := c.do(http.MethodPost, "/v1/me/events", s.have.Members[k%len(s.have.Members)].Token, "", b.String())
	if err == nil && (status != http.StatusOK || strings.Contains(string(got), `"refused"`)) {
		err = fmt.Errorf("events: %d %.300s", status, got)
	}
	return err
}
