package directory

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/jobs"
	"sotay/internal/page"
	"sotay/internal/store"
	"sotay/internal/store/sqlite"
	"sotay/internal/store/storetest"
)

// mortal is an engine whose process dies behind its k-th write: the write is
// durable, and nobody hears of it or of anything after.
type mortal struct {
	store.Engine
	left atomic.Int64
}

var errDead = errors.New("the process is dead")

func dying(e store.Engine, k int64) *mortal {
	m := &mortal{Engine: e}
	m.left.Store(k)
	return m
}

func (m *mortal) dead() bool { return m.left.Load() <= 0 }

func (m *mortal) Insert(ctx context.Context, s *store.Schema, docs []store.Raw) []error {
	errs := make([]error, len(docs))
	if !m.dead() {
		errs = m.Engine.Insert(ctx, s, docs)
		m.left.Add(-1)
	}
	if m.dead() {
		for i := range errs {
			errs[i] = errDead
		}
	}
	return errs
}

func (m *mortal) write(fn func() error) error {
	if m.dead() {
		return errDead
	}
	err := fn()
	if m.left.Add(-1) <= 0 {
		return errDead
	}
	return err
}

func (m *mortal) Replace(ctx context.Context, s *store.Schema, id any, rev int64, old, doc store.Raw) error {
	return m.write(func() error { return m.Engine.Replace(ctx, s, id, rev, old, doc) })
}

func (m *mortal) Delete(ctx context.Context, s *store.Schema, id any, rev int64) error {
	return m.write(func() error { return m.Engine.Delete(ctx, s, id, rev) })
}

func (m *mortal) Get(ctx context.Context, s *store.Schema, id any) (store.Raw, error) {
	if m.dead() {
		return nil, errDead
	}
	return m.Engine.Get(ctx, s, id)
}

func (m *mortal) Find(ctx context.Context, s *store.Schema, q store.Query) ([]store.Raw, error) {
	if m.dead() {
		return nil, errDead
	}
	return m.Engine.Find(ctx, s, q)
}

// desk is one process with the directory and its imports.
type desk struct {
	fixture
	jobs  *jobs.Service
	lease *storetest.Manual
	who   *caller.Caller
}

func openDesk(t *testing.T, e store.Engine, batch int) *desk {
	t.Helper()
	d := &desk{fixture: newFixture(t, e), lease: &storetest.Manual{}}
	leases, err := store.NewLeases(e, store.LeaseOptions{Clock: d.lease})
	if err != nil {
		t.Fatal(err)
	}
	record, err := audit.New(e, d.now)
	if err != nil {
		t.Fatal(err)
	}
	d.jobs, err = jobs.New(jobs.Deps{Engine: e, Secret: testSecret, Audit: record, Pages: page.New(testSecret), Leases: leases, Now: d.now,
		Log: slog.New(slog.DiscardHandler), Who: d.Answerable, Oversees: d.OverseesImports, Kinds: d.importKinds(batch)})
	if err != nil {
		t.Fatal(err)
	}
	i, ok := d.Identity(MemberID("root"))
	if !ok {
		t.Fatal("the administrator is not there")
	}
	d.who = &caller.Caller{Identity: i}
	return d
}

// importEngine is a store with a small province.
func importEngine(t *testing.T) *sqlite.Engine {
	t.Helper()
	e := openEngine(t).(*sqlite.Engine)
	if err := e.Prepare(t.Context(), append(jobs.Schemas(), store.LeaseSchema())); err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, e)
	s := Seed{Orgs: []SeedOrg{{Key: "root", Name: "Tỉnh", Kind: "province", Code: "T", From: "2025-07-01"},
		{Key: "a", Name: "Chi bộ A", Kind: "branch", Code: "A", Parent: "root", From: "2025-07-01"},
		{Key: "b", Name: "Chi bộ B", Kind: "branch", Code: "B", Parent: "root", From: "2025-07-01"}},
		Members: []SeedMember{{Key: "root", Name: "Quản Trị", Org: "a", Kind: Official, Statuses: []SeedStatus{{Status: Active, From: "2020-01-01"}},
			Roles: []SeedRole{{Role: "admin", Org: "root", From: "2025-07-01"}}}}}
	if _, _, err := f.Apply(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return e
}

