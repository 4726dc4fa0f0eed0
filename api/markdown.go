package main

import (
	"fmt"

	"sotay/internal/fault"
	"sotay/internal/ingest"
	"sotay/internal/library"
)

// markdown joins the importer to the edge. It implements httpapi.Markdown.
type markdown struct{}

// Sections reads a text as sections.
func (markdown) Sections(src string) ([]library.Section, error) {
	found, problems := ingest.MarkdownBody([]byte(src))
	return librarySections(found), markdownFault(problems)
}

// Items reads a text as questions and answers.
func (markdown) Items(src string) ([]library.QAItem, error) {
	found, problems := ingest.QABody([]byte(src))
	return libraryItems(found), markdownFault(problems)
}

// markdownFault names the lines that can't be taken. Warnings are for imports,
// which can show them; here the editor sees the result.
func markdownFault(problems []ingest.Problem) error {
	if !ingest.Failed(problems) {
		return nil
	}
	f := fault.BadInput
	for _, p := range problems {
		if !p.Warning {
			f = f.At("/markdown", p.Code, fmt.Sprintf("Dòng %d: %s", p.Line, p.VI), fmt.Sprintf("Line %d: %s", p.Line, p.EN))
		}
	}
	return f
}

func librarySections(in []ingest.Section) []library.Section {
	out := make([]library.Section, len(in))
	for i, s := range in {
		out[i] = library.Section{ID: s.ID, Level: int64(s.Level), Label: s.Label, Heading: s.Heading, HTML: s.HTML}
	}
	return out
}

func libraryItems(in []ingest.Item) []library.QAItem {
	out := make([]library.QAItem, len(in))
	for i, q := range in {
		out[i] = library.QAItem{ID: q.ID, Question: q.Question, AnswerHTML: q.AnswerHTML, SectionIDs: q.SectionIDs}
	}
	return out
}
