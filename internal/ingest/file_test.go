package ingest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// codes returns "code@line field" for each problem, warnings with a "~".
func codes(problems []Problem) []string {
	var out []string
	for _, p := range problems {
		mark := ""
		if p.Warning {
			mark = "~"
		}
		out = append(out, mark+p.Code+"@"+string(rune('0'+p.Line/10))+string(rune('0'+p.Line%10))+" "+p.Field)
	}
	return out
}

const resolution = `---
kind: document
key: nq57
title: Nghị quyết về đột phá phát triển khoa học, công nghệ
abstract: Trích yếu
type: nghị quyết
issuer: Bộ Chính trị
number: 57 - NQ/TW
issuedOn: 2024-12-22
topics: [khoa học, công nghệ, khoa học]
visibility:
  kind: orgs
  orgs: [x]
source: {author: A, date: 2024-12-23}
secrecy: không
---
Lời mở đầu.

# I. Quan điểm {#quan-diem}
Một *hai*.

## Điều 5. Tên
| a | b |
|---|---|
| 1 | 2 |
`

func TestMarkdownReadsADocument(t *testing.T) {
	t.Parallel()
	want := Document{
		Meta: Meta{
			Kind: "document", Key: "nq57", Title: "Nghị quyết về đột phá phát triển khoa học, công nghệ", Abstract: "Trích yếu",
			DocType: "resolution", Issuer: "Bộ Chính trị", Number: "57-NQ/TW", IssuedOn: "2024-12-22", Language: "vi",
			Topics: []string{"khoa học", "công nghệ"}, Visibility: Visibility{Kind: "orgs", Orgs: []string{"x"}},
			Source: Source{Author: "A", Date: "2024-12-23"}, Secrecy: "không",
		},
		Sections: []Section{
			{Level: 1, HTML: "<p>Lời mở đầu.</p>"},
			{ID: "quan-diem", Level: 1, Label: "I", Heading: "Quan điểm", HTML: "<p>Một <em>hai</em>.</p>"},
			{Level: 2, Label: "Điều 5", Heading: "Tên", HTML: "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>"},
		},
	}
	for name, src := range map[string]string{
		"as typed": resolution, "decomposed": norm.NFD.String(resolution),
		"from Windows": "\ufeff" + strings.ReplaceAll(resolution, "\n", "\r\n"), "from an old Mac": strings.ReplaceAll(resolution, "\n", "\r"),
	} {
		got, problems := Markdown([]byte(src))
		if len(problems) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: problems %v\ngot  %+v\nwant %+v", name, problems, got, want)
		}
	}
}

func TestMarkdownNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	doc := func(lines ...string) string {
		return "---\nkind: document\ntitle: T\ntype: plan\n" + strings.Join(lines, "\n") + "\n---\nx\n"
	}
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"good", doc(), nil},
		{"unknown key", doc("tilte: x"), []string{"unknown_key@05 tilte"}},
		{"unknown key within a group", doc("source:", "  autor: x"), []string{"unknown_key@06 source.autor"}},
		{"double key", doc("title: x"), []string{"duplicate_key@05 title"}},
		{"not a day", doc("issuedOn: 2025-02-29"), []string{"invalid@05 issuedOn"}},
		{"day in another form", doc("effectiveOn: 22/12/2024"), []string{"invalid@05 effectiveOn"}},
		{"bad number", doc("number: năm mươi"), []string{"invalid@05 number"}},
		{"list where a string belongs", doc("issuer: [a]"), []string{"invalid@05 issuer"}},
		{"string where a list belongs", doc("topics: a"), []string{"invalid@05 topics"}},
		{"string where a group belongs", doc("visibility: all"), []string{"invalid@05 visibility"}},
		{"orgs without names", doc("visibility: {kind: orgs}"), []string{"required@05 visibility.orgs"}},
		{"alias", doc("issuer: &a x", "signer: *a"), []string{"front_matter_alias@05 file"}},
		{"control character", doc(`issuer: "a\0b"`), []string{"invalid@05 issuer"}},
		{"unused key", doc("materialKind: qa"), []string{"~unused_key@05 materialKind"}},
		{"nothing declared", "---\n---\nx", []string{"required@01 kind", "required@01 title"}},
		{"wrong kind", "---\nkind: law\ntitle: x\n---\nx", []string{"invalid@02 kind"}},
		{"empty title", "---\nkind: document\ntype: plan\ntitle:\n---\nx", []string{"required@04 title"}},
		{"material without kind", "---\nkind: material\ntitle: x\n---\nx", []string{"required@02 materialKind"}},
		{"unknown type", "---\nkind: document\ntitle: x\ntype: thơ\n---\nx", []string{"invalid@04 type"}},
		{"not closed", "---\nkind: document\n", []string{"front_matter_open@01 file"}},
		{"no YAML", "---\nkind: [\n---\nx", []string{"front_matter_yaml"}},
		{"a list", "---\n- a\n---\nx", []string{"front_matter_shape@01 file"}},
		{"not UTF-8", "a\nb\xff", []string{"not_utf8@02 file"}},
		{"NUL", "a\n\nb\x00", []string{"nul_byte@03 file"}},
		{"too large", strings.Repeat("a", maxFile+1), []string{"too_large@00 file"}},
		{"front matter too large", "---\n# " + strings.Repeat("a", maxFrontMatter) + "\n---\nx", []string{"front_matter_too_large@01 file"}},
		{"no front matter", "x", nil},
		{"empty file", "", []string{"~empty_body@01 body"}},
		{"double id", "# A {#a}\n\n# B {#a}\n", []string{"duplicate_id@03 body"}},
		{"bad id after front matter", doc() + "\n# A {#Ă}\n", []string{"bad_id@09 body"}},
		{"raw HTML and images", "x <b>y</b>\n\n![a](b.png)\n", []string{"~raw_html_dropped@01 body", "~image_dropped@03 body"}},
		{"nested beyond reason", "x\n\n" + strings.Repeat("> ", 50) + "x", []string{"nesting_too_deep@03 body"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Markdown([]byte(c.src))
			got := codes(problems)
			same := slices.EqualFunc(got, c.want, func(g, w string) bool { return g == w || strings.HasPrefix(g, w+"@") })
			if !same {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, p := range problems {
				if p.VI == "" || p.EN == "" {
					t.Errorf("%q says nothing", p.Code)
				}
			}
		})
	}
}

func TestMarkdownKeepsNothingClassified(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		strings.Replace(resolution, "secrecy: không", "secrecy: Mật", 1),
		strings.Replace(resolution, "Lời mở đầu.", "**TỐI MẬT**", 1),
	} {
		d, problems := Markdown([]byte(src))
		if !reflect.DeepEqual(d, Document{}) || len(problems) != 1 || problems[0].Code != "classified" || strings.Contains(problems[0].VI, "khoa học") {
			t.Errorf("got %+v, %+v", d, problems)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{resolution, "---\n---\n", "---\nkind: material\nmaterialKind: qa\n---\n## a\nb\nMục: #x\n", "a\n===\n", "# {#a}", "---\na: &a [*a]\n---"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, problems := Markdown(src)
		items, _ := QABody(src)
		if len(problems) > maxProblems {
			t.Fatalf("%d problems", len(problems))
		}
		texts := []string{d.Meta.Title, d.Meta.Issuer}
		for _, s := range d.Sections {
			texts = append(texts, s.Heading, s.HTML, s.Label)
		}
		for _, i := range items {
			texts = append(texts, i.Question, i.AnswerHTML)
		}
		for _, s := range texts {
			if !norm.NFC.IsNormalString(s) || strings.ContainsRune(s, 0) {
				t.Fatalf("%q is not clean", s)
			}
		}
	})
}
