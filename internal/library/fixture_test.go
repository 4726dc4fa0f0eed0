package library

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sotay/internal/audience"
	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/editorial"
	"sotay/internal/page"
	"sotay/internal/publication"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// orgs is a tree of three: root, and a and b below it.
type orgs struct{}

func (orgs) OrgPath(id string) []string {
	switch id {
	case "root":
		return []string{"root"}
	case "a", "b":
		return []string{"root", id}
	}
	return nil
}

// plainEncoder writes what tests look for.
type plainEncoder struct{}

func (plainEncoder) Document(id string, v *DocumentVersion, st *Standing) ([]byte, error) {
	return json.Marshal(map[string]any{"id": id, "version": v.Number, "title": v.Payload.Title, "materials": st.Materials,
		"relations": st.Relations, "until": st.Until})
}
func (plainEncoder) DocumentVersion(id string, v *DocumentVersion, _ []RelationRef) ([]byte, error) {
	return json.Marshal(map[string]any{"id": id, "version": v.Number, "title": v.Payload.Title})
}
func (plainEncoder) Material(id string, v *MaterialVersion) ([]byte, error) {
	return json.Marshal(map[string]any{"id": id, "version": v.Number, "title": v.Payload.Title})
}

type fixture struct {
	*Service
	engine           store.Engine
	editor, approver *caller.Caller
}

func openEngine(t testing.TB) store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	if err := e.Prepare(t.Context(), append(append(Schemas(), publication.Schemas()...), audit.EntrySchema(), audit.SealSchema())); err != nil {
		t.Fatal(err)
	}
	return e
}

func newFixture(t testing.TB, e store.Engine) *fixture {
	t.Helper()
	now := func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
	rec, err := audit.New(e, now)
	if err != nil {
		t.Fatal(err)
	}
	sec, err := secret.Parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		t.Fatal(err)
	}
	files := newMemoryFiles(now)
	marked := func(text string) bool { return strings.Contains(text, "TUYỆT MẬT") }
	log, err := changelog.New(e, now)
	if err != nil {
		t.Fatal(err)
	}
	desk, err := publication.NewDesk(e, log, now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Deps{Engine: e, Changes: log, Desk: desk, Files: files, Orgs: orgs{}, Encoder: plainEncoder{}, Audit: rec, Pages: page.New(sec), Now: now, Log: slog.New(slog.DiscardHandler),
		Classified: marked, ClassifiedLine: marked})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &fixture{Service: s, engine: e, editor: who("editor", "root", caller.Editor), approver: who("approver", "root", caller.Approver)}
}

// who is a member of an organisation, with roles over the root.
func who(id, org string, roles ...caller.RoleName) *caller.Caller {
	i := &caller.Identity{MemberID: id, OrgID: org, OrgPath: orgs{}.OrgPath(org), Units: orgs{}.OrgPath(org), Status: "active", MaySignIn: true, Audience: org}
	for _, r := range roles {
		i.Roles = append(i.Roles, caller.Role{Name: r, OrgID: "root", From: "2020-01-01"})
		i.Audience += "," + string(r)
	}
	return &caller.Caller{Identity: i, SessionID: "s"}
}

func ptr[T any](v T) *T { return &v }

// input is a document with one section.
func input(title string, v audience.Visibility) DocumentInput {
	return DocumentInput{Type: ptr("plan"), Title: &title, Issuer: ptr("Tỉnh ủy"), IssuedOn: ptr("2026-01-02"), Visibility: &v,
		Sections: &[]Section{{Heading: "Mục một", HTML: "<p>" + title + " nội dung</p>"}}}
}

// out publishes a document, or its next version when id is given.
func (f *fixture) out(t *testing.T, id, title string, v audience.Visibility) string {
	t.Helper()
	if id == "" {
		i, err := f.CreateDocument(t.Context(), f.editor, "root", input(title, v))
		if err != nil {
			t.Fatal(err)
		}
		id = i.ID
	} else if _, err := f.UpdateDocument(t.Context(), f.editor, id, 0, input(title, v)); err != nil {
		t.Fatal(err)
	}
	f.step(t, id, editorial.Submit, editorial.Approve, editorial.Publish)
	return id
}

func (f *fixture) step(t *testing.T, id string, verbs ...editorial.Verb) {
	t.Helper()
	for _, v := range verbs {
		by := f.editor
		if v == editorial.Approve {
			by = f.approver
		}
		if _, err := f.StepDocument(t.Context(), by, id, v, 0, "lý do"); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", v, err))
		}
	}
}
