package httpapi

import (
	"context"
	"strconv"
	"strings"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/library"
	"sotay/internal/publication"
)

// revisionTag is the entity tag of an editor's item.
func revisionTag(rev int64) string { return `"r` + strconv.FormatInt(rev, 10) + `"` }

// revision reads If-Match: nil or * is any revision (0).
func revision(ifMatch *string) (int64, error) {
	if ifMatch == nil || strings.TrimSpace(*ifMatch) == "*" {
		return 0, nil
	}
	tag := strings.TrimSpace(*ifMatch)
	digits := strings.TrimSuffix(strings.TrimPrefix(tag, `"r`), `"`)
	rev, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || rev <= 0 || revisionTag(rev) != tag {
		return 0, fault.BadInput.At("/header/If-Match", "invalid",
			"Cần đúng ETag đã nhận khi đọc.", "It must be the ETag that came with the read.")
	}
	return rev, nil
}

// step takes an item of an editor's one step on, and shows it.
func step[P, R any](ctx context.Context, id string, v editorial.Verb, ifMatch *contract.IfMatchOptional, reason string,
	take func(ctx context.Context, c *caller.Caller, id string, v editorial.Verb, rev int64, reason string) (publication.Item[P], error),
	show func(*publication.Item[P]) R) (shown R, err error) {
	who, err := signedIn(ctx)
	if err != nil {
		return shown, err
	}
	rev, err := revision(ifMatch)
	if err != nil {
		return shown, err
	}
	i, err := take(ctx, who, id, v, rev, reason)
	if err != nil {
		return shown, err
	}
	return show(&i), nil
}

func sourceInput(b *contract.Source) *library.Source {
	if b == nil {
		return nil
	}
	return &library.Source{Author: text(b.Author), Title: text(b.Title), Publisher: text(b.Publisher), Date: text(b.Date)}
}

func visibilityInput(b *contract.Visibility) *audience.Visibility {
	if b == nil {
		return nil
	}
	v := &audience.Visibility{Kind: audience.Kind(b.Kind)}
	if b.OrgIds != nil {
		v.OrgIDs = *b.OrgIds
	}
	if b.Roles != nil {
		v.Roles = plainStrings(*b.Roles)
	}
	return v
}

// bodyTwice refuses a text that is given in two ways.
var bodyTwice = fault.BadInput.At("/markdown", "not_allowed",
	"Chỉ đưa nội dung bằng một cách: markdown, hoặc sections/items.", "Give the text in one way: as markdown, or as sections or items.")

// sectionsInput reads a text given as sections or as Markdown; nil is neither.
func (s *Server) sectionsInput(sections *[]contract.SectionInput, markdown *string) (*[]library.Section, error) {
	if markdown != nil {
		if sections != nil {
			return nil, bodyTwice
		}
		out, err := s.Markdown.Sections(*markdown)
		return &out, err
	}
	if sections == nil {
		return nil, nil
	}
	out := make([]library.Section, len(*sections))
	for i, b := range *sections {
		out[i] = library.Section{ID: text(b.Id), Level: 1, Label: text(b.Label), Heading: b.Heading, HTML: b.Html}
		if b.Level != nil {
			out[i].Level = *b.Level
		}
	}
	return &out, nil
}

// itemsInput reads questions given as items or as Markdown; nil is neither.
func (s *Server) itemsInput(items *[]contract.QAItemInput, markdown *string) (*[]library.QAItem, error) {
	if markdown != nil {
		if items != nil {
			return nil, bodyTwice
		}
		out, err := s.Markdown.Items(*markdown)
		return &out, err
	}
	if items == nil {
		return nil, nil
	}
	out := make([]library.QAItem, len(*items))
	for i, b := range *items {
		out[i] = library.QAItem{ID: text(b.Id), Question: b.Question, AnswerHTML: b.AnswerHtml}
		if b.SectionIds != nil {
			out[i].SectionIDs = *b.SectionIds
		}
	}
	return &out, nil
}
