package formats

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"sotay/internal/fault"
	"sotay/internal/quiz/question"
)

// awkward are pieces of text that one of the formats takes for a sign.
var awkward = []string{"=", "~", "#", "{", "}", ":", "::", "\\", `\n`, "\n", "\n\n", "->", `-\>`, "####", "%50%", "%-100%", "*", "//", "$CATEGORY: x",
	"[html]", "[plain]", "<b>", "&lt;", "A. ", "B) ", "ANSWER: A", ",", ";", "\"", "'", "=1+1", "@x", "-1", "\t", "1.5", "12/5", "TRUE", "_x0041_", "đ", "Ệ", "v.v.", " "}

func anyText(t *rapid.T, label string) string {
	return rapid.Custom(func(t *rapid.T) string {
		out := ""
		for range rapid.IntRange(1, 5).Draw(t, "pieces") {
			if rapid.Bool().Draw(t, "awkward") {
				out += rapid.SampledFrom(awkward).Draw(t, "piece")
			} else {
				out += rapid.StringN(0, 8, 24).Draw(t, "text")
			}
		}
		return out
	}).Draw(t, label)
}

// anyQuestion is any question that the bank takes.
func anyQuestion(t *rapid.T) question.Question {
	return rapid.Custom(func(t *rapid.T) question.Question {
		q := question.Question{Kind: rapid.SampledFrom(question.Kinds()).Draw(t, "kind"), Text: anyText(t, "text"), True: rapid.Bool().Draw(t, "true"),
			Partial: rapid.Bool().Draw(t, "partial"), Difficulty: rapid.SampledFrom(question.Difficulties()).Draw(t, "difficulty")}
		if rapid.Bool().Draw(t, "explained") {
			q.Explanation = anyText(t, "explanation")
		}
		if rapid.Bool().Draw(t, "topical") {
			q.Topic = anyText(t, "topic")
		}
		if rapid.Bool().Draw(t, "sourced") {
			q.DocumentID, q.SectionID = "van-ban-1", rapid.StringMatching(`([a-z0-9]{1,8}(-[a-z0-9]{1,4})?)?`).Draw(t, "section")
		}
		right := rapid.IntRange(0, 20).Draw(t, "right")
		for i := range rapid.IntRange(1, 12).Draw(t, "n") {
			o := anyText(t, "option")
			q.Choices = append(q.Choices, question.Choice{Text: o, Right: i == right || q.Kind == question.Multiple && rapid.Bool().Draw(t, "also")})
			q.Pairs = append(q.Pairs, question.Pair{Prompt: anyText(t, "prompt"), Option: o})
			q.Steps = append(q.Steps, question.Option{Text: o})
			q.Accepted = append(q.Accepted, o)
			if rapid.Bool().Draw(t, "spare") {
				q.Spare = append(q.Spare, question.Option{Text: anyText(t, "spare option")})
			}
		}
		return q.Normal()
	}).Filter(func(q question.Question) bool { return len(q.Check(fault.BadInput, "").Fields) == 0 }).Draw(t, "question")
}

// withoutIDs is a question without the ids of its options.
func withoutIDs(q question.Question) question.Question {
	for i := range q.Choices {
		q.Choices[i].ID = ""
	}
	for i := range q.Pairs {
		q.Pairs[i].PromptID, q.Pairs[i].OptionID = "", ""
	}
	for i := range q.Spare {
		q.Spare[i].ID = ""
	}
	for i := range q.Steps {
		q.Steps[i].ID = ""
	}
	return q
}

// comesBack writes questions, reads them again and compares.
func comesBack(t *rapid.T, items []Item, name string, write func(*bytes.Buffer) error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	f, err := Read(name, b.Bytes())
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if len(f.Problems) > 0 || len(f.Items) != len(items) {
		t.Fatalf("%d of %d came back, %+v\n%s", len(f.Items), len(items), f.Problems, b.String())
	}
	for i := range items {
		want, got := items[i], f.Items[i]
		if a, b2 := withoutIDs(want.Question), withoutIDs(got.Question); !reflect.DeepEqual(a, b2) || want.ID != got.ID || want.Revision != got.Revision {
			t.Fatalf("wrote %s %d %+v\nread  %s %d %+v\n%s", want.ID, want.Revision, a, got.ID, got.Revision, b2, b.String())
		}
	}
}

func anyItems(t *rapid.T, fit func(*question.Question) bool) []Item {
	var out []Item
	for i := range rapid.IntRange(1, 3).Draw(t, "questions") {
		it := Item{Question: anyQuestion(t)}
		if !fit(&it.Question) {
			t.Skip("the format can't hold it")
		}
		if rapid.Bool().Draw(t, "exported") {
			it.ID, it.Revision = fmt.Sprintf("0193%04d-aaaa", i), rapid.Int64Range(1, 1<<40).Draw(t, "revision")
		}
		out = append(out, it)
	}
	return out
}

func anything(*question.Question) bool { return true }

// What is written as GIFT is read again as it was: every question that the bank
// takes.
func TestGIFTRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := anyItems(t, anything)
		comesBack(t, items, "a.gift", func(b *bytes.Buffer) error { return WriteGIFT(b, items) })
	})
}

// The same holds for tables.
func TestTableRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := anyItems(t, anything)
		comesBack(t, items, "a.csv", func(b *bytes.Buffer) error { return WriteCSV(b, items) })
		comesBack(t, items, "a.xlsx", func(b *bytes.Buffer) error { return WriteTable(b, items) })
	})
}

// Aiken holds what UnfitForAiken does not refuse, but for what it has no place
// for.
func TestAikenRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		q.Kind, q.Partial, q.True = question.Single, false, false
		q.Explanation, q.Topic, q.Difficulty, q.DocumentID, q.SectionID = "", "", question.Medium, "", ""
		q.Pairs, q.Spare, q.Steps, q.Accepted, q.Choices = nil, nil, nil, nil, nil
		for i := range rapid.IntRange(2, 5).Draw(t, "choices") {
			q.Choices = append(q.Choices, question.Choice{Text: anyText(t, "choice"), Right: i == 1})
		}
		q = q.Normal()
		if bad := UnfitForAiken(&q); bad.EN != "" || len(q.Check(fault.BadInput, "").Fields) > 0 {
			t.Skip("the format can't hold it")
		}
		items := []Item{{Question: q}}
		comesBack(t, items, "a.aiken", func(b *bytes.Buffer) error { return WriteAiken(b, items) })
	})
}
