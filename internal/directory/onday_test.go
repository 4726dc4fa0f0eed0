package directory

import (
	"errors"
	"testing"
	"time"

	"sotay/internal/fault"
)

// Who is named as of a day is named with the unit of that day, whatever came
// later; an erased member has no name.
func TestNamedOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	s := seed()
	s.Orgs = append(s.Orgs, SeedOrg{Key: "other", Name: "Xã", Kind: "ward", Parent: "root", From: "2025-07-01"})
	if _, _, err := f.Apply(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	id := MemberID("m")
	if _, err := f.TransferMember(t.Context(), nil, id, Transferral{OrgID: OrgID("other"), On: "2026-11-23"}); err != nil {
		t.Fatal(err)
	}
	f.clock.Add((48 * time.Hour).Milliseconds())
	for day, want := range map[string]string{"2026-11-22": "Phường", "2026-11-23": "Xã", "": "Xã"} {
		if name, unit, err := f.NamedOn(t.Context(), day, id); err != nil || name != "Đỗ Thị Ánh" || unit != want {
			t.Errorf("on %q: %q of %q, want %q, %v", day, name, unit, want, err)
		}
	}
	if err := f.EraseMember(t.Context(), nil, id, "Theo đề nghị."); err != nil {
		t.Fatal(err)
	}
	if name, unit, err := f.NamedOn(t.Context(), "2026-11-22", id); err != nil || name+unit != "" {
		t.Errorf("erased: %q of %q, %v", name, unit, err)
	}
	if _, _, err := f.NamedOn(t.Context(), "", "khong-co"); !errors.Is(err, fault.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}
