package library

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/audience"
	"sotay/internal/docno"
	"sotay/internal/fault"
	"sotay/internal/richtext"
	"sotay/internal/viet"
)

// DocumentInput is what an editor gives; nil leaves a field as it is.
type DocumentInput struct {
	Type, Number, Title, Abstract, Issuer, IssuedOn, EffectiveOn *string
	Term, Place, Signer, Language, Secrecy                       *string
	Topics                                                       *[]string
	Source                                                       *Source
	Visibility                                                   *audience.Visibility
	Sections                                                     *[]Section
	Relations                                                    *[]Relation
	// SourceKey and SourceHash are set by imports.
	SourceKey, SourceHash string
}

// MaterialInput is what an editor gives; nil leaves a field as it is.
type MaterialInput struct {
	DocumentID, Title, Language, Secrecy *string
	Format                               *string
	DurationSeconds                      *int64
	Audience, Topics                     *[]string
	Source                               *Source
	Visibility                           *audience.Visibility
	Sections                             *[]Section
	Items                                *[]QAItem
	SourceKey, SourceHash                string
}

// classifiedDocument refuses what bears a mark of secrecy. Nothing of it is
// kept, its title neither.
var classifiedDocument = fault.New(fault.Unsuited, "classified_document",
	"Tài liệu có dấu hiệu độ mật; hệ thống không nhận và không lưu lại nội dung.",
	"This is marked as classified; it is refused and nothing of it is kept.")

// isNone tells whether an editor's word on secrecy is that there is none.
func isNone(secrecy string) bool {
	switch viet.Fold(strings.TrimSpace(secrecy)) {
	case "", "none", "khong", "khong mat":
		return true
	}
	return false
}

func set(to *string, from *string) {
	if from != nil {
		*to = viet.NFC(strings.TrimSpace(*from))
	}
}

// applyDocument writes an input into an item's newest version and checks the
// whole.
func (s *Service) applyDocument(ctx context.Context, in DocumentInput, i *DocumentItem) error {
	p := &i.Payload
	if in.Secrecy != nil && !isNone(*in.Secrecy) {
		return classifiedDocument.At("/secrecy", "classified", "Không nhận tài liệu có độ mật.", "Classified documents are not taken.")
	}
	set(&p.Type, in.Type)
	set(&p.Title, in.Title)
	set(&p.Abstract, in.Abstract)
	set(&p.Issuer, in.Issuer)
	set(&p.IssuedOn, in.IssuedOn)
	set(&p.EffectiveOn, in.EffectiveOn)
	set(&p.Term, in.Term)
	set(&p.Place, in.Place)
	set(&p.Signer, in.Signer)
	set(&p.Language, in.Language)
	if in.Topics != nil {
		p.Topics = slices.Clone(*in.Topics)
	}
	if in.Source != nil {
		p.Source = normalSource(*in.Source)
	}
	if in.Visibility != nil {
		i.Visibility = *in.Visibility
	}
	if in.SourceHash != "" {
		i.SourceHash = in.SourceHash
	}
	if err := setNumber(&p.Number, in.Number); err != nil {
		return err
	}
	if in.Sections != nil {
		p.Sections = assignSections(p.Sections, slices.Clone(*in.Sections), &p.NextID)
	}
	if in.Relations != nil {
		p.Relations = normalRelations(*in.Relations)
	}
	i.UniqueKey = documentKey(i)
	return s.checkDocument(ctx, i)
}

// setNumber reads a number and symbol tolerantly and keeps it canonically.
func setNumber(to *string, from *string) error {
	if from == nil {
		return nil
	}
	text := strings.TrimSpace(*from)
	if text == "" {
		*to = ""
		return nil
	}
	n, err := docno.Parse(text)
	if err != nil {
		return fault.BadInput.At("/number", "invalid", "Không đọc được số và ký hiệu; ví dụ đúng: 57-NQ/TW.", "Not a number and symbol, such as 57-NQ/TW.")
	}
	*to = n.String()
	return nil
}

