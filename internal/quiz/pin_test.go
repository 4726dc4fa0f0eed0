package quiz

import (
	"context"
	"slices"
	"testing"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/quiz/question"
)

// handIn makes a quiz of an organisation and hands it in.
func (f *fixture) handIn(ctx context.Context, orgID string, parts ...Part) (string, error) {
	i, err := f.CreateQuiz(ctx, f.editor, orgID, QuizInput{Title: ptr("Đề"), Parts: &parts, Rules: &Rules{Counts: Best, PassMark: 50}})
	if err != nil {
		return "", err
	}
	_, err = f.StepQuiz(ctx, f.editor, i.ID, editorial.Submit, 0, "lý do")
	return i.ID, err
}

// questionOf publishes a question of an organisation.
func (f *fixture) questionOf(t *testing.T, orgID, text string) string {
	t.Helper()
	q, err := f.CreateQuestion(t.Context(), f.editor, orgID, question.Question{Kind: question.TrueFalse, Text: text, Topic: "Điều lệ", Difficulty: question.Easy})
	if err != nil {
		t.Fatal(err)
	}
	f.steps(t, func(by *caller.Caller, v editorial.Verb) error {
		_, err := f.StepQuestion(t.Context(), by, q.ID, v, 0, "lý do")
		return err
	}, editorial.Submit, editorial.Approve, editorial.Publish)
	return q.ID
}

// An organisation's quiz names and draws its own questions and those of the ones
// below it, never those above or beside it.
func TestQuestionsOfAQuiz(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	ctx := t.Context()
	byOrg := map[string]string{}
	for _, org := range []string{"root", "a", "b"} {
		byOrg[org] = f.questionOf(t, org, "Câu của "+org)
	}
	for org, uses := range map[string][]string{"root": {"root", "a", "b"}, "a": {"a"}, "b": {"b"}} {
		id, err := f.handIn(ctx, org, Part{Count: 1, Topic: "điều lệ"})
		if err != nil {
			t.Fatal(err)
		}
		i, err := f.EditorQuiz(ctx, f.editor, id)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range i.Payload.Parts[0].Pinned {
			got = append(got, p.QuestionID)
		}
		var want []string
		for _, u := range uses {
			want = append(want, byOrg[u])
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s draws from %v, want %v", org, got, want)
		}
		for other, q := range byOrg {
			_, err := f.handIn(ctx, org, Part{QuestionIDs: []string{q}})
			if allowed := slices.Contains(uses, other); allowed != (err == nil) {
				t.Errorf("%s names a question of %s: %v", org, other, err)
			} else if !allowed {
				wantField(t, err, "/parts/0/questionIds/0", "not_published")
			}
		}
	}
	_, err := f.handIn(ctx, "a", Part{Count: 2, Topic: "Điều lệ"})
	wantField(t, err, "/parts/0/count", "too_few")
}

// wantField holds that an error names a field with a code.
func wantField(t *testing.T, err error, pointer, code string) {
	t.Helper()
	if f := fault.As(err); f == nil || !slices.ContainsFunc(f.Fields, func(at fault.Field) bool { return at.Pointer == pointer && at.Code == code }) {
		t.Errorf("%+v, want %s at %s", err, code, pointer)
	}
}

// No attempt has a question twice: parts that share one are refused, whether
// they name it or might draw it.
func TestPartsShareNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	one, two := f.questionOf(t, "a", "Câu một"), f.questionOf(t, "a", "Câu hai")
	for name, c := range map[string]struct {
		parts    []Part
		at, code string
	}{
		"named in both":        {[]Part{{QuestionIDs: []string{one, two}}, {QuestionIDs: []string{two}}}, "/parts/1/questionIds/0", "duplicate"},
		"named and drawn":      {[]Part{{QuestionIDs: []string{one}}, {Count: 1, Topic: "Điều lệ"}}, "/parts/1", "overlaps"},
		"drawn in both":        {[]Part{{Count: 1, Topic: "Điều lệ"}, {Count: 1, Difficulty: question.Easy}}, "/parts/1", "overlaps"},
		"the first and third":  {[]Part{{QuestionIDs: []string{one}}, {QuestionIDs: []string{two}}, {QuestionIDs: []string{one}}}, "/parts/2/questionIds/0", "duplicate"},
		"apart":                {[]Part{{QuestionIDs: []string{one}}, {QuestionIDs: []string{two}}}, "", ""},
		"one part alone draws": {[]Part{{Count: 2, Topic: "Điều lệ"}}, "", ""},
	} {
		_, err := f.handIn(t.Context(), "a", c.parts...)
		if c.at == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		wantField(t, err, c.at, c.code)
	}
}

