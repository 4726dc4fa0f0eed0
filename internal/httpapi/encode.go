package httpapi

import (
	"bytes"
	"encoding/json"

	"sotay/internal/httpapi/contract"
	"sotay/internal/library"
)

// Encoder shapes what is stored at publication by the contract's types. It
// implements library.Encoder.
type Encoder struct{}

// Document encodes what GET /v1/documents/{id} sends.
func (Encoder) Document(id string, v *library.DocumentVersion, st *library.Standing) ([]byte, error) {
	b := versionOf(id, v, st.Relations)
	refs := make([]contract.MaterialRef, len(st.Materials))
	for i, m := range st.Materials {
		refs[i] = contract.MaterialRef{Id: m.ID, Kind: contract.MaterialKind(m.Kind), Title: m.Title,
			Audience: enums[contract.Audience](m.Audience), Language: m.Language, Version: m.Version}
	}
	return marshal(contract.Document{Id: b.Id, Type: b.Type, Number: b.Number, Title: b.Title, Abstract: b.Abstract,
		Issuer: b.Issuer, IssuedOn: b.IssuedOn, EffectiveOn: b.EffectiveOn, Term: b.Term, Place: b.Place, Signer: b.Signer,
		Topics: b.Topics, Language: b.Language, Source: b.Source, Version: b.Version, PublishedAt: b.PublishedAt, Words: b.Words,
		Relations: b.Relations, Sections: b.Sections, Attachments: b.Attachments, Materials: refs,
		InForceFrom: v.Payload.From(), InForceUntil: optional(st.Until)})
}

// DocumentVersion encodes what GET /v1/documents/{id}/versions/{n} sends.
func (Encoder) DocumentVersion(id string, v *library.DocumentVersion, relations []library.RelationRef) ([]byte, error) {
	return marshal(versionOf(id, v, relations))
}

func versionOf(id string, v *library.DocumentVersion, relations []library.RelationRef) contract.DocumentVersion {
	p := &v.Payload
	return contract.DocumentVersion{Id: id, Type: contract.DocumentType(p.Type), Number: optional(p.Number), Title: p.Title,
		Abstract: p.Abstract, Issuer: p.Issuer, IssuedOn: p.IssuedOn, EffectiveOn: optional(p.EffectiveOn), Term: optional(p.Term),
		Place: optional(p.Place), Signer: optional(p.Signer), Topics: stringsOf(p.Topics), Language: p.Language, Source: sourceOf(p.Source),
		Version: v.Number, PublishedAt: stamp(v.PublishedAt), Words: p.Words(),
		Relations: relationsOf(relations), Sections: sectionsOf(p.Sections), Attachments: attachmentsOf(p.Attachments)}
}

func relationsOf(list []library.RelationRef) []contract.Relation {
	out := make([]contract.Relation, len(list))
	for i, r := range list {
		out[i] = contract.Relation{Kind: contract.RelationKind(r.Kind), DocumentId: optional(r.DocumentID), Number: optional(r.Number), Title: r.Title}
	}
	return out
}

func attachmentsOf(list []library.Attachment) []contract.Attachment {
	out := make([]contract.Attachment, len(list))
	for i, a := range list {
		out[i] = contract.Attachment{Id: a.ID, Name: a.Name, MediaType: a.MediaType, Bytes: a.Size, Title: optional(a.Title), AltText: optional(a.AltText)}
	}
	return out
}

// Material encodes what GET /v1/materials/{id} sends.
func (Encoder) Material(id string, v *library.MaterialVersion) ([]byte, error) {
	p := &v.Payload
	return marshal(contract.Material{Format: contract.MaterialFormat(p.FormatOf()), DurationSeconds: seconds(p.DurationSeconds),
		Attachments: attachmentsOf(p.Attachments), Id: id, Kind: contract.MaterialKind(p.Kind), Title: p.Title, DocumentId: p.DocumentID,
		Audience: enums[contract.Audience](p.Audience), Topics: stringsOf(p.Topics), Language: p.Language, Source: sourceOf(p.Source),
		Version: v.Number, PublishedAt: stamp(v.PublishedAt), Words: p.Words(), Sections: sectionsOf(p.Sections), Items: itemsOf(p.Items)})
}

// seconds is a length, nil when there is none.
func seconds(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

func sectionsOf(sections []library.Section) []contract.Section {
	out := make([]contract.Section, len(sections))
	for i, s := range sections {
		out[i] = contract.Section{Id: s.ID, Level: s.Level, Label: s.Label, Heading: s.Heading, Html: s.HTML, Words: s.Words}
	}
	return out
}

func itemsOf(items []library.QAItem) []contract.QAItem {
	out := make([]contract.QAItem, len(items))
	for i, q := range items {
		out[i] = contract.QAItem{Id: q.ID, Question: q.Question, AnswerHtml: q.AnswerHTML, SectionIds: stringsOf(q.SectionIDs)}
	}
	return out
}

func sourceOf(s library.Source) *contract.Source {
	if s == (library.Source{}) {
		return nil
	}
	return &contract.Source{Author: optional(s.Author), Title: optional(s.Title), Publisher: optional(s.Publisher), Date: optional(s.Date)}
}

// marshal writes JSON without escaping <, > and &: answers are JSON and never
// stand in a page, and texts are full of markup.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte{'\n'}), nil
}
