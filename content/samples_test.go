package content_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sotay/content"
	"sotay/internal/ingest"
	"sotay/internal/quiz/formats"
	"sotay/internal/quiz/question"
)

// sampleWords is what every sample says of itself, so that nobody takes it for
// the text of a resolution.
const sampleWords = "tài liệu học tập mẫu, biên soạn theo thông tin báo chí công khai"

// topics are the slugs in use. A new one is a decision: it becomes a filter on
// every phone.
var topics = []string{"bai-thu-hoach", "bao-cao-vien", "chuong-trinh-hanh-dong", "dai-hoi-dang-bo-tinh", "hoc-tap-nghi-quyet",
	"hoc-truc-tuyen", "hoi-nghi-hoc-tap", "khao-sat-nhan-thuc", "mien-sinh-hoat", "nguoi-lao-dong", "so-tay-dang-vien-dien-tu",
	"tai-lieu-hoc-tap", "vung-sau-vung-xa"}

type sample struct {
	name, text string
	doc        ingest.Document
}

func samples(t *testing.T, folder string) []sample {
	t.Helper()
	names, err := fs.Glob(content.Files, folder+"/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []sample
	for _, name := range names {
		src, err := content.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, problems := ingest.Markdown(src)
		for _, p := range problems {
			if !p.Warning {
				t.Errorf("%s:%d: %s: %s", name, p.Line, p.Field, p.EN)
			}
		}
		out = append(out, sample{name, string(src), doc})
	}
	return out
}

func TestEverySampleSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, s := range append(samples(t, "documents"), samples(t, "materials")...) {
		front, body, ok := strings.Cut(strings.TrimPrefix(s.text, "---\n"), "\n---\n")
		if !ok {
			t.Fatalf("%s has no front matter", s.name)
		}
		if first, _, _ := strings.Cut(front, "\n"); !strings.Contains(strings.ToLower(first), sampleWords) {
			t.Errorf("%s: the first line is %q", s.name, first)
		}
		source := s.doc.Meta.Source
		if source.Author == "" || source.Title == "" || source.Date == "" {
			t.Errorf("%s: source is %+v", s.name, source)
		}
		first, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
		for _, want := range []string{sampleWords, source.Title} {
			if !strings.Contains(first, want) {
				t.Errorf("%s: the body begins with %q, without %q", s.name, first, want)
			}
		}
		if s.doc.Meta.Number != "" || s.doc.Meta.Kind == "document" && s.doc.Meta.DocType != "studyDocument" {
			t.Errorf("%s looks like an issued document: %q %q", s.name, s.doc.Meta.DocType, s.doc.Meta.Number)
		}
		for _, topic := range s.doc.Meta.Topics {
			if !slices.Contains(topics, topic) {
				t.Errorf("%s: topic %q is not in use elsewhere", s.name, topic)
			}
		}
	}
}

func TestEachDocumentHasItsMaterials(t *testing.T) {
	t.Parallel()
	documents := samples(t, "documents")
	if len(documents) != 5 {
		t.Errorf("%d study documents, want one for each of five provinces", len(documents))
	}
	kinds, audiences := map[string][]string{}, map[string]bool{}
	for _, m := range samples(t, "materials") {
		kinds[m.doc.Meta.DocumentKey] = append(kinds[m.doc.Meta.DocumentKey], m.doc.Meta.MaterialKind)
		for _, a := range m.doc.Meta.Audience {
			audiences[a] = true
		}
	}
	for _, d := range documents {
		if n := words(d.text); n < 600 || n > 1500 {
			t.Errorf("%s has %d words, want 600 to 1,500", d.name, n)
		}
		for _, kind := range []string{"qa", "learning"} {
			if !slices.Contains(kinds[d.doc.Meta.Key], kind) {
				t.Errorf("%s has no material of kind %s", d.name, kind)
			}
		}
		delete(kinds, d.doc.Meta.Key)
	}
	if len(kinds) > 0 {
		t.Errorf("materials name documents that are not there: %v", kinds)
	}
	for _, a := range []string{"general", "ethnicMinority", "remote", "privateEnterprise", "fdiEnterprise"} {
		if !audiences[a] {
			t.Errorf("no material is written for %s", a)
		}
	}
}

// words counts those of the body; in Vietnamese each syllable is one.
func words(text string) int {
	_, body, _ := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	return len(regexp.MustCompile(`[\p{L}\p{M}\d]+`).FindAllString(regexp.MustCompile(`\{#[^}]*\}`).ReplaceAllString(body, ""), -1))
}

