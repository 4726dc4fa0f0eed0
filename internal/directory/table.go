package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unique"

	"sotay/internal/caller"
	"sotay/internal/directory/tree"
	"sotay/internal/viet"
)

// row is what the table keeps of a member: enough to make an identity again
// when the day or the tree changes, and to list members without the store.
// Rows are never changed, but for what roll and made say.
type row struct {
	id           string
	rev, authRev int64
	// What many members have alike is there once; see reading.
	*traits
	*history
	erased bool
	key    string // sorts names
	fold   string // folded name, for look-ups by name
	// made is the identity of one day and one tree.
	made atomic.Pointer[made]
	// listed is the unit whose list the row stands in, and listedIn the tree
	// that the list was made for; under the roll's lock.
	listed   string
	listedIn *tree.Snapshot
}

// traits are what a member is, history where and in which status they were.
// Neither is ever changed: rows share them.
type (
	traits struct {
		kind, officialOn, enterprise, shift string
		tags                                []string
		roles                               []Role
	}
	history struct {
		places   []stay
		statuses []span
	}
)

// stay and span are what is kept of a Place and of a Status.
type (
	stay struct{ orgID, from string }
	span struct{ status, from, to, host string }
)

// statusOn returns the span in force on a day, as Member.Current does.
func (r *row) statusOn(day string) span {
	cur := span{status: Active}
	for _, s := range r.statuses {
		if covering(s.from, s.to, day) {
			cur = s
		}
	}
	return cur
}

// placeOn returns the organisation that the member was put into.
func (r *row) placeOn(day string) string {
	org := ""
	for _, p := range r.places {
		if p.from <= day {
			org = p.orgID
		}
	}
	return org
}

type made struct {
	identity *caller.Identity
	tree     *tree.Snapshot
}

// table holds all members. Reads take a read lock on one of its shards.
type table struct {
	refused map[string]bool
	shards  [16]struct {
		sync.RWMutex
		rows map[string]*row
	}
}

func newTable() *table {
	t := &table{}
	for i := range t.shards {
		t.shards[i].rows = map[string]*row{}
	}
	return t
}

func (t *table) shard(id string) int {
	if id == "" {
		return 0
	}
	return int(id[len(id)-1]) % len(t.shards)
}

// intern keeps one copy of the strings that many members share.
func intern(s string) string { return unique.Make(s).Value() }

// rowOf keeps of a member what the table needs.
func rowOf(m *Member) *row {
	is := &traits{kind: intern(m.Kind), officialOn: intern(m.OfficialOn), enterprise: intern(m.EnterpriseID), shift: intern(m.Shift),
		roles: slices.Clone(m.Roles)}
	for _, tag := range m.Tags {
		is.tags = append(is.tags, intern(tag))
	}
	was := &history{}
	for _, p := range m.Places {
		was.places = append(was.places, stay{intern(p.OrgID), intern(p.From)})
	}
	for _, s := range m.Statuses {
		was.statuses = append(was.statuses, span{intern(s.Status), intern(s.From), intern(s.To), intern(s.HostID)})
	}
	return &row{id: m.ID, rev: m.Rev, authRev: m.AuthRev, traits: is, history: was, erased: m.Erased(), key: m.NameKey, fold: viet.Fold(m.Name)}
}

// set takes in a member unless a newer state is known, and returns the row
// that was replaced and the one that stands now.
func (t *table) set(m *Member) (old, now *row) {
	if r := t.row(m.ID); r != nil && r.rev >= m.Rev {
		return r, r
	}
	return t.put(rowOf(m))
}

// put is set for a row.
func (t *table) put(now *row) (old, stands *row) {
	s := &t.shards[t.shard(now.id)]
	s.Lock()
	defer s.Unlock()
	old = s.rows[now.id]
	if old != nil && old.rev >= now.rev {
		return old, old
	}
	s.rows[now.id] = now
	return old, now
}

func (t *table) row(id string) *row {
	s := &t.shards[t.shard(id)]
	s.RLock()
	defer s.RUnlock()
	return s.rows[id]
}

// identity returns the member in the tree of a day, or nil.
func (t *table) identity(id string, tr *tree.Snapshot) *caller.Identity {
	r := t.row(id)
	if r == nil {
		return nil
	}
	if m := r.made.Load(); m != nil && m.tree == tr {
		return m.identity
	}
	i := r.identity(tr)
	i.MaySignIn = i.MaySignIn && !t.refused[id]
	r.made.Store(&made{identity: i, tree: tr})
	return i
}

// unit returns the organisation in which a member counts on the day of the
// tree: the host of one who is attached for a time, else where they belong.
func (r *row) unit(tr *tree.Snapshot) string {
	s := r.statusOn(tr.Day)
	return unitOf(tr, r.placeOn(tr.Day), s.status, s.host)
}

func (m *Member) unit(tr *tree.Snapshot) string {
	s := m.Current(tr.Day)
	return unitOf(tr, placeOn(m.Places, tr.Day), s.Status, s.HostID)
}

func unitOf(tr *tree.Snapshot, home, status, host string) string {
	if status == TemporaryAttachment {
		if id := tr.Resolve(host); id != "" {
			return id
		}
	}
	return tr.Resolve(home)
}

func (r *row) identity(tr *tree.Snapshot) *caller.Identity {
	status := r.statusOn(tr.Day).status
	i := &caller.Identity{MemberID: r.id, AuthRev: r.authRev, OrgID: r.unit(tr), Kind: kindOn(r.kind, r.officialOn, tr.Day),
		Status: status, Tags: r.tags, EnterpriseID: r.enterprise, Shift: r.shift, MaySignIn: !hasLeft(status) && !r.erased}
	if o := tr.Org(i.OrgID); o != nil {
		i.OrgPath, i.Units = o.Path, o.Units
	}
	for _, role := range r.roles {
		held := caller.Role{Name: caller.RoleName(role.Role), OrgID: role.OrgID, EnterpriseID: role.EnterpriseID, From: role.From, To: role.To}
		switch {
		case role.To != "" && role.To < tr.Day:
		case role.From > tr.Day:
			i.Coming = append(i.Coming, held)
		case role.OrgID == "" || tr.Org(role.OrgID) != nil:
			// A role over an organisation that has closed is over: its
			// successor appoints its own.
			i.Roles = append(i.Roles, held)
		}
	}
	i.Audience = audienceHash(i)
	return i
}

// audienceHash covers all that a member's view of the library depends on.
func audienceHash(i *caller.Identity) string {
	var names []string
	for _, r := range i.Roles {
		names = append(names, string(r.Name))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	sum := sha256.Sum256([]byte(strings.Join(i.Units, "/") + "|" + strings.Join(names, ",") + "|" + i.Status + "|" + i.Kind))
	return hex.EncodeToString(sum[:8])
}

// each calls fn for all rows, in no order.
func (t *table) each(fn func(*row)) {
	for i := range t.shards {
		s := &t.shards[i]
		s.RLock()
		for _, r := range s.rows {
			fn(r)
		}
		s.RUnlock()
	}
}

// len counts the members.
func (t *table) len() int {
	n := 0
	for i := range t.shards {
		t.shards[i].RLock()
		n += len(t.shards[i].rows)
		t.shards[i].RUnlock()
	}
	return n
}
