package demo

import (
	"context"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"sotay/content"
	"sotay/internal/audit"
	"sotay/internal/clock"
	"sotay/internal/directory"
	"sotay/internal/page"
	"sotay/internal/secret"
	"sotay/internal/store/sqlite"
)

// today is a day on which the province is looked at.
const today = "2026-11-24"

func base(t testing.TB) directory.Seed {
	t.Helper()
	file, err := content.Files.ReadFile("demo/directory.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var seed directory.Seed
	if err := yaml.Unmarshal(file, &seed); err != nil {
		t.Fatal(err)
	}
	return seed
}

func TestTheProvinceIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	if a, b := Grow(base(t)), Grow(base(t)); !reflect.DeepEqual(a, b) {
		t.Error("two provinces differ")
	}
}

func TestTheAccountsStayAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	before, after := base(t), Grow(base(t))
	for i := range before.Members {
		want, got := before.Members[i], after.Members[i]
		got.Enterprise, got.Shift = want.Enterprise, want.Shift
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", want.Key, got, want)
		}
	}
	for i := range after.Members {
		if i >= len(before.Members) && after.Members[i].Username != "" {
			t.Errorf("%s has an account", after.Members[i].Key)
		}
	}
}

// status is a member's on today, by the rule of the directory: the last one
// begun.
func status(m *directory.SeedMember) string {
	now := ""
	for _, s := range m.Statuses {
		if s.From <= today && (s.To == "" || today <= s.To) {
			now = s.Status
		}
	}
	return now
}

func TestTheProvinceHasWhatReportsMustGetRight(t *testing.T) {
	t.Parallel()
	p := Grow(base(t))
	if len(p.Orgs) < 38 || len(p.Orgs) > 46 || len(p.Members) != Total {
		t.Errorf("%d units, %d members", len(p.Orgs), len(p.Members))
	}
	statuses, tags, owners, kinds := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	ownership := map[string]string{}
	for _, e := range p.Enterprises {
		ownership[e.Key] = e.Ownership
	}
	wants := 0
	for i := range p.Members {
		m := &p.Members[i]
		statuses[status(m)]++
		kinds[m.Kind]++
		owners[ownership[m.Enterprise]]++
		for _, tag := range m.Tags {
			tags[tag]++
		}
		if m.Enterprise != "" && m.Shift == "" {
			t.Errorf("%s works in no shift", m.Key)
		}
		if status(m) == directory.Exempt && m.WantsInformation {
			wants++
		}
	}
	within := func(what string, got, low, high int) {
		if got < low || got > high {
			t.Errorf("%s: %d, want %d to %d", what, got, low, high)
		}
	}
	within("exempt", statuses[directory.Exempt], Total*25/1000, Total*35/1000)
	within("probationary", kinds[directory.Probationary], Total*55/1000, Total*65/1000)
	within("exempt who want information", wants, 5, statuses[directory.Exempt]-5)
	for _, s := range []string{directory.TemporarilyExempt, directory.TemporaryAttachment, directory.Suspended, directory.Deceased} {
		within(s, statuses[s], 1, 40)
	}
	for _, tag := range []string{"ethnicMinority", "remote", "privateEnterprise", "fdiEnterprise"} {
		within(tag, tags[tag], 30, 400)
	}
	for _, o := range []string{directory.StateOwned, directory.PrivateOwned, directory.ForeignOwned} {
		within(o, owners[o], 20, 200)
	}
}

func TestNobodyStandsTwiceInAUnit(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	p := Grow(base(t))
	for i := range p.Members {
		m := &p.Members[i]
		if other := seen[m.Org+m.Name]; other != "" {
			t.Errorf("%s and %s are both %s of %s", other, m.Key, m.Name, m.Org)
		}
		seen[m.Org+m.Name] = m.Key
		if n := len(strings.Fields(m.Name)); n < 2 || strings.Join(strings.Fields(m.Name), " ") != m.Name {
			t.Errorf("%s is called %q", m.Key, m.Name)
		}
	}
}

func TestEachBranchHasASecretary(t *testing.T) {
	t.Parallel()
	p := Grow(base(t))
	closed := map[string]bool{}
	for _, a := range p.Acts {
		for _, key := range a.Orgs {
			closed[key] = true
		}
	}
	led := map[string]int{}
	for i := range p.Members {
		m := &p.Members[i]
		for _, r := range m.Roles {
			if r.Role != "secretary" || r.From > today || r.To != "" && r.To < today {
				continue
			}
			led[r.Org]++
			if m.Org != r.Org || m.Kind != directory.Official || status(m) != directory.Active {
				t.Errorf("%s leads %s as %s, %s, of %s", m.Key, r.Org, m.Kind, status(m), m.Org)
			}
		}
	}
	for _, o := range p.Orgs {
		want := 1
		if o.Kind != "branch" || closed[o.Key] {
			want = 0
		}
		if led[o.Key] != want {
			t.Errorf("%s has %d secretaries, want %d", o.Name, led[o.Key], want)
		}
	}
}

// TestLoadingTwiceChangesNothing puts the province into a store, as a first
// start does, and again, as each later one.
func TestLoadingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	var now atomic.Value
	now.Store(at(today))
	d := open(t, func() time.Time { return now.Load().(time.Time) })
	p := Grow(base(t))
	begun := time.Now()
	orgs, members, err := d.Apply(t.Context(), p)
	if err != nil || orgs != len(p.Orgs) || members != Total {
		t.Fatalf("first: %d units, %d members, %v", orgs, members, err)
	}
	t.Logf("loaded in %s", time.Since(begun))
	after := d.Tree()
	now.Store(at("2026-06-30"))
	before := d.Tree()
	now.Store(at(today))
	merged, heir, renamed := directory.OrgID("cauda-4"), directory.OrgID("cauda-3"), directory.OrgID("damvang-cualach")
	if before.Org(merged) == nil || after.Org(merged) != nil || after.Resolve(merged) != heir {
		t.Errorf("the merged unit: before %v, now %v, heir %s", before.Org(merged), after.Org(merged), after.Resolve(merged))
	}
	if was, is := before.Org(renamed).Name, after.Org(renamed).Name; was == is || !strings.Contains(is, "khu dân cư") {
		t.Errorf("renamed from %q to %q", was, is)
	}
	if orgs, members, err = d.Apply(t.Context(), p); err != nil || orgs+members != 0 {
		t.Errorf("second: %d units, %d members, %v", orgs, members, err)
	}
	if n, _ := d.Size(); n != Total {
		t.Errorf("%d members in the table", n)
	}
}

func at(day string) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, day, clock.Vietnam)
	if err != nil {
		panic(err)
	}
	return d.Add(9 * time.Hour).UTC()
}

func open(t testing.TB, now clock.Now) *directory.Service {
	t.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(t.TempDir(), "demo.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(ctx) })
	if err := e.Prepare(ctx, append(directory.Schemas(), audit.EntrySchema(), audit.SealSchema())); err != nil {
		t.Fatal(err)
	}
	s, err := secret.Parse("YSBzZWNyZXQgZm9yIHRoZSB0ZXN0cyBvZiB0aGUgZGVtbyBwcm92aW5jZQ==")
	if err != nil {
		t.Fatal(err)
	}
	record, err := audit.New(e, now)
	if err != nil {
		t.Fatal(err)
	}
	d, err := directory.New(directory.Deps{Engine: e, Secret: s, Audit: record, Pages: page.New(s), Now: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(ctx); err != nil {
		t.Fatal(err)
	}
	return d
}
