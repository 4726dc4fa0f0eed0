package directory

import (
	"encoding/binary"
	"fmt"
	"strings"

	"sotay/internal/store"
	"sotay/internal/viet"
)

// reading makes the rows of a whole province from the stored documents: of
// each only the fields that a row has, and what members have alike only once.
// Hundreds of thousands are read at every start.
type reading struct {
	table     *table
	traits    map[string]*traits
	histories map[string]*history
	key       []byte // of what is looked up, used again
}

func newReading(t *table) *reading {
	return &reading{table: t, traits: map[string]*traits{}, histories: map[string]*history{}}
}

// stored are the fields of a member's document that a row is made of.
type stored struct {
	id, name, nameKey, kind, officialOn, enterprise, shift []byte
	rev, authRev, erasedAt                                 int64
	tags, roles, places, statuses                          store.Raw
}

func (m *stored) take(name []byte, v store.Value) {
	switch string(name) {
	case "_id":
		m.id = v.Text()
	case "_rev":
		m.rev = v.Int()
	case "name":
		m.name = v.Text()
	case "nameKey":
		m.nameKey = v.Text()
	case "kind":
		m.kind = v.Text()
	case "officialOn":
		m.officialOn = v.Text()
	case "places":
		m.places = v.Doc()
	case "statuses":
		m.statuses = v.Doc()
	case "tags":
		m.tags = v.Doc()
	case "roles":
		m.roles = v.Doc()
	case "enterpriseId":
		m.enterprise = v.Text()
	case "shift":
		m.shift = v.Text()
	case "authRev":
		m.authRev = v.Int()
	case "erasedAt":
		m.erasedAt = v.Int()
	}
}

// row makes the row that rowOf makes of the decoded member; nil when the table
// has it.
func (rd *reading) row(doc store.Raw) (*row, error) {
	var m stored
	if err := store.Walk(doc, m.take); err != nil {
		return nil, fmt.Errorf("member %s: %w", m.id, err)
	}
	if rd.table.knows(m.id, m.rev) {
		return nil, nil
	}
	fold := viet.Fold(string(m.name))
	// One piece of memory for the three that each member has of their own.
	own := string(append(append(append(rd.key[:0], m.id...), m.nameKey...), fold...))
	r := &row{id: own[:len(m.id)], key: own[len(m.id) : len(own)-len(fold)], fold: own[len(own)-len(fold):],
		rev: m.rev, authRev: m.authRev, erased: m.erasedAt >= 1000}
	var err error
	if r.traits, err = rd.traitsOf(&m); err != nil {
		return nil, fmt.Errorf("member %s: %w", m.id, err)
	}
	if r.history, err = rd.historyOf(&m); err != nil {
		return nil, fmt.Errorf("member %s: %w", m.id, err)
	}
	return r, nil
}

// appendAll appends fields of the documents in an array, each with a NUL behind it,
// which is in no string of the store; it returns how many documents there are.
func appendAll(key []byte, docs store.Raw, fields ...string) ([]byte, int, error) {
	n := 0
	var inner error
	err := store.Walk(docs, func(_ []byte, v store.Value) {
		var found [5][]byte
		if err := store.Walk(v.Doc(), func(name []byte, v store.Value) {
			for i, f := range fields {
				if string(name) == f {
					found[i] = v.Text()
				}
			}
		}); err != nil {
			inner = err
		}
		for i := range fields {
			key = append(append(key, found[i]...), 0)
		}
		n++
	})
	if err == nil {
		err = inner
	}
	return key, n, err
}

func (rd *reading) traitsOf(m *stored) (*traits, error) {
	k := rd.key[:0]
	for _, f := range [][]byte{m.kind, m.officialOn, m.enterprise, m.shift} {
		k = append(append(k, f...), 0)
	}
	tags := 0
	err := store.Walk(m.tags, func(_ []byte, v store.Value) {
		k = append(append(k, v.Text()...), 0)
		tags++
	})
	if err != nil {
		return nil, err
	}
	k, roles, err := appendAll(k, m.roles, "role", "orgId", "enterpriseId", "from", "to")
	if err != nil {
		return nil, err
	}
	k = binary.LittleEndian.AppendUint32(k, uint32(roles))
	rd.key = k
	if t := rd.traits[string(k)]; t != nil {
		return t, nil
	}
	f := fieldsOf(k)
	t := &traits{kind: f[0], officialOn: f[1], enterprise: f[2], shift: f[3]}
	if tags > 0 {
		t.tags = f[4 : 4+tags : 4+tags]
	}
	for f = f[4+tags:]; len(f) > 0; f = f[5:] {
		t.roles = append(t.roles, Role{Role: f[0], OrgID: f[1], EnterpriseID: f[2], From: f[3], To: f[4]})
	}
	rd.traits[string(k)] = t
	return t, nil
}

func (rd *reading) historyOf(m *stored) (*history, error) {
	k, places, err := appendAll(rd.key[:0], m.places, "orgId", "from")
	if err != nil {
		return nil, err
	}
	k, _, err = appendAll(k, m.statuses, "status", "from", "to", "hostId")
	if err != nil {
		return nil, err
	}
	k = binary.LittleEndian.AppendUint32(k, uint32(places))
	rd.key = k
	if h := rd.histories[string(k)]; h != nil {
		return h, nil
	}
	f, h := fieldsOf(k), &history{}
	for range places {
		h.places = append(h.places, stay{f[0], f[1]})
		f = f[2:]
	}
	for ; len(f) > 0; f = f[4:] {
		h.statuses = append(h.statuses, span{f[0], f[1], f[2], f[3]})
	}
	rd.histories[string(k)] = h
	return h, nil
}

// fieldsOf takes a key apart again, without the number at its end.
func fieldsOf(k []byte) []string {
	if len(k) == 4 {
		return nil
	}
	var out []string
	for f := range strings.SplitSeq(strings.TrimSuffix(string(k[:len(k)-4]), "\x00"), "\x00") {
		out = append(out, intern(f))
	}
	return out
}

// knows tells whether the table has a member's state or a newer one.
func (t *table) knows(id []byte, rev int64) bool {
	if len(id) == 0 {
		return false
	}
	s := &t.shards[int(id[len(id)-1])%len(t.shards)]
	s.RLock()
	defer s.RUnlock()
	r := s.rows[string(id)]
	return r != nil && r.rev >= rev
}
