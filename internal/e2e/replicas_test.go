package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"sotay/internal/httpapi/contract"
)

// TestTwoReplicas writes through two processes on one store at once.
func TestTwoReplicas(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		e.watched(t)
		clock := later(t, 0)
		servers := []*server{e.serve(t, clock), e.serve(t, clock)}
		const each = 4
		ids := make([][]string, len(servers))
		phones := make([]*phone, len(servers))
		for i, s := range servers {
			phones[i] = s.as(t, member).phone()
			phones[i].sync(t, 3)
			d := s.desk(t, "documents")
			for n := range each {
				one := d.create(t, document(fmt.Sprintf("Văn bản %d của máy %d", n, i)))
				d.approve(t, one.ID)
				ids[i] = append(ids[i], one.ID)
			}
		}
		var wg sync.WaitGroup
		for i, s := range servers {
			wg.Go(func() {
				for _, id := range ids[i] {
					if a, err := s.as(t, approver).try(t, "POST", "/v1/editor/documents/"+id+"/publish", nil); err != nil || a.status != 200 {
						t.Errorf("publish on %d: %v %v", i, err, a)
					}
				}
			})
			wg.Go(func() { refreshBoth(t, s, servers[1-i], fmt.Sprint("both-", i)) })
		}
		wg.Wait()
		for i, p := range phones {
			eventually(t, soon, fmt.Sprintf("the phone at %d has all", i), func() (bool, string) {
				p.sync(t, 3)
				n := 0
				for _, list := range ids {
					for _, id := range list {
						if p.has("document", id, 1) && p.lists(t, id) {
							n++
						}
					}
				}
				return n == 2*each, fmt.Sprint(n)
			})
		}
		bookmarkTwice(t, servers, ids[0][0])
		rotateKeys(t, e, servers, clock)
	})
}

// refreshBoth uses one refresh token on both processes at once.
func refreshBoth(t *testing.T, here, there *server, installation string) {
	g := here.guest(t)
	signed := g.login(t, enterprise, password, installation)
	got := make([]string, 2)
	var wg sync.WaitGroup
	for i, s := range []*server{here, there} {
		wg.Go(func() {
			a, err := s.guest(t).try(t, "POST", "/v1/auth/refresh", contract.RefreshRequest{RefreshToken: signed.RefreshToken})
			if err != nil || a.status != 200 {
				t.Errorf("refresh: %v %+v", err, a)
				return
			}
			got[i] = parse[contract.Tokens](t, a).RefreshToken
		})
	}
	wg.Wait()
	if got[0] != got[1] {
		t.Errorf("two successors of one token")
	}
}

// bookmarkTwice makes one bookmark through both processes at once.
func bookmarkTwice(t *testing.T, servers []*server, id string) {
	var wg sync.WaitGroup
	for _, s := range servers {
		for range 4 {
			wg.Go(func() {
				if a, err := s.as(t, exempt).try(t, "PUT", "/v1/me/bookmarks/"+id, nil); err != nil || a.status != 204 {
					t.Errorf("bookmark: %v %+v", err, a)
				}
			})
		}
	}
	wg.Wait()
	for _, s := range servers {
		list := get[contract.BookmarkList](t, s.as(t, exempt), "/v1/me/bookmarks")
		if len(list.Items) != 1 || list.Items[0].DocumentId != id {
			t.Errorf("bookmarks: %+v", list.Items)
		}
	}
}

// rotateKeys announces a key; both processes publish it before either signs
// with it, and what each signs the other takes.
func rotateKeys(t *testing.T, e *env, servers []*server, clock string) {
	before := get[contract.JWKS](t, servers[0].guest(t), "/.well-known/jwks.json")
	if out, err := e.run(t, "keys", "rotate"); err != nil {
		t.Fatalf("keys rotate: %v\n%s", err, out)
	}
	for i, s := range servers {
		eventually(t, revoked, fmt.Sprintf("process %d publishes the next key", i), func() (bool, string) {
			now := get[contract.JWKS](t, s.guest(t), "/.well-known/jwks.json")
			return len(now.Keys) == len(before.Keys)+1, fmt.Sprint(len(now.Keys))
		})
		get[contract.Me](t, s.as(t, member), "/v1/me")
	}
	old := keyOf(t, e.signed[member].AccessToken)
	// Made now: a prepared token may be older than it looks.
	made := servers[0].guest(t).refresh(t, e.signed[member].RefreshToken).AccessToken
	if kid := keyOf(t, made); kid != old {
		t.Errorf("signed with %s before everybody could know it", kid)
	}
	setFile(t, strings.TrimPrefix(clock, "HANDBOOK_TEST_CLOCK="), "12m") // tokens of the old key are still valid
	for i, s := range servers {
		g := s.guest(t)
		signed := g.login(t, leader, password, fmt.Sprint("rotated-", i))
		if keyOf(t, signed.AccessToken) == old {
			t.Errorf("process %d still signs with the old key", i)
		}
		get[contract.Me](t, g.on(servers[1-i]).with(signed.AccessToken), "/v1/me")
		a := s.guest(t).with(made).do(t, "GET", "/v1/me", nil)
		if a.status != 200 {
			t.Errorf("process %d refuses a token from before the rotation: %d %s\n%s", i, a.status, a.body, s.out.text())
		}
	}
}

// keyOf is the key that an access token was signed with.
func keyOf(t *testing.T, token string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	var head struct{ Kid string }
	if err := json.Unmarshal(text, &head); err != nil || head.Kid == "" {
		t.Fatalf("header of a token: %s, %v", text, err)
	}
	return head.Kid
}