// documentKey is issuer, type, number and date: numbers begin again at 01 in
// each term, and one symbol serves several types. A document without a number
// clashes with none.
func documentKey(i *DocumentItem) string {
	p := &i.Payload
	if p.Number == "" {
		return i.ID
	}
	return strings.Join([]string{viet.Fold(p.Issuer), p.Type, viet.Fold(p.Number), p.IssuedOn}, "|")
}

func (s *Service) checkDocument(ctx context.Context, i *DocumentItem) error {
	p := &i.Payload
	f := fault.BadInput
	f = required(f, "/title", p.Title)
	f = required(f, "/issuer", p.Issuer)
	f = realDay(f, "/issuedOn", p.IssuedOn, true)
	f = realDay(f, "/effectiveOn", p.EffectiveOn, false)
	if _, ok := docno.FindType(p.Type); !ok {
		f = f.At("/type", "unknown", "Thể loại văn bản không có trong danh mục.", "This type of document is not known.")
	}
	f = checkSections(f, p.Sections)
	f = s.office.CheckVisibility(f, i.OrgID, i.Visibility)
	f, err := s.checkRelations(ctx, f, i)
	if err != nil {
		return err
	}
	if len(f.Fields) > 0 {
		return f
	}
	t := sectionTexts(p.Sections)
	t.line(p.Title, p.Abstract, p.Number, p.Issuer, p.Term, p.Place, p.Signer)
	t.line(slices.Concat(sourceTexts(p.Source), relationTexts(p.Relations), attachmentTexts(p.Attachments))...)
	return s.refuseClassified(t)
}

// applyMaterial writes an input into an item's newest version and checks it.
func (s *Service) applyMaterial(ctx context.Context, in MaterialInput, i *MaterialItem) error {
	p := &i.Payload
	if in.Secrecy != nil && !isNone(*in.Secrecy) {
		return classifiedDocument.At("/secrecy", "classified", "Không nhận tài liệu có độ mật.", "Classified documents are not taken.")
	}
	set(&p.DocumentID, in.DocumentID)
	set(&p.Title, in.Title)
	set(&p.Language, in.Language)
	if in.Audience != nil {
		p.Audience = slices.Clone(*in.Audience)
	}
	if in.Topics != nil {
		p.Topics = slices.Clone(*in.Topics)
	}
	if in.Source != nil {
		p.Source = normalSource(*in.Source)
	}
	if in.Visibility != nil {
		i.Visibility = *in.Visibility
	}
	if in.SourceHash != "" {
		i.SourceHash = in.SourceHash
	}
	if in.Sections != nil {
		p.Sections = assignSections(p.Sections, slices.Clone(*in.Sections), &p.NextID)
	}
	set(&p.Format, in.Format)
	if in.DurationSeconds != nil {
		p.DurationSeconds = *in.DurationSeconds
	}
	if in.Items != nil {
		p.Items = assignItems(p.Items, slices.Clone(*in.Items), &p.NextID)
	}
	return s.checkMaterial(ctx, i)
}

