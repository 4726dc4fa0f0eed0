package study

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// DriveInput is what an editor gives; nil leaves a field as it is.
type DriveInput struct {
	Title, Description, PlanDocumentID *string
	Steps                              *[]Step // ids are made, or kept by what a step is about
	OpensAt, DueAt, ClosesAt           *time.Time
	Deadlines                          *[]Deadline
	Audience                           *Audience
	Visibility                         *audience.Visibility
	// SourceKey makes what is brought in repeatable.
	SourceKey string
}

var classified = fault.New(fault.Unsuited, "classified_document",
	"Tài liệu mang dấu mật không được đưa vào hệ thống.", "A document that bears a mark of secrecy may not be taken in.")

// CreateDrive begins a drive.
func (s *Service) CreateDrive(ctx context.Context, c *caller.Caller, orgID string, in DriveInput) (DriveItem, error) {
	item, err := editorial.Begin[Drive](&s.office, c, orgID, in.SourceKey, "")
	if err != nil {
		return item, err
	}
	if err := s.apply(ctx, in, &item); err != nil {
		return item, err
	}
	err = s.drives.Create(ctx, s.office.Actor(c, editorial.Editors...), &item)
	if store.IsDuplicate(err, "sourceKey") {
		err = editorial.SourceTaken.Because(err)
	}
	return item, err
}

// ImportedDrive returns what was brought in under this key before, or
// fault.NotFound.
func (s *Service) ImportedDrive(ctx context.Context, key string) (DriveItem, error) {
	return s.drives.BySource(ctx, key)
}

// UpdateDrive changes the draft; rev is the revision that was read.
func (s *Service) UpdateDrive(ctx context.Context, c *caller.Caller, id string, rev int64, in DriveInput) (DriveItem, error) {
	return s.drives.Edit(ctx, s.office.Actor(c, editorial.Editors...), id, rev, func(i *DriveItem) error {
		return s.apply(ctx, in, i)
	})
}

// StepDrive takes a drive one step on; rev 0 is any revision.
func (s *Service) StepDrive(ctx context.Context, c *caller.Caller, id string, v editorial.Verb, rev int64, reason string) (DriveItem, error) {
	return editorial.Step(ctx, &s.office, s.drives, c, id, v, rev, reason)
}

// EditorDrive returns an item in the caller's scope.
func (s *Service) EditorDrive(ctx context.Context, c *caller.Caller, id string) (DriveItem, error) {
	return editorial.Item(ctx, &s.office, s.drives, c, id)
}

// EditorDrives lists items in the caller's scope, latest change first.
func (s *Service) EditorDrives(ctx context.Context, c *caller.Caller, state, cursor string, limit int) ([]DriveItem, *string, error) {
	return editorial.Items(ctx, &s.office, s.drives, c, "editor/drives/", state, cursor, limit)
}

// apply writes an input into an item's newest version and checks the whole.
func (s *Service) apply(ctx context.Context, in DriveInput, i *DriveItem) error {
	p := &i.Payload
	for to, from := range map[*string]*string{&p.Title: in.Title, &p.Description: in.Description, &p.PlanDocumentID: in.PlanDocumentID} {
		if from != nil {
			*to = viet.NFC(strings.TrimSpace(*from))
		}
	}
	for to, from := range map[*time.Time]*time.Time{&p.OpensAt: in.OpensAt, &p.DueAt: in.DueAt, &p.ClosesAt: in.ClosesAt} {
		if from != nil {
			*to = *from
		}
	}
	if in.Steps != nil {
		p.Steps = numbered(p.Steps, *in.Steps)
	}
	if in.Deadlines != nil {
		p.Deadlines = slices.Clone(*in.Deadlines)
	}
	if in.Audience != nil {
		p.Audience = *in.Audience
	}
	if in.Visibility != nil {
		i.Visibility = *in.Visibility
	}
	if err := s.check(ctx, i); err != nil {
		return err
	}
	return s.keepsRoll(ctx, i)
}

