package library

import (
	"errors"
	"testing"

	"sotay/internal/audience"
	"sotay/internal/editorial"
	"sotay/internal/fault"
)

// TestPrinted holds that a document is printed for those who may read it, in
// the version that is out.
func TestPrinted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	in, out := who("in", "a"), who("out", "b")
	id := f.out(t, "", "Bản một", audience.Visibility{Kind: audience.Orgs, OrgIDs: []string{"a"}})
	p, err := f.Printed(t.Context(), in, id)
	if err != nil || p.ID != id || p.Version != 1 || p.Document.Title != "Bản một" || len(p.Document.Sections) != 1 || p.PublishedAt.IsZero() {
		t.Fatalf("%+v, %v", p, err)
	}
	for name, call := range map[string]func() error{
		"stranger":        func() error { _, err := f.Printed(t.Context(), out, id); return err },
		"stranger, count": func() error { _, err := f.PrintedVersion(out, id); return err },
		"no such":         func() error { _, err := f.Printed(t.Context(), in, "khong-co"); return err },
	} {
		if err := call(); !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A draft of the next version is not printed yet.
	if _, err := f.UpdateDocument(t.Context(), f.editor, id, 0, input("Bản hai", audience.Everyone())); err != nil {
		t.Fatal(err)
	}
	if p, err := f.Printed(t.Context(), in, id); err != nil || p.Version != 1 || p.Document.Title != "Bản một" {
		t.Errorf("with a draft: %+v, %v", p, err)
	}
	f.step(t, id, editorial.Submit, editorial.Approve, editorial.Publish)
	if p, err := f.Printed(t.Context(), out, id); err != nil || p.Version != 2 || p.Document.Title != "Bản hai" {
		t.Errorf("the second version: %+v, %v", p, err)
	}
	f.step(t, id, editorial.Withdraw)
	if _, err := f.Printed(t.Context(), in, id); !errors.Is(err, fault.NotFound) {
		t.Errorf("withdrawn: %v", err)
	}
}
