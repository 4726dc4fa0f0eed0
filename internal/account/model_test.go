package account

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/caller"
	"sotay/internal/fault"
)

// phone is the model of one device: what it holds, and what happened to it.
type phone struct {
	name string
	// past are all refresh tokens that were ever made for it, in order.
	past []string
	// held is the index of the newest token that the phone has stored, and
	// made that of the newest that exists.
	held, made int
	access     string
	// acked is the highest index whose access token was shown.
	acked     int
	rotatedAt time.Time
	idleUntil time.Time
	endsAt    time.Time
	ended     bool
	// sid is its session, address where that is reached, "" for nowhere.
	sid, address string
}

// world runs a random story over several phones and two replicas against the
// model.
type world struct {
	t        *rapid.T
	b        *bed
	replicas []*Service
	phones   []*phone
}

func (w *world) server() *Service {
	return rapid.SampledFrom(w.replicas).Draw(w.t, "replica")
}

func (w *world) phone() *phone {
	return rapid.SampledFrom(w.phones).Draw(w.t, "phone")
}

func (w *world) expired(p *phone) bool {
	now := w.b.clock.now()
	return !now.Before(p.idleUntil) || !now.Before(p.endsAt)
}

func (w *world) signIn(p *phone) {
	tk, err := w.server().Login(w.b.t.Context(), input("lan", goodPassword, p.name))
	if err != nil {
		w.t.Fatalf("%s can't sign in: %v", p.name, err)
	}
	c, err := w.server().Verify(tk.AccessToken)
	if err != nil {
		w.t.Fatalf("%s: access token: %v", p.name, err)
	}
	now := w.b.clock.now()
	*p = phone{name: p.name, sid: c.SessionID, past: []string{tk.RefreshToken}, access: tk.AccessToken, acked: -1, rotatedAt: now,
		idleUntil: now.Add(90 * 24 * time.Hour), endsAt: now.Add(365 * 24 * time.Hour)}
}

// present sends the token of an index and compares the answer with the
// model's. got tells whether the phone hears the answer.
func (w *world) present(p *phone, index int, heard bool) {
	tk, err := w.server().Refresh(w.b.t.Context(), p.past[index])
	now := w.b.clock.now()
	switch {
	case p.ended:
		w.want(p, err, SessionRevoked)
		return
	case w.expired(p):
		w.want(p, err, SessionExpired)
		return
	case index == p.made:
		if err != nil {
			w.t.Fatalf("%s: newest token refused: %v", p.name, err)
		}
		p.past = append(p.past, tk.RefreshToken)
		p.made++
		p.acked = max(p.acked, index)
		p.rotatedAt, p.idleUntil = now, now.Add(90*24*time.Hour)
	case index == p.made-1 && (p.acked < p.made || now.Sub(p.rotatedAt) <= 10*time.Minute):
		if err != nil || tk.RefreshToken != p.past[p.made] {
			w.t.Fatalf("%s: lost answer not repeated: %v", p.name, err)
		}
	default:
		w.want(p, err, SessionRevoked)
		p.ended, p.address = true, ""
		return
	}
	if heard {
		p.held, p.access = p.made, tk.AccessToken
	}
}

func (w *world) want(p *phone, err error, f *fault.Fault) {
	if got := fault.As(err); got == nil || got.Code != f.Code {
		w.t.Fatalf("%s: error is %v, want %s", p.name, err, f.Code)
	}
}

