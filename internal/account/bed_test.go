package account

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/page"
	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
)

// cheap are costs for tests that are not about costs.
var cheap = HashParams{MemoryKiB: 8, Time: 1, Threads: 1}

const goodPassword = "Mùa thu Hà Nội 45"

// testClock is a settable clock.
type testClock struct{ ms atomic.Int64 }

func newTestClock() *testClock {
	c := &testClock{}
	c.ms.Store(time.Date(2026, 11, 7, 1, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *testClock) now() time.Time       { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *testClock) step(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// fakeMembers is a directory: everybody may sign in but those who are gone. An
// organisation's id is its path: "tinh/phuong/kp1".
type fakeMembers struct {
	mu      sync.Mutex
	barred  map[string]bool
	missing map[string]bool
	orgs    map[string]string
	roles   map[string][]caller.Role
}

func (m *fakeMembers) OrgPath(orgID string) []string {
	if orgID == "" || orgID == "khong-co" {
		return nil
	}
	var out []string
	for i, c := range orgID + "/" {
		if c == '/' {
			out = append(out, orgID[:i])
		}
	}
	return out
}

// put places a member in an organisation, with roles as "role@org".
func (m *fakeMembers) put(id, org string, roles ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.orgs[id], m.roles[id] = org, nil
	for _, r := range roles {
		name, over, _ := strings.Cut(r, "@")
		m.roles[id] = append(m.roles[id], caller.Role{Name: caller.RoleName(name), OrgID: over})
	}
}

// caller is a member in a session of no interest.
func (m *fakeMembers) caller(id string) *caller.Caller {
	who, _ := m.Identity(id)
	return &caller.Caller{Identity: who, SessionID: "s-" + id}
}

func (m *fakeMembers) Identity(id string) (*caller.Identity, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.missing[id] {
		return nil, false
	}
	org := m.orgs[id]
	return &caller.Identity{MemberID: id, AuthRev: 7, MaySignIn: !m.barred[id],
		OrgID: org, OrgPath: m.OrgPath(org), Roles: m.roles[id]}, true
}

func (m *fakeMembers) bar(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.barred[id] = true
}

func (m *fakeMembers) remove(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.missing[id] = true
}

// hookEngine lets a test see or fail writes and finds of a collection.
type hookEngine struct {
	store.Engine
	mu       sync.Mutex
	onInsert func(collection string) error
	onFind   func(collection string)
}

var errInjected = errors.New("injected")

func (e *hookEngine) setInsert(fn func(string) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.onInsert = fn
}

func (e *hookEngine) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	e.mu.Lock()
	fn := e.onInsert
	e.mu.Unlock()
	if fn != nil {
		if err := fn(s.Name); err != nil {
			errs := make([]error, len(docs))
			for i := range errs {
				errs[i] = err
			}
			return errs
		}
	}
	return e.Engine.Insert(ctx, s, docs)
}

func (e *hookEngine) Find(ctx context.Context, s *store.Schema, q store.Query) ([]store.Raw, error) {
	if e.onFind != nil {
		e.onFind(s.Name)
	}
	return e.Engine.Find(ctx, s, q)
}

// bed is one store and what replicas on it share.
type bed struct {
	t       testing.TB
	engine  *hookEngine
	clock   *testClock
	members *fakeMembers
	secret  *secret.Secret
	// consents, roster and finder stand for the directory too.
	consents *fakeConsents
	roster   fakeRoster
	finder   *fakeFinder
}

func newBed(t testing.TB) *bed {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Options{
		Path: filepath.Join(t.TempDir(), "test.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	schemas := append(Schemas(), audit.EntrySchema(), audit.SealSchema())
	if err := e.Prepare(t.Context(), schemas); err != nil {
		t.Fatal(err)
	}
	sec, err := secret.Parse("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	if err != nil {
		t.Fatal(err)
	}
	return &bed{t: t, engine: &hookEngine{Engine: e}, clock: newTestClock(), secret: sec,
		members:  &fakeMembers{barred: map[string]bool{}, missing: map[string]bool{}, orgs: map[string]string{}, roles: map[string][]caller.Role{}},
		consents: &fakeConsents{given: map[string]string{}}, finder: &fakeFinder{}}
}

func (b *bed) deps(now clock.Now, edit ...func(*Config)) Deps {
	b.t.Helper()
	rec, err := audit.New(b.engine, now)
	if err != nil {
		b.t.Fatal(err)
	}
	cfg := Config{HashParams: cheap, HashConcurrency: 2}
	for _, fn := range edit {
		fn(&cfg)
	}
	return Deps{Engine: b.engine, Secret: b.secret, Members: b.members, Audit: rec,
		Pages: page.New(b.secret), Now: now, Log: slog.New(slog.DiscardHandler), Config: cfg,
		Consents: b.consents, Roster: &b.roster, Phones: b.finder, Citizens: b.finder,
		Elapsed: func() time.Duration { return time.Duration(b.clock.ms.Load()) * time.Millisecond }}
}

// replica is one more server on the store, started.
func (b *bed) replica(edit ...func(*Config)) *Service {
	b.t.Helper()
	return b.replicaAt(b.clock.now, edit...)
}

func (b *bed) replicaAt(now clock.Now, edit ...func(*Config)) *Service {
	b.t.Helper()
	s, err := New(b.deps(now, edit...))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := s.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return s
}

// member makes an account with goodPassword.
func (b *bed) member(s *Service, id string) {
	b.t.Helper()
	if err := s.Create(b.t.Context(), id, id, goodPassword); err != nil {
		b.t.Fatal(err)
	}
}

// one is a bed with one replica and the member "lan".
func one(t testing.TB, edit ...func(*Config)) (*bed, *Service) {
	t.Helper()
	b := newBed(t)
	s := b.replica(edit...)
	b.member(s, "lan")
	return b, s
}

var home = netip.MustParseAddr("203.0.113.7")

func input(username, password, installation string) LoginInput {
	return LoginInput{Username: username, Password: password, Addr: home,
		Device: Device{InstallationID: installation, Name: "Điện thoại của Lan", Platform: "android"}}
}

func (b *bed) signIn(s *Service, id, installation string) Tokens {
	b.t.Helper()
	tk, err := s.Login(b.t.Context(), input(id, goodPassword, installation))
	if err != nil {
		b.t.Fatalf("sign in: %v", err)
	}
	return tk
}

// as is the caller behind an access token.
func (b *bed) as(s *Service, tk Tokens) *caller.Caller {
	b.t.Helper()
	c, err := s.Verify(tk.AccessToken)
	if err != nil {
		b.t.Fatalf("verify: %v", err)
	}
	id, _ := b.members.Identity(c.MemberID)
	return &caller.Caller{Identity: id, SessionID: c.SessionID}
}

func (b *bed) mustRefresh(s *Service, token string) Tokens {
	b.t.Helper()
	tk, err := s.Refresh(b.t.Context(), token)
	if err != nil {
		b.t.Fatalf("refresh: %v", err)
	}
	return tk
}

func wantFault(t testing.TB, err error, want *fault.Fault) *fault.Fault {
	t.Helper()
	got := fault.As(err)
	if got == nil || got.Code != want.Code || got.Kind != want.Kind {
		t.Fatalf("error is %v, want fault %s", err, want.Code)
	}
	return got
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// acts lists the audit record's acts, "act target actor".
func (b *bed) acts() []string {
	b.t.Helper()
	coll, err := store.NewCollection[audit.Entry](b.engine, audit.EntrySchema())
	must(b.t, err)
	var out []string
	must(b.t, coll.Each(b.t.Context(), func(e audit.Entry) error {
		out = append(out, e.Act+" "+e.Target+" "+e.ActorID)
		return nil
	}))
	return out
}

// countHashes makes a service count the hashes it computes.
func countHashes(s *Service) *atomic.Int64 {
	var n atomic.Int64
	derive := s.hasher.derive
	s.hasher.derive = func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte {
		n.Add(1)
		return derive(password, salt, time, memory, threads, keyLen)
	}
	return &n
}