// Of the ids that an editor sends with a change, those are kept that the
// question gave; what is made up becomes an id that tells nothing.
func TestIDsOfOptions(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	q := question.Question{Kind: question.Single, Text: "Câu", Choices: []question.Choice{{Text: "Sai"}, {Text: "Đúng", Right: true}}}
	i, err := f.CreateQuestion(t.Context(), f.editor, "root", q)
	if err != nil {
		t.Fatal(err)
	}
	given := i.Payload.Choices
	if given[0].ID == "" || given[1].ID == "" || given[0].ID == given[1].ID {
		t.Fatalf("ids: %+v", given)
	}
	q.Choices = []question.Choice{{ID: given[1].ID, Text: "Đúng hơn", Right: true}, {ID: "sai", Text: "Sai"}, {ID: given[0].ID, Text: "Sai nữa"}}
	i, err = f.UpdateQuestion(t.Context(), f.editor, i.ID, 0, q)
	if err != nil {
		t.Fatal(err)
	}
	got := i.Payload.Choices
	if got[0].ID != given[1].ID || got[2].ID != given[0].ID || got[1].ID == "" || got[1].ID == "sai" {
		t.Errorf("ids: %+v, given %+v", got, given)
	}
}

// A question of a contest is nobody else's until its last round is over: a quiz
// that shows answers would tell the contest's key. Who has handled a question of
// the contest takes no part in it.
func TestQuestionsOfAContestAreReserved(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), newClock())
	ctx := t.Context()
	author := *f
	author.editor = who("author", "root", caller.Editor)
	asked, free := author.questionOf(t, "root", "Câu của cuộc thi"), f.questionOf(t, "root", "Câu khác")
	c := newContest(t, f, func(in *ContestInput) { (*in.Rounds)[0].Parts = []Part{{QuestionIDs: []string{asked}}} })

	_, err := f.handIn(ctx, "root", Part{QuestionIDs: []string{free, asked}})
	wantField(t, err, "/parts/0/questionIds/1", "reserved")
	id, err := f.handIn(ctx, "root", Part{Count: 1, Topic: "Điều lệ"})
	if err != nil {
		t.Fatal(err)
	}
	if q, err := f.EditorQuiz(ctx, f.editor, id); err != nil || len(q.Payload.Parts[0].Pinned) != 1 || q.Payload.Parts[0].Pinned[0].QuestionID != free {
		t.Errorf("a quiz draws %+v, %v", q.Payload.Parts, err)
	}
	other, err := f.CreateContest(ctx, f.editor, "root", ContestInput{Title: ptr("Cuộc thi khác"), Rounds: &[]Round{{Title: "Vòng 1", Window: c.window, Rules: Rules{TimeLimitSeconds: 600},
		Parts: []Part{{QuestionIDs: []string{asked}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.StepContest(ctx, f.editor, other.ID, editorial.Submit, 0, "")
	wantField(t, err, "/rounds/0/parts/0/questionIds/0", "reserved")
	for _, who := range []*caller.Caller{author.editor, f.approver} {
		_, _, err := f.StartRound(ctx, who, c.id, 1)
		wantFault(t, err, contestStaff)
	}

	shown := f.questionOf(t, "root", "Câu đã có trong một đề")
	quizID, err := f.handIn(ctx, "root", Part{QuestionIDs: []string{shown}})
	if err != nil {
		t.Fatal(err)
	}
	f.step(t, quizID, editorial.Approve, editorial.Publish)
	newContest(t, f, func(in *ContestInput) { (*in.Rounds)[0].Parts = []Part{{QuestionIDs: []string{shown}}} })
	if _, err := f.handIn(ctx, "root", Part{QuestionIDs: []string{shown}}); err != nil {
		t.Errorf("what a quiz shows already: %v", err)
	}

	f.clock.at.Store(c.window.ClosesAt.Add(settleAfter).UnixMilli())
	if _, err := f.handIn(ctx, "root", Part{QuestionIDs: []string{free, asked}}); err != nil {
		t.Errorf("after the close: %v", err)
	}
}