// use shows the access token, and the sighting is written.
func (w *world) use(p *phone) {
	s := w.server()
	c, err := s.Verify(p.access)
	if err != nil {
		return // run out, or ended
	}
	if err := s.flushAcks(w.b.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if !p.ended {
		p.acked = max(p.acked, int(c.Generation)-1)
	}
}

// aim sets where a phone is reached, "" for nowhere. An address that another
// phone of the story has is taken from there.
func (w *world) aim(p *phone, address string) {
	lan, _ := w.b.members.Identity("lan")
	c := &caller.Caller{Identity: lan, SessionID: p.sid}
	var err error
	if address == "" {
		err = w.server().RemoveTarget(w.b.t.Context(), c, p.name)
	} else {
		err = w.server().SetTarget(w.b.t.Context(), c, p.name, token(address))
	}
	if p.ended || w.expired(p) {
		w.want(p, err, fault.NotFound)
		return
	}
	if err != nil {
		w.t.Fatalf("%s: push target: %v", p.name, err)
	}
	for _, other := range w.phones {
		if other.address == address {
			other.address = ""
		}
	}
	p.address = address
}

// reached compares where the phones are reached with the model.
func (w *world) reached() {
	for _, p := range w.phones {
		row, err := w.replicas[0].installations.Get(w.b.t.Context(), p.name)
		if err != nil {
			w.t.Fatal(err)
		}
		got := ""
		if row.Target != nil {
			got = row.Target.Address
		}
		if got != p.address || (row.TargetKey == row.ID) != (got == "") {
			w.t.Fatalf("%s is reached at %q under %s, want %q", p.name, got, row.TargetKey, p.address)
		}
	}
}

func (w *world) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"refresh": func(*rapid.T) { p := w.phone(); w.present(p, p.held, true) },
		"lost":    func(*rapid.T) { p := w.phone(); w.present(p, p.held, false) },
		"use":     func(*rapid.T) { w.use(w.phone()) },
		"replay": func(t *rapid.T) {
			p := w.phone()
			w.present(p, rapid.IntRange(0, p.made).Draw(t, "index"), false)
		},
		"again": func(*rapid.T) {
			if p := w.phone(); p.ended || w.expired(p) {
				w.signIn(p)
			}
		},
		"aim": func(t *rapid.T) {
			address := rapid.SampledFrom([]string{"", "-at-a", "-at-b"}).Draw(t, "address")
			if address != "" {
				address = w.phones[0].name + address // of the story's own
			}
			w.aim(w.phone(), address)
		},
		"": func(*rapid.T) { w.reached() },
		"step": func(t *rapid.T) {
			w.b.clock.step(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 10 * time.Minute, 11 * time.Minute,
				time.Hour, 30 * 24 * time.Hour, 89 * 24 * time.Hour}).Draw(t, "by"))
		},
		"poll": func(t *rapid.T) {
			for _, s := range w.replicas {
				if err := s.revoked.poll(w.b.t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		},
	}
}

func newWorld(t *rapid.T, b *bed, replicas []*Service, story int64) *world {
	w := &world{t: t, b: b, replicas: replicas}
	for i := range 3 {
		p := &phone{name: fmt.Sprintf("story-%d-phone-%d", story, i)}
		w.phones = append(w.phones, p)
		w.signIn(p)
	}
	return w
}

// Whatever happens, each answer is the model's: what ends a session is reuse
// of its own old tokens, and no neighbour's.
func TestRefreshModel(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	replicas := []*Service{s, b.replica()}
	story := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		story++
		rt.Repeat(newWorld(rt, b, replicas, story).actions())
	})
}

// A phone that keeps to its newest token is never signed out, while others of
// the member are robbed: no replay of its tokens is in these stories.
func TestWellBehavedPhoneStays(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	replicas := []*Service{s, b.replica()}
	story := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		story++
		w := newWorld(rt, b, replicas, story)
		good := w.phones[0]
		robbed := w.phones[1:]
		acts := w.actions()
		acts["replay"] = func(t *rapid.T) {
			p := rapid.SampledFrom(robbed).Draw(t, "robbed")
			w.present(p, rapid.IntRange(0, p.made).Draw(t, "index"), false)
		}
		acts[""] = func(t *rapid.T) {
			w.reached()
			if good.ended {
				t.Fatal("a well-behaved phone was signed out")
			}
		}
		rt.Repeat(acts)
	})
}
