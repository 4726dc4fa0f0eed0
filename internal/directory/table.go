package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"sotay/internal/caller"
)

// tree is the organisations by id; it is replaced, never changed.
type tree map[string]*Org

// row is what the table keeps of a member: enough to make an identity again
// when the day or the tree changes.
type row struct {
	kind     string
	orgID    string
	statuses []Status
	tags     []string
	roles    []Role
	authRev  int64
	rev      int64
	// made is the identity of one day and one tree.
	made atomic.Pointer[made]
}

type made struct {
	identity *caller.Identity
	day      string
	tree     *tree
}

// table holds all members. Reads take a read lock on one of its shards.
type table struct {
	refused map[string]bool
	tree    atomic.Pointer[tree]
	shards  [16]struct {
		sync.RWMutex
		rows map[string]*row
	}
}

func newTable() *table {
	t := &table{}
	t.tree.Store(&tree{})
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

// set takes in a member unless a newer state is known.
func (t *table) set(m *Member) {
	s := &t.shards[t.shard(m.ID)]
	s.Lock()
	defer s.Unlock()
	if old := s.rows[m.ID]; old != nil && old.rev >= m.Rev {
		return
	}
	s.rows[m.ID] = &row{kind: m.Kind, orgID: m.OrgID, statuses: m.Statuses, tags: m.Tags,
		roles: m.Roles, authRev: m.AuthRev, rev: m.Rev}
}

// identity returns the member as of today, or nil. today is passed in by the
// caller who has it at hand.
func (t *table) identity(id, today string) *caller.Identity {
	s := &t.shards[t.shard(id)]
	s.RLock()
	r := s.rows[id]
	s.RUnlock()
	if r == nil {
		return nil
	}
	tr := t.tree.Load()
	if m := r.made.Load(); m != nil && m.day == today && m.tree == tr {
		return m.identity
	}
	i := r.make(id, today, *tr)
	i.MaySignIn = i.MaySignIn && !t.refused[id]
	r.made.Store(&made{identity: i, day: today, tree: tr})
	return i
}

func (r *row) make(id, today string, tr tree) *caller.Identity {
	m := Member{Statuses: r.statuses}
	status := m.Current(today).Status
	i := &caller.Identity{MemberID: id, AuthRev: r.authRev, OrgID: r.orgID, Kind: r.kind,
		Status: status, Tags: r.tags, MaySignIn: !hasLeft(status)}
	if o := tr[r.orgID]; o != nil {
		i.OrgPath = o.Path
	}
	for _, role := range r.roles {
		if role.From <= today && (role.To == "" || today <= role.To) {
			i.Roles = append(i.Roles, caller.Role{Name: caller.RoleName(role.Role), OrgID: role.OrgID, From: role.From, To: role.To})
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
	sum := sha256.Sum256([]byte(strings.Join(i.OrgPath, "/") + "|" + strings.Join(names, ",") + "|" + i.Status + "|" + i.Kind))
	return hex.EncodeToString(sum[:8])
}

// path returns an organisation's path from the root, nil when it is unknown.
func (t *table) path(orgID string) []string {
	if o := (*t.tree.Load())[orgID]; o != nil {
		return o.Path
	}
	return nil
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
