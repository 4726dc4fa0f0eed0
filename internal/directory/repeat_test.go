package directory

import "testing"

// TestAnActIsRepeatedAsItIs holds that the same request under its key is the
// same act. It used to be judged a second time, by which the organisations of a
// merger had ended, and was refused.
func TestAnActIsRepeatedAsItIs(t *testing.T) {
	t.Parallel()
	s := newFixture(t, openEngine(t))
	seed := seed()
	seed.Orgs = append(seed.Orgs, SeedOrg{Key: "other", Name: "Phường khác", Kind: "ward", Parent: "root", From: "2025-07-01"})
	if _, _, err := s.Apply(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	merge := func(into string) (Act, error) {
		return s.MergeOrgs(t.Context(), nil, Decision{On: "2026-07-01", DecisionNo: "1-QĐ", Key: "k"}, Merger{OrgIDs: []string{OrgID("ward")}, IntoID: OrgID(into)})
	}
	first, err := merge("other")
	if err != nil {
		t.Fatal(err)
	}
	again, err := merge("other")
	if err != nil || again.ID != first.ID || again.Seq != first.Seq {
		t.Errorf("again: %+v, %v; first %+v", again, err, first)
	}
	if _, err := merge("root"); err != keyReused {
		t.Errorf("another request under the key: %v", err)
	}
}
