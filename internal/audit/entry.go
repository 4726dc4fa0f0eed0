package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"sotay/internal/store"
)

// Entry is one act.
type Entry struct {
	store.Meta `bson:",inline"`
	At         time.Time `bson:"at"`
	// ActorID is the member who acted, or "" for the system and the command
	// line (then Act says which).
	ActorID string `bson:"actorId"`
	// Act is a stable code such as "document.publish".
	Act string `bson:"act"`
	// Target is "<kind>/<id>" of what was acted on.
	Target string `bson:"target"`
	// Details hold ids, codes and numbers; never a name or free text.
	Details map[string]string `bson:"details"`
	// Seal is the number of the seal that covers the entry, 0 while none does.
	Seal int64 `bson:"seal"`
}

// EntrySchema declares the collection of entries.
func EntrySchema() *store.Schema {
	at := store.Field{Path: "at", Type: store.Date}
	return &store.Schema{Name: "auditentries", Majority: true, Indexes: []store.Index{
		{Name: "seal", Fields: []store.Field{{Path: "seal", Type: store.Int64}}},
		{Name: "at", Fields: []store.Field{at}},
		{Name: "actor", Fields: []store.Field{{Path: "actorId", Type: store.String}, at}},
		{Name: "target", Fields: []store.Field{{Path: "target", Type: store.String}, at}},
	}}
}

// hash covers what an entry says, and nothing of how it is stored.
func (e *Entry) hash() [sha256.Size]byte {
	h := sha256.New()
	put := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	put(e.ID)
	put(e.At.UTC().Format(time.RFC3339Nano))
	put(e.ActorID)
	put(e.Act)
	put(e.Target)
	for _, k := range slices.Sorted(maps.Keys(e.Details)) {
		put(k)
		put(e.Details[k])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Seal covers a batch of entries and, through Prev, all before it.
type Seal struct {
	store.SeqMeta `bson:",inline"`
	At            time.Time `bson:"at"`
	Entries       []string  `bson:"entries"`
	Prev          []byte    `bson:"prev"`
	Hash          []byte    `bson:"hash"`
}

// SealSchema declares the chain of seals.
func SealSchema() *store.Schema {
	return &store.Schema{Name: "auditseals", IntID: true, Majority: true}
}

// sealHash is SHA-256 over the number, the seal before and the entries' hashes
// in their order.
func sealHash(seq int64, prev []byte, entries []Entry) []byte {
	h := sha256.New()
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(seq))
	h.Write(n[:])
	h.Write(prev)
	for i := range entries {
		eh := entries[i].hash()
		h.Write(eh[:])
	}
	return h.Sum(nil)
}