func TestAnswersPointToSections(t *testing.T) {
	t.Parallel()
	sections := map[string][]string{}
	for _, d := range samples(t, "documents") {
		for _, s := range d.doc.Sections {
			sections[d.doc.Meta.Key] = append(sections[d.doc.Meta.Key], s.ID)
		}
	}
	for _, m := range samples(t, "materials") {
		if m.doc.Meta.MaterialKind != "qa" {
			continue
		}
		if n := len(m.doc.Items); n < 8 || n > 12 {
			t.Errorf("%s has %d questions, want 8 to 12", m.name, n)
		}
		for _, item := range m.doc.Items {
			if len(item.SectionIDs) == 0 {
				t.Errorf("%s: %s points nowhere", m.name, item.ID)
			}
			for _, id := range item.SectionIDs {
				if !slices.Contains(sections[m.doc.Meta.DocumentKey], id) {
					t.Errorf("%s: %s points to #%s, which is not there", m.name, item.ID, id)
				}
			}
		}
	}
}

// Each province has a self-check of 10 to 15 questions; every answer is
// explained and points to a section that is there.
func TestQuizzes(t *testing.T) {
	t.Parallel()
	sections := map[string]map[string]string{} // by document: id to number
	for _, d := range samples(t, "documents") {
		sections[d.doc.Meta.Key] = map[string]string{}
		for _, s := range d.doc.Sections {
			sections[d.doc.Meta.Key][s.ID] = strings.TrimSuffix(s.Label, ".")
		}
	}
	names, err := fs.Glob(content.Files, "quizzes/*.gift")
	if err != nil || len(names) != len(sections) {
		t.Fatalf("%d quizzes for %d documents, %v", len(names), len(sections), err)
	}
	for _, name := range names {
		src, err := content.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		q, problems := ingest.Quiz(src)
		f, err := formats.ReadGIFT([]byte(q.Questions))
		if err != nil || len(problems) > 0 || len(f.Problems) > 0 {
			t.Fatalf("%s: %+v %+v %v", name, problems, f.Problems, err)
		}
		for _, line := range []int{1, firstLine(q.Questions)} {
			if text := strings.ToLower(strings.Split(string(src), "\n")[line]); !strings.Contains(text, sampleWords) {
				t.Errorf("%s: line %d does not say what it is: %s", name, line+1, text)
			}
		}
		if !strings.Contains(string(src), q.Source.Title) || q.Source.Date == "" || q.PassMark != 70 || sections[q.DocumentKey] == nil {
			t.Errorf("%s: %+v", name, q)
		}
		for _, topic := range q.Topics {
			if !slices.Contains(topics, topic) {
				t.Errorf("%s: topic %q is new", name, topic)
			}
		}
		checkQuestions(t, name, &q, &f, sections)
		delete(sections, q.DocumentKey)
	}
}

// firstLine is the first line below the front matter, from 0.
func firstLine(body string) int { return len(body) - len(strings.TrimLeft(body, "\n")) }

func checkQuestions(t *testing.T, name string, q *ingest.QuizFile, f *formats.File, sections map[string]map[string]string) {
	t.Helper()
	if n := len(f.Items); n < 10 || n > 15 {
		t.Errorf("%s has %d questions, want 10 to 15", name, n)
	}
	kinds, texts := map[question.Kind]bool{}, map[string]bool{}
	for _, i := range f.Items {
		x := &i.Question
		kinds[x.Kind] = true
		if texts[x.Text] {
			t.Errorf("%s:%d: the question stands twice", name, i.Place.Line)
		}
		texts[x.Text] = true
		number := regexp.MustCompile(`^Mục (\d+): `).FindStringSubmatch(x.Explanation)
		if number == nil || x.DocumentID != q.DocumentKey || x.Topic == "" {
			t.Errorf("%s:%d: %+v", name, i.Place.Line, x)
			continue
		}
		if at := sections[q.DocumentKey][x.SectionID]; at != number[1] {
			t.Errorf("%s:%d: the explanation names section %s, the source is %q, number %q", name, i.Place.Line, number[1], x.SectionID, at)
		}
	}
	if !kinds[question.Single] || !kinds[question.Multiple] || !kinds[question.TrueFalse] || !kinds[question.Matching] && !kinds[question.Ordering] {
		t.Errorf("%s has only %v", name, kinds)
	}
}
