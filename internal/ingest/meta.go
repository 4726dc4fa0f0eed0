package ingest

import (
	"strings"
	"time"

	"sotay/internal/docno"
)

// meta reads and checks the front matter.
func (r *report) meta(front string) Meta {
	root := r.parseFront(front)
	if root == nil {
		return Meta{}
	}
	f := r.fields(root, "", []string{
		"kind", "key", "title", "abstract", "type", "issuer", "number", "issuedOn", "effectiveOn", "term", "place", "signer",
		"language", "topics", "audience", "materialKind", "documentKey", "visibility", "source", "secrecy",
	})
	m := Meta{
		Kind: f.oneOf("kind", "document", "material"), Key: f.key("key"), Title: f.text("title", 500), Abstract: f.text("abstract", 5000),
		Issuer: f.text("issuer", 200), IssuedOn: f.date("issuedOn"), EffectiveOn: f.date("effectiveOn"),
		Term: f.text("term", 100), Place: f.text("place", 100), Signer: f.text("signer", 200), Language: f.language("language"),
		Topics: f.list("topics"), Audience: f.list("audience"),
		MaterialKind: f.oneOf("materialKind", "learning", "research", "qa"), DocumentKey: f.key("documentKey"),
		Visibility: f.visibility(), Source: f.source(), Secrecy: f.text("secrecy", 50),
	}
	m.DocType, m.Number = f.docType(), f.number()
	f.need("kind", "title")
	switch m.Kind {
	case "document":
		f.need("type")
		f.idle("materialKind", "documentKey")
	case "material":
		f.need("materialKind")
	}
	return m
}

func (f *fields) docType() string {
	v := f.text("type", 100)
	if v == "" {
		return ""
	}
	t, ok := docno.FindType(v)
	if !ok {
		f.invalid("type", "Thể loại văn bản không có trong danh mục.", "No such document type.")
	}
	return t.ID
}

func (f *fields) number() string {
	v := f.text("number", 100)
	if v == "" {
		return ""
	}
	n, err := docno.Parse(v)
	if err != nil {
		f.invalid("number", "Số và ký hiệu không đúng dạng, ví dụ 57-NQ/TW.", "Not a number and symbol such as 57-NQ/TW.")
		return ""
	}
	return n.String()
}

// date takes only days of the calendar: 2025-02-29 is refused.
func (f *fields) date(name string) string {
	v := f.text(name, 50)
	if v == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, v); err != nil || strings.HasPrefix(v, "0") {
		f.invalid(name, "Ngày phải có thật và viết dạng NĂM-THÁNG-NGÀY, ví dụ 2024-12-22.", "A date must be a real day written YYYY-MM-DD.")
		return ""
	}
	return v
}

func (f *fields) visibility() Visibility {
	sub := f.sub("visibility", []string{"kind", "orgs", "roles"})
	if sub == nil {
		return Visibility{Kind: "all"}
	}
	v := Visibility{Kind: sub.oneOf("kind", "all", "orgs", "roles"), Orgs: sub.list("orgs"), Roles: sub.list("roles")}
	sub.need("kind")
	switch v.Kind {
	case "orgs", "roles":
		sub.need(v.Kind)
	}
	return v
}

func (f *fields) source() Source {
	sub := f.sub("source", []string{"author", "title", "publisher", "date"})
	if sub == nil {
		return Source{}
	}
	return Source{Author: sub.text("author", 200), Title: sub.text("title", 500), Publisher: sub.text("publisher", 200), Date: sub.text("date", 40)}
}
