package directory

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/store"
)

// TestReadingEqualsDecoding holds the short way from a stored member to its row
// to the long one.
func TestReadingEqualsDecoding(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rd := newReading(newTable())
		text := rapid.SampledFrom([]string{"", "a", "b", "Nguyễn Thị Đào", "2026-01-02"})
		some := rapid.IntRange(0, 3)
		for k := range rapid.IntRange(1, 4).Draw(t, "members") {
			m := Member{Name: text.Draw(t, "name"), NameKey: text.Draw(t, "key"), Kind: text.Draw(t, "kind"), OfficialOn: text.Draw(t, "official"),
				EnterpriseID: text.Draw(t, "enterprise"), Shift: text.Draw(t, "shift"), AuthRev: rapid.Int64Range(0, 9).Draw(t, "authRev")}
			m.WantsInformation = rapid.Bool().Draw(t, "wants")
			m.ID, m.Rev = string(rune('a'+k)), rapid.Int64Range(1, 9).Draw(t, "rev")
			if rapid.Bool().Draw(t, "erased") {
				m.ErasedAt = time.UnixMilli(rapid.Int64Range(-1, 2000).Draw(t, "at"))
			}
			for range some.Draw(t, "tags") {
				m.Tags = append(m.Tags, text.Draw(t, "tag"))
			}
			for range some.Draw(t, "places") {
				m.Places = append(m.Places, Place{Key: "k", OrgID: text.Draw(t, "org"), From: text.Draw(t, "from")})
			}
			for range some.Draw(t, "statuses") {
				m.Statuses = append(m.Statuses, Status{Status: text.Draw(t, "status"), From: text.Draw(t, "from"), To: text.Draw(t, "to"), HostID: text.Draw(t, "host")})
			}
			for range some.Draw(t, "roles") {
				m.Roles = append(m.Roles, Role{Role: text.Draw(t, "role"), OrgID: text.Draw(t, "org"), EnterpriseID: text.Draw(t, "of"), From: text.Draw(t, "from"), To: text.Draw(t, "to")})
			}
			doc, err := store.Encode(&m)
			if err != nil {
				t.Fatal(err)
			}
			var decoded Member
			if err := store.Decode(doc, &decoded); err != nil {
				t.Fatal(err)
			}
			lists := Member{Name: m.Name, Kind: m.Kind, OfficialOn: m.OfficialOn, EnterpriseID: m.EnterpriseID, Shift: m.Shift,
				WantsInformation: m.WantsInformation, Tags: m.Tags, Roles: m.Roles, Statuses: m.Statuses}
			for _, p := range m.Places {
				lists.Places = append(lists.Places, Place{OrgID: p.OrgID, From: p.From})
			}
			lists.ID = m.ID
			if short, err := inLists(doc); err != nil || !reflect.DeepEqual(short, lists) {
				t.Fatalf("lists read %+v, want %+v, %v", short, lists, err)
			}
			got, err := rd.row(doc)
			if want := rowOf(&decoded); err != nil || !reflect.DeepEqual(clean(got), clean(want)) {
				t.Fatalf("read %+v %+v %+v, decoded %+v %+v %+v, %v", got, got.traits, got.history, want, want.traits, want.history, err)
			}
			rd.table.put(got)
			if again, err := rd.row(doc); again != nil || err != nil {
				t.Fatalf("a member whom the table has: %v, %v", again, err)
			}
		}
	})
}

// clean makes empty roles none: nobody tells them apart.
func clean(r *row) *row {
	if len(r.roles) == 0 {
		r.roles = nil
	}
	return r
}
