package directory

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/page"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

type fixture struct {
	*Service
	clock *atomic.Int64
}

func clockOf(c *atomic.Int64) func() time.Time {
	return func() time.Time { return time.UnixMilli(c.Load()).UTC() }
}

var testSecret = func() *secret.Secret {
	s, err := secret.Parse("YSBzZWNyZXQgZm9yIHRoZSB0ZXN0cyBvZiB0aGUgZGlyZWN0b3J5")
	if err != nil {
		panic(err)
	}
	return s
}()

func openEngine(t testing.TB) store.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	if err := e.Prepare(t.Context(), append(Schemas(), audit.EntrySchema(), audit.SealSchema())); err != nil {
		t.Fatal(err)
	}
	return e
}

func newFixture(t testing.TB, e store.Engine, refused ...string) fixture {
	t.Helper()
	clock := &atomic.Int64{}
	clock.Store(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC).UnixMilli())
	record, err := audit.New(e, clockOf(clock))
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{Engine: e, Secret: testSecret, Audit: record, Pages: page.New(testSecret), Log: slog.New(slog.DiscardHandler), Refused: map[string]bool{},
		Now: clockOf(clock)}
	for _, key := range refused {
		d.Refused[MemberID(key)] = true
	}
	s, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return fixture{s, clock}
}

func seed() Seed {
	return Seed{
		Orgs: []SeedOrg{{Key: "root", Name: "Tỉnh", Kind: "province", From: "2025-07-01"},
			{Key: "ward", Name: "Phường", Kind: "ward", Parent: "root", From: "2025-07-01"}},
		Members: []SeedMember{
			{Key: "m", Name: "Đỗ Thị Ánh", Org: "ward", Kind: Official, Statuses: []SeedStatus{{Status: Active, From: "2020-01-01"}, {Status: Exempt, From: "2026-12-01"}},
				Roles: []SeedRole{{Role: "secretary", Org: "ward", From: "2026-11-24", To: "2026-11-25"}}},
			{Key: "gone", Name: "Lê Văn B", Org: "ward", Kind: Official, Statuses: []SeedStatus{{Status: Resigned, From: "2026-01-01"}}},
			{Key: "held", Name: "Lê Văn C", Org: "ward", Kind: Probationary, Statuses: []SeedStatus{{Status: Suspended, From: "2026-01-01"}}},
		}}
}

func (f fixture) identity(t *testing.T, key string) *caller.Identity {
	t.Helper()
	i, ok := f.Identity(MemberID(key))
	if !ok {
		t.Fatalf("%s is not in the table", key)
	}
	return i
}

func TestSeedIsRepeatable(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	orgs, members, err := f.Apply(t.Context(), seed())
	if err != nil || orgs != 2 || members != 3 {
		t.Fatalf("wrote %d, %d, %v", orgs, members, err)
	}
	if orgs, members, err = f.Apply(t.Context(), seed()); err != nil || orgs+members != 0 {
		t.Fatalf("wrote again %d, %d, %v", orgs, members, err)
	}
	for name, spoil := range map[string]func(*Seed){
		"parent":   func(s *Seed) { s.Orgs[1].Parent = "nobody" },
		"twice":    func(s *Seed) { s.Members[1].Key = "m" },
		"role":     func(s *Seed) { s.Members[0].Roles[0].Role = "king" },
		"status":   func(s *Seed) { s.Members[0].Statuses[0].Status = "happy" },
		"unit":     func(s *Seed) { s.Members[0].Org = "nowhere" },
		"tag":      func(s *Seed) { s.Members[0].Tags = []string{"tall"} },
		"nameless": func(s *Seed) { s.Orgs[0].Name = "" },
	} {
		bad := seed()
		spoil(&bad)
		other := newFixture(t, openEngine(t))
		if _, _, err := other.Apply(t.Context(), bad); err == nil {
			t.Errorf("%s: taken", name)
		}
		if m, o := other.Size(); m+o > 0 {
			t.Errorf("%s: half a seed was written", name)
		}
	}
}

