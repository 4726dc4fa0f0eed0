package account

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"sotay/internal/fault"
)

// fill puts people of a branch on the roster.
func (b *bed) fill(n int) {
	for i := range n {
		id := fmt.Sprintf("m%04d", i)
		b.members.put(id, "tinh/phuong/kp1")
		b.roster = append(b.roster, RosterEntry{MemberID: id, Name: id, OrgID: "tinh/phuong/kp1", OrgName: "Khu phố 1"})
	}
}

func TestSheet(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	b.fill(12)
	b.members.put("boss", "tinh/phuong", "admin@tinh/phuong")
	b.members.put("m0003", "tinh/phuong/kp1", "leader@tinh")
	b.members.bar("m0004")
	b.members.put("m0005", "tinh/xa") // moved since the roster was read
	b.member(s, "m0006")
	boss := b.members.caller("boss")
	slips, err := s.Sheet(t.Context(), boss, "tinh/phuong", false)
	must(t, err)
	if len(slips) != 8 {
		t.Fatalf("%d slips", len(slips))
	}
	for _, slip := range slips {
		if slip.MemberID != slip.Name || !strings.HasPrefix(slip.Username, "dv") {
			t.Errorf("slip %+v", slip)
		}
		_, err := s.Activate(t.Context(), activateInput(slip.Issued, goodPassword, "p-"+slip.Name))
		must(t, err)
	}
	_, err = s.Sheet(t.Context(), boss, "tinh/phuong", false)
	wantFault(t, err, NobodyToPrint)
	slips, err = s.Sheet(t.Context(), boss, "tinh/phuong", true)
	must(t, err)
	if len(slips) != 9 {
		t.Errorf("%d slips for all", len(slips))
	}
	for _, org := range []string{"tinh", "tinh/xa", "khong-co"} {
		_, err = s.Sheet(t.Context(), boss, org, false)
		wantFault(t, err, fault.NotFound)
	}
	acts := strings.Join(b.acts(), "\n")
	if strings.Count(acts, "activation.sheet org/tinh/phuong boss") != 2 || strings.Contains(acts, "activation.issue") {
		t.Errorf("acts %s", acts)
	}
}

// The command line prints any number and everybody; the network has a bound.
func TestSheetBound(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	b.fill(MaxSheet + 1)
	b.members.put("boss", "tinh", "admin@tinh")
	_, err := s.Sheet(t.Context(), b.members.caller("boss"), "tinh/phuong/kp1", false)
	wantFault(t, err, TooManyPeople)
	if len(b.acts()) != 0 {
		t.Errorf("acts %v", b.acts())
	}
	plan, err := s.PlanSheet(t.Context(), SheetOrder{OrgID: "tinh/phuong/kp1"})
	must(t, err)
	var steps atomic.Int64
	slips, err := s.IssueSlips(t.Context(), plan, 100, 103, func() { steps.Add(1) })
	must(t, err)
	if len(plan.People) != MaxSheet+1 || len(slips) != 3 || steps.Load() != 3 || slips[0].MemberID != "m0100" {
		t.Errorf("%d people, %d slips, %d steps", len(plan.People), len(slips), steps.Load())
	}
	b.roster = b.roster[:MaxSheet]
	_, err = s.Sheet(t.Context(), b.members.caller("boss"), "tinh/phuong/kp1", false)
	must(t, err)
}

// A store that fails in the middle gives no sheet, and leaves no worker behind.
func TestSheetFails(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := b.replica()
	b.fill(50)
	plan, err := s.PlanSheet(t.Context(), SheetOrder{OrgID: "tinh/phuong/kp1"})
	must(t, err)
	b.engine.setInsert(func(collection string) error {
		if collection == "credentials" {
			return errInjected
		}
		return nil
	})
	if _, err := s.IssueSlips(t.Context(), plan, 0, 50, nil); !errors.Is(err, errInjected) {
		t.Errorf("issue: %v", err)
	}
}
