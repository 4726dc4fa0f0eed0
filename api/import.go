package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/editorial"
	"sotay/internal/fault"
	"sotay/internal/ingest"
	"sotay/internal/library"
	"sotay/internal/quiz"
	"sotay/internal/study"
)

// maxImport bounds a file of the import command, in bytes.
const maxImport = 2 << 20

func (p *program) importCommand() *cobra.Command {
	var by, org string
	var dryRun bool
	cmd := &cobra.Command{Use: "import FILE.md …", Short: "Import documents, materials and quizzes as drafts", Args: cobra.MinimumNArgs(1),
		Long: "Imports Markdown files and quizzes (.gift), both with front matter, as drafts in the name of an editor. The same file twice makes no second draft; a changed file changes the draft. Nothing of a file is stored when it has an error.",
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.withApp(cmd, func(ctx context.Context, a *app) error {
				return p.importFiles(ctx, a, files, by, org, dryRun)
			})
		}}
	cmd.Flags().StringVar(&by, "by", "", "username of the editor who answers for the import")
	cmd.Flags().StringVar(&org, "org", "", "id of the organisation whose editors look after it (default: the root)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "check only; store nothing")
	return cmd
}

func (p *program) importFiles(ctx context.Context, a *app, files []string, by, org string, dryRun bool) error {
	im := importer{app: a, orgID: org}
	if !dryRun {
		if by == "" {
			return errors.New("--by is needed: who answers for the import?")
		}
		var err error
		if im.editor, err = a.callerNamed(ctx, by); err != nil {
			return err
		}
	}
	if root, ok := a.directory.Root(); ok && org == "" {
		im.orgID = root.ID
	}
	failed := 0
	for _, name := range files {
		if err := p.importFile(ctx, &im, name, dryRun); err != nil {
			failed++
			fmt.Fprintf(p.out, "%s: %v\n", name, err)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files were not imported", failed, len(files))
	}
	return nil
}

func (p *program) importFile(ctx context.Context, im *importer, name string, dryRun bool) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxImport {
		return fmt.Errorf("not a file of at most %d bytes", maxImport)
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	problems := check(name, src)
	for _, x := range problems {
		kind := "error"
		if x.Warning {
			kind = "warning"
		}
		fmt.Fprintf(p.out, "%s:%d: %s: %s: %s\n", name, x.Line, kind, x.Field, x.VI)
	}
	if ingest.Failed(problems) {
		return errors.New("has errors")
	}
	if dryRun {
		fmt.Fprintf(p.out, "%s: would be imported\n", name)
		return nil
	}
	res, err := im.file(ctx, name, src)
	if err != nil {
		return explain(err)
	}
	fmt.Fprintf(p.out, "%s: %s %s %s\n", name, res.what, res.kind, res.id)
	return nil
}

// explain writes a fault with its fields for the command line.
func explain(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	text := f.Detail.VI
	for _, x := range f.Fields {
		text += fmt.Sprintf(" [%s: %s]", x.Pointer, x.Detail.VI)
	}
	return errors.New(text)
}

// importer brings Markdown files into the library in the name of an editor.
type importer struct {
	*app
	editor *caller.Caller
	orgID  string
}

// imported is what became of a file.
type imported struct{ what, kind, id string }

// file imports one file. It is repeatable by the file's key.
func (im *importer) file(ctx context.Context, name string, src []byte) (imported, error) {
	if isQuiz(name) {
		return im.quiz(ctx, src)
	}
	doc, problems := ingest.Markdown(src)
	for _, p := range problems {
		if !p.Warning {
			return imported{}, fmt.Errorf("line %d: %s: %s", p.Line, p.Field, p.EN)
		}
	}
	sum := sha256.Sum256(src)
	hash, key := hex.EncodeToString(sum[:]), doc.Meta.Key
	if key == "" {
		key = hash
	}
	key = "import/" + key
	oldDocument, oldMaterial, err := im.library.Imported(ctx, key)
	if err != nil {
		return imported{}, err
	}
	switch {
	case oldDocument != nil && oldDocument.SourceHash == hash:
		return imported{what: "unchanged", kind: library.KindDocument, id: oldDocument.ID}, nil
	case oldMaterial != nil && oldMaterial.SourceHash == hash:
		return imported{what: "unchanged", kind: library.KindMaterial, id: oldMaterial.ID}, nil
	case doc.Meta.Kind == library.KindDocument:
		return im.document(ctx, im.documentInput(&doc, key, hash), oldDocument)
	}
	in, err := im.materialInput(ctx, &doc, key, hash)
	if err != nil {
		return imported{}, err
	}
	return im.material(ctx, doc.Meta.MaterialKind, in, oldMaterial)
}

func (im *importer) document(ctx context.Context, in library.DocumentInput, old *library.DocumentItem) (imported, error) {
	if old != nil {
		i, err := im.library.UpdateDocument(ctx, im.editor, old.ID, old.Revision, in)
		return imported{what: "changed", kind: library.KindDocument, id: i.ID}, err
	}
	i, err := im.library.CreateDocument(ctx, im.editor, im.orgID, in)
	return imported{what: "made", kind: library.KindDocument, id: i.ID}, err
}

func (im *importer) material(ctx context.Context, kind string, in library.MaterialInput, old *library.MaterialItem) (imported, error) {
	if old != nil {
		i, err := im.library.UpdateMaterial(ctx, im.editor, old.ID, old.Revision, in)
		return imported{what: "changed", kind: library.KindMaterial, id: i.ID}, err
	}
	i, err := im.library.CreateMaterial(ctx, im.editor, im.orgID, kind, in)
	return imported{what: "made", kind: library.KindMaterial, id: i.ID}, err
}

func (im *importer) documentInput(d *ingest.Document, key, hash string) library.DocumentInput {
	m := &d.Meta
	sections := librarySections(d.Sections)
	return library.DocumentInput{Type: &m.DocType, Number: &m.Number, Title: &m.Title, Abstract: &m.Abstract, Issuer: &m.Issuer,
		IssuedOn: &m.IssuedOn, EffectiveOn: &m.EffectiveOn, Term: &m.Term, Place: &m.Place, Signer: &m.Signer, Language: &m.Language,
		Secrecy: &m.Secrecy, Topics: &m.Topics, Source: librarySource(m.Source), Visibility: im.visibility(m.Visibility),
		Sections: &sections, SourceKey: key, SourceHash: hash}
}

func (im *importer) materialInput(ctx context.Context, d *ingest.Document, key, hash string) (library.MaterialInput, error) {
	m := &d.Meta
	in := library.MaterialInput{Title: &m.Title, Language: &m.Language, Secrecy: &m.Secrecy, Audience: &m.Audience, Topics: &m.Topics,
		Source: librarySource(m.Source), Visibility: im.visibility(m.Visibility), SourceKey: key, SourceHash: hash}
	if m.MaterialKind == library.QA {
		items := libraryItems(d.Items)
		in.Items = &items
	} else {
		sections := librarySections(d.Sections)
		in.Sections = &sections
	}
	if m.DocumentKey == "" {
		return in, nil
	}
	parent, _, err := im.library.Imported(ctx, "import/"+m.DocumentKey)
	if err != nil {
		return in, err
	}
	if parent == nil {
		return in, fmt.Errorf("documentKey %q: no such document has been imported", m.DocumentKey)
	}
	in.DocumentID = &parent.ID
	return in, nil
}

// release takes an imported item through the rest of its life.
func (im *importer) release(ctx context.Context, r imported, approver *caller.Caller) error {
	next := map[string]struct {
		verb editorial.Verb
		by   *caller.Caller
	}{"draft": {editorial.Submit, im.editor}, "submitted": {editorial.Approve, approver}, "approved": {editorial.Publish, approver}}
	if r.kind == quiz.KindQuiz {
		if err := im.releaseQuestions(ctx, r.id, approver); err != nil {
			return err
		}
	}
	for range len(next) {
		state, err := im.state(ctx, r)
		if err != nil {
			return err
		}
		step, ok := next[state]
		if !ok {
			return nil
		}
		switch r.kind {
		case library.KindDocument:
			_, err = im.library.StepDocument(ctx, step.by, r.id, step.verb, 0, "")
		case quiz.KindQuiz:
			_, err = im.quizzes.StepQuiz(ctx, step.by, r.id, step.verb, 0, "")
		case quiz.KindContest:
			_, err = im.quizzes.StepContest(ctx, step.by, r.id, step.verb, 0, "")
		case study.KindDrive:
			_, err = im.study.StepDrive(ctx, step.by, r.id, step.verb, 0, "")
		default:
			_, err = im.library.StepMaterial(ctx, step.by, r.id, step.verb, 0, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) state(ctx context.Context, r imported) (string, error) {
	if r.kind == quiz.KindQuiz {
		i, err := im.quizzes.EditorQuiz(ctx, im.editor, r.id)
		return i.Stands(), err
	}
	if r.kind == quiz.KindContest {
		i, err := im.quizzes.EditorContest(ctx, im.editor, r.id)
		return i.Stands(), err
	}
	if r.kind == study.KindDrive {
		i, err := im.study.EditorDrive(ctx, im.editor, r.id)
		return i.Stands(), err
	}
	if r.kind == library.KindDocument {
		i, err := im.library.EditorDocument(ctx, im.editor, r.id)
		return i.Stands(), err
	}
	i, err := im.library.EditorMaterial(ctx, im.editor, r.id)
	return i.Stands(), err
}

func librarySource(s ingest.Source) *library.Source {
	return &library.Source{Author: s.Author, Title: s.Title, Publisher: s.Publisher, Date: s.Date}
}

// visibility is what a file says of its readers; a file of an organisation below
// the top that says nothing leaves it to the library.
func (im *importer) visibility(v ingest.Visibility) *audience.Visibility {
	if v.Kind == string(audience.All) && len(im.directory.OrgPath(im.orgID)) > 1 {
		return nil
	}
	return &audience.Visibility{Kind: audience.Kind(v.Kind), OrgIDs: v.Orgs, Roles: v.Roles}
}