func TestStatusAndRolesFollowTheDayInVietnam(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	if _, _, err := f.Apply(t.Context(), seed()); err != nil {
		t.Fatal(err)
	}
	at := func(s string) *caller.Identity {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		f.clock.Store(moment.UnixMilli())
		return f.identity(t, "m")
	}
	before := at("2026-11-23T23:59:59+07:00")
	first := at("2026-11-24T00:00:00+07:00")
	last := at("2026-11-25T23:59:59+07:00")
	after := at("2026-11-26T00:00:00+07:00")
	exempt := at("2026-12-01T08:00:00+07:00")
	back := at("2026-11-24T12:00:00+07:00") // the clock jumps back
	for name, c := range map[string]struct {
		i    *caller.Identity
		role bool
	}{"before": {before, false}, "first day": {first, true}, "last day": {last, true}, "after": {after, false}, "back": {back, true}} {
		if c.i.Has(caller.Secretary) != c.role || c.i.Covers(f.OrgPath(OrgID("ward")), caller.Secretary) != c.role || c.i.Covers(f.OrgPath(OrgID("root")), caller.Secretary) {
			t.Errorf("%s: roles are %v", name, c.i.Roles)
		}
	}
	if after.Status != Active || exempt.Status != Exempt {
		t.Errorf("status %s, then %s", after.Status, exempt.Status)
	}
	if before.Audience == first.Audience || after.Audience == exempt.Audience || first.Audience != back.Audience {
		t.Error("the audience hash does not follow role and status")
	}
	if len(before.OrgPath) != 2 || before.OrgPath[0] != OrgID("root") {
		t.Errorf("path %v", before.OrgPath)
	}
}

func TestWhoMaySignIn(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t), "m")
	if _, _, err := f.Apply(t.Context(), seed()); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]bool{"m": false, "gone": false, "held": true} {
		if got := f.identity(t, key).MaySignIn; got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
	if _, ok := f.Identity("nobody"); ok {
		t.Error("a stranger is known")
	}
}

// What one replica writes, another sees by polling, also when the writer's
// clock is a minute behind; a new member even before that.
func TestReplicasFollow(t *testing.T) {
	t.Parallel()
	e := openEngine(t)
	a, b := newFixture(t, e), newFixture(t, e)
	a.clock.Add(-time.Minute.Milliseconds())
	if _, _, err := a.Apply(t.Context(), seed()); err != nil {
		t.Fatal(err)
	}
	if err := b.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if i := b.identity(t, "m"); len(i.OrgPath) != 2 {
		t.Fatalf("path %v", i.OrgPath)
	}
	_, err := a.members.Update(t.Context(), MemberID("m"), func(m *Member) error {
		m.putPlace(Place{Key: "moved", OrgID: OrgID("root"), From: "2026-11-20"})
		m.UpdatedAt = a.now()
		m.AuthRev++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Add(deepEvery.Milliseconds()) // a poll looks further back now and then
	if err := b.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if i := b.identity(t, "m"); i.OrgID != OrgID("root") || i.AuthRev != 2 {
		t.Fatalf("b has %+v", i)
	}
}

func TestCreateAdmin(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	if _, err := f.CreateAdmin(t.Context(), "root", "Quản trị", ""); err == nil || !strings.Contains(err.Error(), "no organisation") {
		t.Fatalf("got %v", err)
	}
	id, err := f.CreateAdmin(t.Context(), "Quản", "Nguyễn Quản Trị", "Đảng bộ tỉnh")
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.CreateAdmin(t.Context(), "quản", "Nguyễn Quản Trị", "Đảng bộ khác")
	if err != nil || again != id {
		t.Fatalf("got %s, %v", again, err)
	}
	p, err := f.Profile(t.Context(), id)
	if err != nil || !p.Identity.Has(caller.Admin) || len(p.Path) != 1 || p.Path[0].Name != "Đảng bộ tỉnh" {
		t.Fatalf("got %+v, %v", p, err)
	}
}

func BenchmarkIdentity(b *testing.B) {
	t, tr := newTable(), emptyForest().history.At("2026-11-23")
	for i := range 200_000 {
		m := Member{Places: []Place{{OrgID: "o", From: "2020-01-01"}}, Kind: Official, Statuses: []Status{{Status: Active, From: "2020-01-01"}}}
		m.ID, m.Rev = fmt.Sprintf("member-%06d", i), 1
		t.set(&m)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		t.identity("member-000042", tr)
	}
}