// hand hands a list in, and again until it is taken.
func (d *desk) hand(ctx context.Context, kind, list, key string) (jobs.Job, error) {
	return d.jobs.Create(ctx, d.who, jobs.Upload{Kind: kind, FileName: "x.csv", File: strings.NewReader(list), Size: int64(len(list)), Key: key})
}

// finish works until a job has ended, taking over from whoever died at it.
func (d *desk) finish(t *testing.T, id string) jobs.Job {
	t.Helper()
	for range 5 {
		if err := d.jobs.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		j, err := d.jobs.Job(t.Context(), d.who, id)
		if err != nil {
			t.Fatal(err)
		}
		if j.Ended() {
			return j
		}
		d.lease.Advance(time.Minute)
	}
	t.Fatal("the job does not end")
	return jobs.Job{}
}

func (d *desk) bring(t *testing.T, kind, list string) jobs.Job {
	t.Helper()
	j, err := d.hand(t.Context(), kind, list, "")
	if err != nil {
		t.Fatal(err)
	}
	return d.finish(t, j.ID)
}

func summary(j jobs.Job) string {
	return fmt.Sprintf("%s %d/%d new %d changed %d unchanged %d errors %d", j.State, j.Applied, j.Rows, j.New, j.Changed, j.Unchanged, j.Errors)
}

const listHead = "Số căn cước,Họ và tên,Mã chi bộ,Tình trạng,Từ ngày\n"

func line(n int, branch, status, from string) string {
	return fmt.Sprintf("%012d,Người Số %d,%s,%s,%s\n", 38_000_000_000+n, n, branch, status, from)
}

// TestCrashBehindEveryWriteOfAnImport kills the process behind each write of an
// import that makes, changes and leaves members, from the upload on; another
// process ends the job, with counts as if nothing had happened.
func TestCrashBehindEveryWriteOfAnImport(t *testing.T) {
	t.Parallel()
	before := listHead + line(1, "A", "", "") + line(2, "A", "", "") + line(3, "A", "", "")
	list := listHead + line(1, "A", "", "") + line(4, "B", "", "") + line(2, "B", "", "") + line(5, "B", "được miễn", "2026-01-01") + line(3, "A", "từ trần", "2026-02-01")
	orgs := "Mã,Tên,Loại,Mã cấp trên,Ngày thành lập,Số quyết định\nA,Chi bộ A mới,chi bộ,T,,\nC,Chi bộ C,chi bộ,T,2026-01-01,1\nD,Chi bộ D,chi bộ,C,2026-01-01,2\nE,Chi bộ E,chi bộ,D,2026-02-01,3\n"
	for kind, c := range map[string]struct{ list, want string }{"members": {list, "done 5/5 new 2 changed 2 unchanged 1 errors 0"}, "orgs": {orgs, "done 4/4 new 3 changed 1 unchanged 0 errors 0"}} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for k := int64(1); ; k++ {
				e := importEngine(t)
				openDesk(t, e, 2).bring(t, "members", before)
				m := dying(e, 1<<40)
				victim := openDesk(t, m, 2)
				m.left.Store(k)
				j, err := victim.hand(t.Context(), kind, c.list, "the key")
				if err == nil {
					err = victim.jobs.Sweep(t.Context())
				}
				survived := err == nil && !m.dead()
				d := openDesk(t, e, 2)
				if j, err = d.hand(t.Context(), kind, c.list, "the key"); err != nil {
					t.Fatalf("write %d: %v", k, err)
				}
				if got := summary(d.finish(t, j.ID)); got != c.want {
					t.Fatalf("write %d: %s, want %s", k, got, c.want)
				}
				d.holds(t, kind, c.list, k)
				if survived {
					t.Logf("survives a crash behind each of its %d writes", k-1)
					if k < 15 {
						t.Fatal("too few for an import in steps")
					}
					return
				}
				_ = e.Close(context.Background())
			}
		})
	}
}

