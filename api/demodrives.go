package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"time"

	"golang.org/x/sync/errgroup"
	"gopkg.in/yaml.v3"

	"sotay/content"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/library"
	"sotay/internal/study"
)

// sampleDrive is a drive of the demo province, as its file says. Its days are
// reckoned from the day of the first start.
type sampleDrive struct {
	Key                 string   `yaml:"key"`
	Title               string   `yaml:"title"`
	Description         string   `yaml:"description"`
	Documents           []string `yaml:"documents"` // their keys
	OpensOnDay          int      `yaml:"opensOnDay"`
	DueOnDay            int      `yaml:"dueOnDay"`
	ClosesOnDay         int      `yaml:"closesOnDay"`
	EnterprisesDueOnDay int      `yaml:"enterprisesDueOnDay"`
	// How many of a hundred members have read all of it, a part, or were
	// recorded on behalf.
	Read     uint32 `yaml:"read"`
	Begun    uint32 `yaml:"begun"`
	OnBehalf uint32 `yaml:"onBehalf"`
}

// demoDrives brings the sample drives out and has the demo members study, each
// through the same calls as a phone or a secretary. What is there already stays.
func (p *program) demoDrives(ctx context.Context, a *app, im *importer, approver *caller.Caller) error {
	files, err := fs.Glob(content.Files, "drives/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range files {
		text, err := content.Files.ReadFile(name)
		if err != nil {
			return err
		}
		var d sampleDrive
		if err := yaml.Unmarshal(text, &d); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		id, err := a.demoDrive(ctx, im, &d, p.hooks.now())
		if err == nil {
			err = im.release(ctx, imported{kind: study.KindDrive, id: id}, approver)
		}
		if err == nil {
			err = a.studyDemo(ctx, &d, id)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// demoDrive makes a sample drive, or finds it.
func (a *app) demoDrive(ctx context.Context, im *importer, d *sampleDrive, now time.Time) (string, error) {
	key := "sample/drive/" + d.Key
	old, err := a.study.ImportedDrive(ctx, key)
	if !errors.Is(err, fault.NotFound) {
		return old.ID, err
	}
	y, m, day := now.In(clock.Vietnam).Date()
	at := func(days, hour int) *time.Time {
		t := time.Date(y, m, day+days, hour, 0, 0, 0, clock.Vietnam).UTC()
		return &t
	}
	var steps []study.Step
	for _, k := range d.Documents {
		doc, _, err := a.library.Imported(ctx, "import/"+k)
		if err != nil {
			return "", err
		}
		if doc == nil {
			return "", fmt.Errorf("there is no sample document %s", k)
		}
		steps = append(steps, study.Step{Kind: study.ReadStep, DocumentID: doc.ID})
	}
	in := study.DriveInput{Title: &d.Title, Description: &d.Description, Steps: &steps, OpensAt: at(d.OpensOnDay, 7), DueAt: at(d.DueOnDay, 17),
		ClosesAt: at(d.ClosesOnDay, 17), SourceKey: key}
	if d.EnterprisesDueOnDay != 0 {
		in.Deadlines = &[]study.Deadline{{Tags: []string{"privateEnterprise", "fdiEnterprise"}, DueAt: *at(d.EnterprisesDueOnDay, 17)}}
	}
	i, err := a.study.CreateDrive(ctx, im.editor, im.orgID, in)
	return i.ID, err
}

// demoStudents is how many study at once.
const demoStudents = 8

// studyDemo has the demo members study in a drive, unless somebody has.
func (a *app) studyDemo(ctx context.Context, d *sampleDrive, id string) error {
	if err := errors.Join(a.library.CatchUp(ctx), a.study.CatchUp(ctx)); err != nil {
		return err
	}
	if err := a.study.OpenDue(ctx); err != nil {
		return err
	}
	leader, err := a.callerNamed(ctx, "lanhdao")
	if err != nil {
		return err
	}
	r, err := a.study.Report(ctx, leader, id, "", "", 0)
	if err != nil || r.Unit.Counts.CompletedObliged > 0 {
		return err
	}
	var members []*caller.Identity
	secretaries := map[string]*caller.Caller{}
	a.directory.EachOn(r.RollDate, func(m *caller.Identity) {
		now, ok := a.directory.Identity(m.MemberID)
		if !ok || !now.MaySignIn {
			return
		}
		members = append(members, now)
		for _, role := range now.Roles {
			if role.Name == caller.Secretary && role.OrgID == now.OrgID {
				secretaries[now.OrgID] = &caller.Caller{Identity: now}
			}
		}
	})
	var g errgroup.Group
	g.SetLimit(demoStudents)
	for _, m := range members {
		g.Go(func() error { return a.studentDoes(ctx, d, id, r.RollDate, m, secretaries[m.OrgID]) })
	}
	return g.Wait()
}

// studentDoes has one demo member do what falls to them.
func (a *app) studentDoes(ctx context.Context, d *sampleDrive, id, rollDate string, m *caller.Identity, secretary *caller.Caller) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.Key + m.MemberID)) // never fails
	lot, day := h.Sum32()%100, int(h.Sum32()/100%5)
	if m.Status == "exempt" || m.Status == "temporarilyExempt" {
		lot += lot / 2 // fewer of them, and all by their own will
	}
	c := &caller.Caller{Identity: m, SessionID: "demo"}
	switch {
	case lot < d.Read:
		return a.demoReads(ctx, c, id, day, 1)
	case lot < d.Read+d.Begun:
		return a.demoReads(ctx, c, id, day, 2)
	case lot < d.Read+d.Begun+d.OnBehalf && secretary != nil && secretary.MemberID != m.MemberID:
		on, err := time.Parse(time.DateOnly, rollDate)
		if err != nil {
			return err
		}
		method := []string{"paper", "inPerson", "session"}[h.Sum32()%3]
		_, _, err = a.study.RecordOnBehalf(ctx, secretary, id, study.OnBehalf{MemberID: m.MemberID, Method: method, On: on.AddDate(0, 0, 1+day).Format(time.DateOnly),
			Reason: "Dữ liệu mẫu: học tại chi bộ"})
		return err
	}
	return nil
}

// demoReads sends what a phone would have seen of one of so many parts of each
// text, some days after the opening.
func (a *app) demoReads(ctx context.Context, c *caller.Caller, id string, day, part int) error {
	mine, err := a.study.Drive(ctx, c, id)
	if errors.Is(err, fault.NotFound) {
		return nil // not for this member
	}
	if err != nil {
		return err
	}
	at := mine.Version.Payload.OpensAt.AddDate(0, 0, day).Add(13 * time.Hour)
	var events []study.Event
	for _, step := range mine.Version.Payload.Steps {
		version := a.library.LiveVersion(library.KindDocument, step.DocumentID)
		var sections []study.Event
		_, _, err := a.library.Outline(ctx, library.KindDocument, step.DocumentID, version, func(section string, syllables int64, _ string) {
			took := time.Duration(syllables) * time.Minute / 250
			e := study.Event{ID: section, Kind: study.ProgressEvent, TextKind: library.KindDocument, TextID: step.DocumentID, Version: version, SectionID: section,
				SessionID: "demo-" + step.ID, At: at}
			at = at.Add(took + 5*time.Second)
			done := e
			done.ID, done.At, done.ForegroundMillis, done.ReachedEnd = section+"-het", at, took.Milliseconds(), true
			sections = append(sections, e, done)
		})
		if err != nil {
			return err
		}
		events = append(events, sections[:len(sections)/part]...)
	}
	_, err = a.study.TakeEvents(ctx, c, nil, events)
	return err
}
