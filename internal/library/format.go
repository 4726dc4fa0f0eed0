package library

import (
	"context"
	"slices"
	"strings"

	"sotay/internal/fault"
)

// checkFormat holds a material's format, kind and length together.
func checkFormat(f *fault.Fault, p *Material) *fault.Fault {
	format := p.FormatOf()
	if !slices.Contains([]string{FormatText, FormatAudio, FormatVideo, FormatSlides}, format) {
		return f.At("/format", "unknown", "Không có dạng tài liệu này.", "There is no such format.")
	}
	if p.Kind == QA && format != FormatText {
		f = f.At("/format", "not_allowed", "Bộ hỏi – đáp chỉ có dạng văn bản.", "A Q&A set is text.")
	}
	if timed := format == FormatAudio || format == FormatVideo; !timed && p.DurationSeconds != 0 {
		f = f.At("/durationSeconds", "not_allowed", "Chỉ bản nghe và bản xem mới có thời lượng.", "Only audio and video have a length.")
	}
	return f
}

// materialReady tells what a material still lacks: something to read, hear or
// see, in the format that it claims.
func materialReady(_ context.Context, i *MaterialItem) error {
	p := &i.Payload
	switch p.FormatOf() {
	case FormatAudio, FormatVideo:
		if p.DurationSeconds == 0 {
			return empty.At("/durationSeconds", "required", "Chưa có thời lượng.", "The length is missing.")
		}
		return hasFile(p, p.Format+"/")
	case FormatSlides:
		return hasFile(p, "application/pdf", "image/")
	}
	if len(p.Sections)+len(p.Items) > 0 {
		return nil
	}
	if p.Kind == QA {
		return empty.At("/items", "required", "Chưa có câu hỏi nào.", "There is no question yet.")
	}
	return empty.At("/sections", "required", "Chưa có mục nào.", "There is no section yet.")
}

// hasFile asks for an attachment of one of the media types.
func hasFile(p *Material, types ...string) error {
	for k := range p.Attachments {
		if slices.ContainsFunc(types, func(t string) bool { return strings.HasPrefix(p.Attachments[k].MediaType, t) }) {
			return nil
		}
	}
	return empty.At("/attachments", "required", "Chưa đính kèm tệp của dạng tài liệu này.", "A file of this format is not attached yet.")
}

// fit is how well a material suits a reader: for their audience tags first,
// then in the language that they ask for first.
func (m *material) fit(tags, languages []string) int {
	n := 0
	for _, t := range m.Audience {
		if slices.Contains(tags, t) {
			n = 100
		}
	}
	if k := slices.Index(languages, m.Language); k >= 0 {
		n += max(50-k, 1)
	}
	return n
}

// byFit orders materials by how well they suit a reader; those that suit
// equally well stay newest first.
func byFit(list []*material, tags, languages []string) []*ranked {
	out := make([]*ranked, len(list))
	for i, m := range list {
		out[i] = &ranked{material: m, fit: m.fit(tags, languages)}
	}
	slices.SortStableFunc(out, func(a, b *ranked) int { return b.fit - a.fit })
	return out
}

// ranked is a material with how well it suits a reader.
type ranked struct {
	*material
	fit int
}

func (r *ranked) keys() keys {
	k := r.material.keys()
	k.Fit = r.fit
	return k
}

func (r *ranked) at(k keys) {
	r.material = &material{}
	r.material.at(k)
	r.fit = k.Fit
}

func orderRanked(a, b *ranked) int {
	if a.fit != b.fit {
		return b.fit - a.fit
	}
	return orderMaterial(a.material, b.material)
}