// holds tests what stands after an import.
func (d *desk) holds(t *testing.T, kind, list string, k int64) {
	t.Helper()
	if kind == "members" {
		if n, _ := d.Size(); n != 6 {
			t.Fatalf("write %d: %d members", k, n)
		}
	}
	d.clock.Add(time.Minute.Milliseconds()) // what the dead one left is overdue
	for _, s := range append(d.jobs.Sweepers(), d.Sweepers()...) {
		if _, err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	left, err := d.jobs.Kept(t.Context())
	if err != nil || left != 0 {
		t.Fatalf("write %d: %d parts of files are left, %v", k, left, err)
	}
	again := d.bring(t, kind, list)
	if again.State != jobs.Done || again.New+again.Changed != 0 || again.Unchanged != again.Rows {
		t.Fatalf("write %d: again: %s", k, summary(again))
	}
}

// TestTwoImportsAtOnce lets two processes, neither of which believes in the
// lease, bring in lists that overlap.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	e := importEngine(t)
	a, b := openDesk(t, e, 3), openDesk(t, e, 3)
	lists := [2]string{listHead, listHead}
	for n := range 40 {
		lists[0] += line(n, "A", "", "")
		lists[1] += line(39-n, "A", "", "")
	}
	var ids [2]string
	for k, d := range []*desk{a, b} {
		j, err := d.hand(t.Context(), "members", lists[k], "")
		if err != nil {
			t.Fatal(err)
		}
		ids[k] = j.ID
	}
	done := make(chan error, 2)
	go func() { done <- a.jobs.Work(t.Context(), ids[0]) }()
	go func() { done <- b.jobs.Work(t.Context(), ids[1]) }()
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	for k, d := range []*desk{a, b} {
		if j := d.finish(t, ids[k]); j.State != jobs.Done || j.Errors != 0 || j.New+j.Changed+j.Unchanged != 40 {
			t.Errorf("%s: %+v", summary(j), j.Problems)
		}
	}
	fresh := newFixture(t, e)
	if n, _ := fresh.Size(); n != 41 {
		t.Errorf("%d members", n)
	}
}

// TestTwoRunsOfOneJob lets a frozen process wake up after another has taken its
// job over: it writes nothing more about it.
func TestTwoRunsOfOneJob(t *testing.T) {
	t.Parallel()
	e := importEngine(t)
	a, b := openDesk(t, e, 2), openDesk(t, e, 2)
	list := listHead
	for n := range 30 {
		list += line(n, "A", "", "")
	}
	j, err := a.hand(t.Context(), "members", list, "")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 2)
	for _, d := range []*desk{a, b} {
		go func() { done <- d.jobs.Work(t.Context(), j.ID) }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if got := summary(b.finish(t, j.ID)); got != "done 30/30 new 30 changed 0 unchanged 0 errors 0" {
		t.Error(got)
	}
}

// TestWhoLosesTheRole holds that an import does only what its owner may at the
// time.
func TestWhoLosesTheRole(t *testing.T) {
	t.Parallel()
	d := openDesk(t, importEngine(t), 2)
	j, err := d.hand(t.Context(), "members", listHead+line(1, "A", "", ""), "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.members.Update(t.Context(), MemberID("root"), func(m *Member) error { m.Roles = nil; return nil })
	if err != nil {
		t.Fatal(err)
	}
	d.take(&m)
	j = d.finish(t, j.ID)
	if n, _ := d.Size(); j.State != jobs.Failed || j.Failure.Code != "import_not_allowed" || n != 1 {
		t.Fatalf("%+v", j)
	}
}

func TestAnImportUnderAUsedKey(t *testing.T) {
	t.Parallel()
	d := openDesk(t, importEngine(t), 2)
	one, err := d.hand(t.Context(), "members", listHead+line(1, "A", "", ""), "k")
	if err != nil {
		t.Fatal(err)
	}
	d.finish(t, one.ID)
	again, err := d.hand(t.Context(), "members", listHead+line(1, "A", "", ""), "k")
	if err != nil || again.ID != one.ID || !again.Ended() {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := d.hand(t.Context(), "members", listHead+line(2, "A", "", ""), "k"); fault.As(err) == nil || fault.As(err).Code != "idempotency_key_reused" {
		t.Fatal(err)
	}
}
