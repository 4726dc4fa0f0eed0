package e2e

import (
	"maps"
	"strings"
	"testing"
)

// hidden is a word that stands in nothing else.
const hidden = "Zqxwvmat"

// TestClassified holds that what is marked as secret is refused and nothing of
// it is kept.
func TestClassified(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		docs, mats := s.desk(t, "documents"), s.desk(t, "materials")
		kept := docs.create(t, with(document("Kept Wordqz"), fields{"abstract": "Quy định về bảo vệ bí mật nhà nước, không phải tài liệu mật.", "secrecy": "none"}))
		m := mats.create(t, material("Kept too", kept.ID))
		for name, more := range marks() {
			a := docs.editor.do(t, "POST", "/v1/editor/documents", with(named(document(hidden), more), more))
			refused(t, name, a)
			a = docs.editor.do(t, "PATCH", docs.path(kept.ID), with(fields{"title": hidden}, more), "If-Match", docs.get(t, kept.ID).tag)
			refused(t, "patch: "+name, a)
		}
		for name, more := range map[string]fields{
			"secrecy": {"secrecy": "Mật"}, "title": {"title": "MẬT"},
			"text":     {"sections": []fields{{"heading": hidden, "html": "<p>TỐI MẬT</p>"}}},
			"question": {"kind": "qa", "items": []fields{{"question": hidden, "answerHtml": "<p>TUYỆT MẬT</p><p>x</p>"}}},
		} {
			body := with(fields{"orgId": org("tinh"), "kind": "learning", "title": hidden}, more)
			refused(t, "material: "+name, mats.editor.do(t, "POST", "/v1/editor/materials", body))
		}
		refused(t, "patch of a material", mats.editor.do(t, "PATCH", mats.path(m.ID),
			fields{"title": hidden, "secrecy": "Tối mật"}, "If-Match", mats.get(t, m.ID).tag))
		if got := docs.get(t, kept.ID); got.Content.Title != "Kept Wordqz" || got.Revision != kept.Revision {
			t.Errorf("a refused change changed the draft: %+v", got)
		}
		s.stop(t)
		if text := e.contents(t); strings.Contains(text, hidden) || !strings.Contains(text, "Wordqz") {
			t.Errorf("the store holds what was refused: %v; what was taken: %v", strings.Contains(text, hidden), strings.Contains(text, "Wordqz"))
		}
		if strings.Contains(s.out.text(), hidden) {
			t.Error("the log holds what was refused")
		}
	})
}

// named leaves the body out that a mark's own fields bring.
func named(body, more fields) fields {
	body = maps.Clone(body)
	if more["markdown"] != nil {
		delete(body, "sections")
	}
	return body
}

func refused(t *testing.T, what string, a *answer) {
	t.Helper()
	if a.status != 422 || !strings.Contains(string(a.body), `"classified_document"`) || strings.Contains(string(a.body), hidden) {
		t.Errorf("%s: %d %s", what, a.status, a.body)
	}
}

// marks are ways in which a document may say that it is secret.
func marks() map[string]fields {
	section := func(html string) []fields { return []fields{{"heading": hidden, "html": html}} }
	return map[string]fields{
		"secrecy":           {"secrecy": "Mật"},
		"secrecy, lower":    {"secrecy": "tuyệt mật"},
		"secrecy, unknown":  {"secrecy": "restricted"},
		"title":             {"title": "TỐI MẬT"},
		"abstract":          {"abstract": hidden + "\nMẬT\n"},
		"stamp in Markdown": {"markdown": "**MẬT**\n\n## " + hidden + "\n\nNội dung.\n"},
		"stamp in a table":  {"markdown": "| TUYỆT MẬT | " + hidden + " |\n|---|---|\n| a | b |\n\n## x\n\ny\n"},
		"label of secrecy":  {"sections": section("<p>Độ mật: Tối mật</p>")},
		"stamp in HTML":     {"sections": section("<p>MẬT</p><p>Nội dung</p>")},
		"spaced stamp":      {"sections": section("<p>T Ố I&nbsp;&nbsp;M Ậ T</p>")},
		"decomposed stamp":  {"sections": section("<p>TUYE\u0302\u0323T MA\u0302\u0323T</p>")},
		"split by markup":   {"sections": section("<p><b>M</b>ẬT</p>")},
		"heading":           {"sections": []fields{{"heading": "MẬT", "html": "<p>" + hidden + "</p>"}}},
		"labelled heading":  {"sections": []fields{{"label": "1", "heading": "TỐI MẬT", "html": "<p>" + hidden + "</p>"}}},
		"label":             {"sections": []fields{{"label": "MẬT", "heading": hidden, "html": "<p>x</p>"}}},
		"place":             {"place": "MẬT"},
		"signer":            {"signer": "TUYỆT MẬT"},
		"issuer":            {"issuer": "TỐI MẬT"},
		"source":            {"source": fields{"title": "TUYỆT MẬT"}},
		"behind a title":    {"title": hidden + " (TUYỆT MẬT)"},
		"before a title":    {"title": "Tối mật - " + hidden},
		"no diacritics":     {"title": "TUYET MAT " + hidden},
		"number of a copy":  {"sections": section("<p>MẬT 01</p>")},
		"look-alikes":       {"sections": section("<p>\u041cẬ\u0422</p>")},
		"relation":          {"relations": []fields{{"kind": "amends", "number": hidden + " (Mật)"}}},
	}
}
