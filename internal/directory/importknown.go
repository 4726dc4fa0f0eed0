package directory

import (
	"context"
	"crypto/sha256"

	"sotay/internal/fault"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// manyLookUps is from when on it is cheaper to read all members once than to
// look up each row by itself.
const manyLookUps = 2000

type key16 [16]byte

func hash16(key string) key16 {
	sum := sha256.Sum256([]byte(key))
	return key16(sum[:16])
}

// knownMembers finds the members that rows name. Most have the id that an
// import derives, and are read by it; others are looked up by their numbers.
type knownMembers struct {
	service *Service
	lookUps int
	// odd are the rows whose members had to be looked up and were found. After a
	// check no other row is looked up again.
	odd     map[int]bool
	checked bool
	ids     map[key16]string // once there were many look-ups
}

// match is whom a row names: by citizen id, and by code.
type match struct {
	byCitizen, byCode *Member
	// erased says that the row's person was taken out of the record, and has
	// not been entered again since.
	erased bool
}

// one says whom a row means, nil when nobody, and a fault when it contradicts
// itself.
func (f match) one(row *memberRow) (*Member, *fault.Fault) {
	switch {
	case f.byCitizen != nil && f.byCode != nil && f.byCitizen.ID != f.byCode.ID:
		return nil, twoMembers
	case f.byCitizen != nil:
		return f.byCitizen, nil
	case f.byCode != nil && row.citizenKey != "" && f.byCode.CitizenKey != f.byCode.ID && f.byCode.CitizenKey != row.citizenKey:
		return nil, otherID
	}
	if f.byCode != nil && row.citizenKey != "" && f.byCode.CitizenKey == f.byCode.ID && viet.Fold(f.byCode.Name) != viet.Fold(row.name) {
		// A code alone, under another name, is no proof of who somebody is.
		return nil, otherName
	}
	return f.byCode, nil
}

// find returns whom each row names.
func (k *knownMembers) find(ctx context.Context, rows []*memberRow) ([]match, error) {
	var ids []string
	for _, row := range rows {
		if row.derivedID != "" {
			ids = append(ids, row.derivedID)
		}
	}
	derived, err := k.service.members.GetMany(ctx, ids)
	if err != nil {
		return nil, doing("read members", err)
	}
	out := make([]match, len(rows))
	for i, row := range rows {
		m, ok := derived[row.derivedID]
		erased := ok && m.Erased()
		if ok && !erased && row.names(&m) {
			out[i] = match{byCitizen: &m}
			continue
		}
		if k.checked && !k.odd[row.number] && !erased {
			continue
		}
		if out[i], err = k.lookUp(ctx, row); err != nil {
			return nil, err
		}
		if out[i] != (match{}) {
			k.odd[row.number] = true
		}
		out[i].erased = erased && out[i] == (match{})
	}
	return out, nil
}

// names tells whether a row can mean nobody but the member with the id that
// follows from it. One who was erased is meant as well, to be told about.
func (row *memberRow) names(m *Member) bool {
	switch {
	case !m.ErasedAt.IsZero() && m.ErasedAt.Unix() > 0:
		return true
	case row.citizenKey == "":
		return m.CodeKey == row.codeKey
	}
	return m.CitizenKey == row.citizenKey && (row.codeKey == "" || m.CodeKey == row.codeKey)
}

// lookUp finds whom a row names by the numbers.
func (k *knownMembers) lookUp(ctx context.Context, row *memberRow) (f match, err error) {
	if row.citizenKey != "" {
		if f.byCitizen, err = k.by(ctx, "citizenKey", row.citizenKey); err != nil {
			return f, err
		}
	}
	if row.codeKey != "" {
		f.byCode, err = k.by(ctx, "codeKey", row.codeKey)
	}
	return f, err
}

func (k *knownMembers) by(ctx context.Context, index, key string) (*Member, error) {
	if k.lookUps++; k.lookUps == manyLookUps {
		if err := k.readAll(ctx); err != nil {
			return nil, err
		}
	}
	if k.ids != nil {
		id, ok := k.ids[hash16(key)]
		if !ok {
			return nil, nil
		}
		found, err := k.service.members.GetMany(ctx, []string{id})
		if m, ok := found[id]; ok && err == nil {
			return &m, nil
		}
		return nil, doing("read a member", err)
	}
	page, err := k.service.members.Find(ctx, store.Query{Index: index, Eq: []any{key}, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return nil, doing("find a member", err)
	}
	return &page.Items[0], nil
}

func (k *knownMembers) readAll(ctx context.Context) error {
	k.ids = map[key16]string{}
	return doing("read all members", k.service.members.Each(ctx, func(m Member) error {
		k.add(&m)
		return nil
	}))
}

// forget ends the check: what it has looked up is known by row.
func (k *knownMembers) forget() { k.checked, k.ids, k.lookUps = true, nil, 0 }

// add takes note of a member.
func (k *knownMembers) add(m *Member) {
	if k.ids == nil {
		return
	}
	for _, key := range []string{m.CitizenKey, m.CodeKey} {
		if key != m.ID {
			k.ids[hash16(key)] = m.ID
		}
	}
}
