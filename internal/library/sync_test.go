package library

import (
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"sotay/internal/audience"
	"sotay/internal/caller"
	"sotay/internal/changelog"
	"sotay/internal/editorial"
)

// phone keeps a copy by the rules that the contract states.
type phone struct {
	who    *caller.Caller
	cursor string
	have   map[string]string // "<kind>/<id>" to hash
	fresh  map[string]string // the manifest being read
}

// pull takes one page.
func (p *phone) pull(f *fixture, limit int) (more bool, err error) {
	page, err := f.Sync(p.who, p.cursor, limit)
	if err != nil {
		return false, err
	}
	if page.Begins {
		p.fresh = map[string]string{}
	}
	into := p.have
	if page.Reset {
		into = p.fresh
	}
	for _, ch := range page.Changes {
		key := ch.Kind + "/" + ch.ID
		if ch.Op == changelog.Delete {
			delete(into, key)
		} else {
			into[key] = ch.Hash
		}
	}
	if page.Reset && !page.More {
		p.have, p.fresh = p.fresh, nil
	}
	p.cursor = page.Next
	return page.More, nil
}

// visible is what the phone ought to have.
func (f *fixture) visible(c *caller.Caller) map[string]string {
	out := map[string]string{}
	cat := f.catalogue.Load()
	for id := range cat.documents {
		if b, err := f.Document(c, id); err == nil {
			out[KindDocument+"/"+id] = b.Hash
		}
	}
	return out
}

// Whatever is published, narrowed, widened and withdrawn while phones read in
// pages of any size, each ends with what its member may see, and nothing else.
func TestPhonesEndWithWhatTheyMaySee(t *testing.T) {
	t.Parallel()
	engine := openEngine(t)
	f := newFixture(t, engine)
	visibilities := []audience.Visibility{audience.Everyone(), {Kind: audience.Orgs, OrgIDs: []string{"a"}}, {Kind: audience.Orgs, OrgIDs: []string{"b"}},
		{Kind: audience.Roles, Roles: []string{"secretary"}}}
	members := []*caller.Caller{who("m1", "a"), who("m2", "b"), who("m3", "a", caller.Secretary)}
	rapid.Check(t, func(r *rapid.T) {
		var ids []string
		live := map[string]bool{}
		phones := make([]*phone, len(members))
		for i, m := range members {
			phones[i] = &phone{who: m, have: map[string]string{}}
		}
		for n := range rapid.IntRange(1, 12).Draw(r, "acts") {
			switch rapid.IntRange(0, 3).Draw(r, "act") {
			case 0:
				id := f.out(t, "", fmt.Sprint("mới ", n), rapid.SampledFrom(visibilities).Draw(r, "visibility"))
				ids, live[id] = append(ids, id), true
			case 1:
				if len(ids) > 0 {
					id := rapid.SampledFrom(ids).Draw(r, "document")
					f.out(t, id, fmt.Sprint("sửa ", n), rapid.SampledFrom(visibilities).Draw(r, "visibility"))
					live[id] = true
				}
			case 2:
				if len(ids) > 0 {
					if id := rapid.SampledFrom(ids).Draw(r, "document"); live[id] {
						f.step(t, id, editorial.Withdraw)
						live[id] = false
					}
				}
			case 3:
				p := rapid.SampledFrom(phones).Draw(r, "phone")
				if _, err := p.pull(f, rapid.IntRange(1, 5).Draw(r, "limit")); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, p := range phones {
			for more, tries := true, 0; more; tries++ {
				var err error
				if more, err = p.pull(f, 50); err != nil || tries > 200 {
					t.Fatal("sync never ends", err)
				}
			}
			for { // what changed while a manifest was read comes as deltas
				before := p.cursor
				more, err := p.pull(f, 50)
				if err != nil {
					t.Fatal(err)
				}
				if !more && before != "" {
					break
				}
			}
			if want := f.visible(p.who); !maps.Equal(p.have, want) {
				r.Fatalf("%s has %v, want %v", p.who.MemberID, p.have, want)
			}
		}
	})
}

// A phone whose member moved gets the manifest of the new audience, also in
// the middle of an older one.
func TestAudienceChangeResets(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openEngine(t))
	only := func(org string) audience.Visibility {
		return audience.Visibility{Kind: audience.Orgs, OrgIDs: []string{org}}
	}
	for n := range 3 {
		f.out(t, "", fmt.Sprint("a", n), only("a"))
		f.out(t, "", fmt.Sprint("b", n), only("b"))
	}
	p := &phone{who: who("m", "a"), have: map[string]string{}}
	if _, err := p.pull(f, 2); err != nil {
		t.Fatal(err)
	}
	p.who = who("m", "b")
	for more, pages := true, 0; more; pages++ {
		page, err := f.Sync(p.who, p.cursor, 2)
		if err != nil || !page.Reset || page.Begins != (pages == 0) {
			t.Fatalf("want a manifest, got %+v, %v", page, err)
		}
		if more, err = p.pull(f, 2); err != nil {
			t.Fatal(err)
		}
	}
	if want := f.visible(p.who); !maps.Equal(p.have, want) || len(want) != 3 {
		t.Fatalf("has %v, want %v", p.have, want)
	}
	if page, err := f.Sync(p.who, p.cursor, 2); err != nil || page.Reset || len(page.Changes) > 0 {
		t.Fatalf("nothing more: %+v %v", page, err)
	}
	if _, err := f.Sync(p.who, "x"+p.cursor, 2); err == nil {
		t.Fatal("a forged cursor was taken")
	}
}