func (s *Service) checkMaterial(ctx context.Context, i *MaterialItem) error {
	p := &i.Payload
	f := required(fault.BadInput, "/title", p.Title)
	switch {
	case p.Kind == QA && len(p.Sections) > 0:
		f = f.At("/sections", "not_allowed", "Bộ hỏi – đáp không có mục văn bản.", "A Q&A set has no sections.")
	case p.Kind != QA && len(p.Items) > 0:
		f = f.At("/items", "not_allowed", "Chỉ bộ hỏi – đáp mới có câu hỏi.", "Only a Q&A set has questions.")
	}
	f = checkSections(f, p.Sections)
	f = checkItems(f, p.Items)
	f = checkFormat(f, p)
	f = s.office.CheckVisibility(f, i.OrgID, i.Visibility)
	if p.DocumentID != "" {
		if _, err := s.documents.Get(ctx, p.DocumentID); err != nil {
			if fault.As(err) == nil {
				return err
			}
			f = f.At("/documentId", "not_found", "Không có văn bản này.", "There is no such document.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	t := sectionTexts(p.Sections)
	for k := range p.Items {
		t.line(p.Items[k].Question)
		t.body(p.Items[k].AnswerHTML)
	}
	t.line(p.Title)
	t.line(slices.Concat(sourceTexts(p.Source), attachmentTexts(p.Attachments))...)
	return s.refuseClassified(t)
}

func required(f *fault.Fault, pointer, value string) *fault.Fault {
	if value == "" {
		return f.At(pointer, "required", "Không được để trống.", "It may not be empty.")
	}
	return f
}

func realDay(f *fault.Fault, pointer, day string, must bool) *fault.Fault {
	if day == "" && !must {
		return f
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return f.At(pointer, "invalid_date", "Cần ngày có thật theo dạng YYYY-MM-DD.", "It must be a real day as YYYY-MM-DD.")
	}
	return f
}

func checkSections(f *fault.Fault, sections []Section) *fault.Fault {
	seen := map[string]bool{}
	for k := range sections {
		if seen[sections[k].ID] {
			f = f.At(fmt.Sprintf("/sections/%d/id", k), "duplicate", "Mã mục bị trùng.", "This section id stands twice.")
		}
		seen[sections[k].ID] = true
	}
	return f
}

func checkItems(f *fault.Fault, items []QAItem) *fault.Fault {
	seen := map[string]bool{}
	for k := range items {
		at := fmt.Sprintf("/items/%d", k)
		f = required(f, at+"/question", items[k].Question)
		f = required(f, at+"/answerHtml", strings.TrimSpace(richtext.PlainText(items[k].AnswerHTML)))
		if seen[items[k].ID] {
			f = f.At(at+"/id", "duplicate", "Mã câu hỏi bị trùng.", "This question id stands twice.")
		}
		seen[items[k].ID] = true
	}
	return f
}

// texts is all that an item says: in a line, such as a title, a mark of secrecy
// stands elsewhere than in a body.
type texts struct{ lines, bodies []string }

func (t *texts) line(list ...string) { t.lines = append(t.lines, list...) }

func (t *texts) body(html string) { t.bodies = append(t.bodies, linesOf(html)) }

func sectionTexts(sections []Section) texts {
	var t texts
	for k := range sections {
		t.line(sections[k].Label, sections[k].Heading)
		t.body(sections[k].HTML)
	}
	return t
}

// refuseClassified is the second net: marks of secrecy in the text itself.
func (s *Service) refuseClassified(t texts) error {
	if slices.ContainsFunc(t.bodies, s.classified) || slices.ContainsFunc(t.lines, s.classifiedLine) {
		return classifiedDocument
	}
	return nil
}

func sourceTexts(s Source) []string { return []string{s.Author, s.Title, s.Publisher, s.Date} }

// cells puts each cell of a table on a line of its own: letter heads, with
// their stamps, are laid out in tables.
var cells = strings.NewReplacer("</td>", "</td><br>", "</th>", "</th><br>")

// linesOf is a text by line, as a stamp of secrecy is looked for.
func linesOf(html string) string { return richtext.PlainText(cells.Replace(html)) }

func normalSource(src Source) Source {
	for _, p := range []*string{&src.Author, &src.Title, &src.Publisher, &src.Date} {
		*p = viet.NFC(strings.TrimSpace(*p))
	}
	return src
}

// empty refuses to submit what has nothing to read.
var empty = fault.New(fault.Conflict, "empty_content",
	"Cần có nội dung trước khi trình duyệt.", "There must be something to read before it is submitted.")

func documentReady(_ context.Context, i *DocumentItem) error {
	if len(i.Payload.Sections) == 0 {
		return empty.At("/sections", "required", "Chưa có mục nào.", "There is no section yet.")
	}
	return nil
}
