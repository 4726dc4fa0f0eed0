package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"

	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/ingest"
	"sotay/internal/quiz"
	"sotay/internal/quiz/formats"
)

// isQuiz tells a quiz from documents and materials by the file's name.
func isQuiz(name string) bool { return path.Ext(name) == ".gift" }

// check finds what is wrong with a file without storing any of it.
func check(name string, src []byte) []ingest.Problem {
	if !isQuiz(name) {
		_, problems := ingest.Markdown(src)
		return problems
	}
	_, _, problems := readQuiz(src)
	return problems
}

// readQuiz reads a quiz with its questions.
func readQuiz(src []byte) (ingest.QuizFile, formats.File, []ingest.Problem) {
	q, problems := ingest.Quiz(src)
	if ingest.Failed(problems) {
		return q, formats.File{}, problems
	}
	f, err := formats.ReadGIFT([]byte(q.Questions))
	if err != nil {
		return q, f, append(problems, ingest.Problem{Field: "file", Code: "unreadable", VI: explain(err).Error(), EN: err.Error()})
	}
	for _, p := range f.Problems {
		problems = append(problems, ingest.Problem{Line: p.Line, Field: "question", Code: p.Code, VI: p.Text.VI, EN: p.Text.EN, Warning: p.Warning})
	}
	return q, f, problems
}

// quiz imports a quiz: its questions into the bank, in one batch, and the quiz
// that names them. The sources of the questions are keys of documents that were
// imported.
func (im *importer) quiz(ctx context.Context, src []byte) (imported, error) {
	q, f, problems := readQuiz(src)
	for _, p := range problems {
		if !p.Warning {
			return imported{}, fmt.Errorf("line %d: %s: %s", p.Line, p.Field, p.EN)
		}
	}
	sum := sha256.Sum256(src)
	hash, key := hex.EncodeToString(sum[:]), "import/"+q.Key
	if q.Key == "" {
		key = "import/" + hash
	}
	old, err := im.quizzes.ImportedQuiz(ctx, key)
	if err == nil && old.SourceHash == hash {
		return imported{what: "unchanged", kind: quiz.KindQuiz, id: old.ID}, nil
	}
	keys := map[string]string{"": ""}
	for i := range f.Items {
		at := &f.Items[i].Question
		if at.DocumentID, err = im.documentOf(ctx, keys, at.DocumentID); err != nil {
			return imported{}, err
		}
	}
	document, err := im.documentOf(ctx, keys, q.DocumentKey)
	if err != nil {
		return imported{}, err
	}
	report, err := im.quizzes.ImportFile(ctx, im.editor, im.orgID, f, false)
	if err != nil {
		return imported{}, err
	}
	if !report.Applied {
		p := report.Problems[0]
		return imported{}, fmt.Errorf("line %d: %s", p.Line, p.Text.EN)
	}
	in := quizInput(&q, document, report.IDs)
	in.Visibility, in.SourceKey, in.SourceHash = im.visibility(q.Visibility), key, hash
	if old.ID != "" {
		i, err := im.quizzes.UpdateQuiz(ctx, im.editor, old.ID, old.Revision, in)
		return imported{what: "changed", kind: quiz.KindQuiz, id: i.ID}, err
	}
	i, err := im.quizzes.CreateQuiz(ctx, im.editor, im.orgID, in)
	return imported{what: "made", kind: quiz.KindQuiz, id: i.ID}, err
}

// quizInput is a self-check: begun as often as one likes, shown at once, and
// carried along without signal.
func quizInput(q *ingest.QuizFile, documentID string, questions []string) quiz.QuizInput {
	yes, parts := true, []quiz.Part{{QuestionIDs: questions}}
	return quiz.QuizInput{Title: &q.Title, Description: &q.Abstract, DocumentID: &documentID, Language: &q.Language, Topics: &q.Topics, Parts: &parts,
		Rules:   &quiz.Rules{PassMark: q.PassMark, Counts: quiz.Best, ShuffleQuestions: true, ShuffleChoices: true},
		Review:  &quiz.Review{Score: quiz.AfterSubmit, Answers: quiz.AfterSubmit, Explanations: quiz.AfterSubmit},
		Offline: &yes, Practice: &yes}
}

// documentOf returns the document that was imported under a key.
func (im *importer) documentOf(ctx context.Context, known map[string]string, key string) (string, error) {
	if id, ok := known[key]; ok {
		return id, nil
	}
	document, _, err := im.library.Imported(ctx, "import/"+key)
	if err != nil {
		return "", err
	}
	if document == nil {
		return "", fmt.Errorf("document %q: no such document has been imported", key)
	}
	known[key] = document.ID
	return document.ID, nil
}

// releaseQuestions takes the questions of a draft through the rest of their
// life, those that are not out yet.
func (im *importer) releaseQuestions(ctx context.Context, quizID string, approver *caller.Caller) error {
	i, err := im.quizzes.EditorQuiz(ctx, im.editor, quizID)
	if err != nil || i.Stands() != "draft" {
		return err
	}
	var ids []string
	for _, p := range i.Payload.Parts {
		ids = append(ids, p.QuestionIDs...)
	}
	for _, step := range []struct {
		verb editorial.Verb
		by   *caller.Caller
	}{{editorial.Submit, im.editor}, {editorial.Approve, approver}, {editorial.Publish, approver}} {
		done, err := im.quizzes.StepQuestions(ctx, step.by, ids, step.verb, "")
		if err != nil {
			return err
		}
		for _, d := range done {
			if d.Fault != nil && d.Fault.Code != "wrong_state" { // it is further on already
				return errors.Join(fmt.Errorf("question %s", d.ID), explain(d.Fault))
			}
		}
	}
	return nil
}