// keepsRoll refuses to change whom a drive is for once its roll has been taken
// down: the counts rest on it.
func (s *Service) keepsRoll(ctx context.Context, i *DriveItem) error {
	if _, err := s.openings.Get(ctx, i.ID); errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	v, err := s.known(ctx, i.ID)
	if err != nil {
		return err
	}
	f := fault.BadInput
	for at, same := range map[string]bool{"/opensAt": v.Payload.OpensAt.Equal(clock.Milli(i.Payload.OpensAt)), "/audience": v.Payload.Audience.equal(&i.Payload.Audience),
		"/visibility": v.Visibility.Encode() == i.Visibility.Encode()} {
		if !same {
			f = f.At(at, "already_open", "Đợt đã mở và đã lập danh sách; không đổi được nữa.", "The drive has opened and has its roll: this can't be changed any more.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func (a *Audience) equal(b *Audience) bool {
	return slices.Equal(a.Kinds, b.Kinds) && slices.Equal(a.Statuses, b.Statuses) && slices.Equal(a.EnterpriseIDs, b.EnterpriseIDs) && slices.Equal(a.Tags, b.Tags)
}

// numbered gives steps their ids: what was a step before keeps its own.
func numbered(before, steps []Step) []Step {
	out := slices.Clone(steps)
	taken := map[string]bool{}
	for k := range out {
		out[k].ID, out[k].Version = "", 0
		for _, old := range before {
			same := old
			same.ID, same.Version = "", 0
			if same == out[k] {
				out[k].ID = old.ID
			}
		}
		taken[out[k].ID] = true
	}
	for _, old := range before {
		taken[old.ID] = true
	}
	n := 0
	for k := range out {
		for out[k].ID == "" {
			n++
			if id := fmt.Sprintf("b%d", n); !taken[id] {
				out[k].ID, taken[id] = id, true
			}
		}
	}
	return out
}

func (s *Service) check(ctx context.Context, i *DriveItem) error {
	p := &i.Payload
	f := fault.BadInput
	if p.Title == "" {
		f = f.At("/title", "required", "Không được để trống.", "It may not be empty.")
	}
	f = checkTimes(f, p)
	for k := range p.Steps {
		var err error
		if f, err = s.checkStep(ctx, f, p, k); err != nil {
			return err
		}
	}
	if p.PlanDocumentID != "" {
		there, err := s.Texts.HasSection(ctx, p.PlanDocumentID, "")
		if err != nil {
			return err
		}
		if !there {
			f = f.At("/planDocumentId", "not_found", "Không có văn bản này.", "There is no such document.")
		}
	}
	if i.Visibility.Kind == audience.Roles {
		f = f.At("/visibility/kind", "not_allowed", "Đợt học tập dành cho tổ chức, không theo vai trò.", "A drive is for organisations, not for roles.")
	}
	f = s.office.CheckVisibility(f, i.OrgID, i.Visibility)
	if len(f.Fields) > 0 {
		return f
	}
	if s.ClassifiedLine(p.Title) || s.Classified(p.Description) {
		return classified
	}
	return nil
}

// checkTimes wants opening, deadline and close in this order, and every
// deadline between the first and the last.
func checkTimes(f *fault.Fault, p *Drive) *fault.Fault {
	if !p.DueAt.After(p.OpensAt) {
		f = f.At("/dueAt", "before_opening", "Hạn hoàn thành phải sau giờ mở.", "The deadline must come after the opening.")
	}
	if p.ClosesAt.Before(p.DueAt) {
		f = f.At("/closesAt", "before_deadline", "Giờ đóng không được trước hạn hoàn thành.", "The close may not come before the deadline.")
	}
	for k := range p.Deadlines {
		d := &p.Deadlines[k]
		at := fmt.Sprintf("/deadlines/%d", k)
		if !d.DueAt.After(p.OpensAt) || d.DueAt.After(p.ClosesAt) {
			f = f.At(at+"/dueAt", "outside_window", "Hạn riêng phải nằm trong thời gian của đợt.", "It must lie within the drive.")
		}
		if len(d.MemberIDs)+len(d.OrgIDs)+len(d.EnterpriseIDs)+len(d.Shifts)+len(d.Tags) == 0 {
			f = f.At(at, "required", "Hạn riêng phải nói dành cho ai.", "It must say for whom it is.")
		}
	}
	return f
}

func (s *Service) checkStep(ctx context.Context, f *fault.Fault, p *Drive, k int) (*fault.Fault, error) {
	t := &p.Steps[k]
	at := fmt.Sprintf("/steps/%d", k)
	for _, o := range p.Steps[:k] {
		if o.DocumentID == t.DocumentID && o.MaterialID == t.MaterialID && o.QuizID == t.QuizID {
			f = f.At(at, "duplicate", "Nội dung này đã là một bước.", "This is a step already.")
		}
	}
	given := 0
	for _, id := range []string{t.DocumentID, t.MaterialID, t.QuizID} {
		if id != "" {
			given++
		}
	}
	fits := t.Kind == QuizStep && t.QuizID != "" || t.Kind == ReadStep && t.QuizID == "" || t.Kind == ListenStep && t.MaterialID != ""
	if given != 1 || !fits {
		return f.At(at, "invalid", "Một bước có đúng một nội dung hợp với loại của nó.", "A step is about exactly one thing that suits its kind."), nil
	}
	if t.Kind == QuizStep {
		if !s.Quizzes.Out(t.QuizID) {
			f = f.At(at+"/quizId", "not_published", "Không có bài trắc nghiệm đang phát hành này.", "No such quiz is published.")
		}
		return f, nil
	}
	kind, id := t.Item()
	text, err := s.current(ctx, kind, id)
	switch {
	case err != nil:
		return f, err
	case text == nil:
		f = f.At(fmt.Sprintf("%s/%sId", at, kind), "not_published", "Không có tài liệu đang phát hành này.", "No such text is published.")
	case t.Kind == ListenStep && text.Seconds == 0:
		f = f.At(at+"/kind", "not_a_recording", "Tài liệu này không phải bản ghi có độ dài.", "This is no recording with a length.")
	case t.Kind == ReadStep && len(text.Sections) == 0:
		f = f.At(at+"/kind", "nothing_to_read", "Tài liệu này không có phần nào để đọc.", "It has no sections to read.")
	}
	return f, nil
}

// ready refuses to hand in a drive that asks for nothing.
func (s *Service) ready(ctx context.Context, i *DriveItem) error {
	if len(i.Payload.Steps) == 0 {
		return fault.BadInput.At("/steps", "required", "Cần ít nhất một bước.", "At least one step is needed.")
	}
	if err := s.check(ctx, i); err != nil {
		return err
	}
	for k := range i.Payload.Steps {
		t := &i.Payload.Steps[k]
		if kind, id := t.Item(); t.Kind != QuizStep {
			t.Version = s.Texts.LiveVersion(kind, id)
		}
	}
	return nil
}
