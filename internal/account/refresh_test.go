package account

import (
	"context"
	"encoding/base64"
	"sync"
	"testing"
	"time"

	"sotay/internal/ident"
)

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	next := b.mustRefresh(s, tk.RefreshToken)
	if next.RefreshToken == tk.RefreshToken || next.MemberID != "lan" || next.ExpiresIn != 900 {
		t.Fatalf("got %+v", next)
	}
	c, err := s.Verify(next.AccessToken)
	must(t, err)
	if c.Generation != 2 {
		t.Errorf("generation %d, want 2", c.Generation)
	}
	b.mustRefresh(s, next.RefreshToken)
}

// An answer that was lost is given again, the same, for as long as it was not
// used and the session is not idle: the phone at sea.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	lost := b.mustRefresh(s, tk.RefreshToken)
	for _, wait := range []time.Duration{0, time.Minute, time.Hour, 88 * 24 * time.Hour} {
		b.clock.step(wait)
		again := b.mustRefresh(s, tk.RefreshToken)
		if again.RefreshToken != lost.RefreshToken {
			t.Fatalf("after %v: another successor", wait)
		}
		c, err := s.validator.read(again.AccessToken)
		must(t, err)
		if c.Generation != 2 {
			t.Fatalf("generation %d", c.Generation)
		}
	}
	next := b.mustRefresh(s, lost.RefreshToken)
	b.as(s, next)
}

// Within the window a repeat is answered even when the successor was used: two
// requests of one phone that overtook each other.
func TestLostAnswerWindow(t *testing.T) {
	t.Parallel()
	for _, flushed := range []bool{true, false} {
		b, s := one(t)
		tk := b.signIn(s, "lan", "p1")
		next := b.mustRefresh(s, tk.RefreshToken)
		b.as(s, next)
		if flushed {
			must(t, s.flushAcks(t.Context()))
		}
		b.clock.step(10 * time.Minute)
		if again := b.mustRefresh(s, tk.RefreshToken); again.RefreshToken != next.RefreshToken {
			t.Fatal("another successor")
		}
		b.clock.step(time.Millisecond)
		_, err := s.Refresh(t.Context(), tk.RefreshToken)
		wantFault(t, err, SessionRevoked)
		_, err = s.Refresh(t.Context(), next.RefreshToken)
		wantFault(t, err, SessionRevoked)
	}
}

func TestReuseEndsThatDeviceAlone(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	stolen := b.signIn(s, "lan", "phone")
	tablet := b.signIn(s, "lan", "tablet")
	second := b.mustRefresh(s, stolen.RefreshToken)
	third := b.mustRefresh(s, second.RefreshToken)
	sid := b.as(s, third).SessionID
	_, err := other.Refresh(t.Context(), stolen.RefreshToken)
	wantFault(t, err, SessionRevoked)
	must(t, s.revoked.poll(t.Context()))
	if _, err := s.Verify(third.AccessToken); err == nil {
		t.Error("access token of the ended session is good")
	}
	for _, tk := range []Tokens{stolen, second, third} {
		_, err := s.Refresh(t.Context(), tk.RefreshToken)
		wantFault(t, err, SessionRevoked)
	}
	b.as(s, tablet)
	b.mustRefresh(s, tablet.RefreshToken)
	if got := b.acts(); len(got) != 1 || got[0] != "session.reuse session/"+sid+" " {
		t.Errorf("audit record: %q", got)
	}
}

// No forgery ends a session, however near it comes.
func TestForgedRefreshToken(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	raw, err := base64.RawURLEncoding.DecodeString(tk.RefreshToken)
	must(t, err)
	forged := []string{"", "x", tk.RefreshToken + "A", tk.RefreshToken[1:], tk.AccessToken}
	for i := range raw {
		raw[i] ^= 1
		forged = append(forged, base64.RawURLEncoding.EncodeToString(raw))
		raw[i] ^= 1
	}
	// The last character has bits that mean nothing: only one spelling counts.
	last := tk.RefreshToken[len(tk.RefreshToken)-1]
	for _, c := range []byte("ABCDEFGH") {
		if c != last {
			forged = append(forged, tk.RefreshToken[:len(tk.RefreshToken)-1]+string(c))
		}
	}
	strange := &session{ID: ident.New(), Seed: []byte("other"), Generation: 1}
	row, _, err := s.holding(t.Context(), b.as(s, tk).SessionID)
	must(t, err)
	leaked := *row.Session
	leaked.Seed = make([]byte, 32) // who knows the secret and not the seed
	withoutSeed, err := s.refresh.issue(&leaked)
	must(t, err)
	forged = append(forged, withoutSeed)
	for _, f := range forged {
		_, err := s.Refresh(t.Context(), f)
		wantFault(t, err, InvalidRefreshToken)
	}
	unknown, err := s.refresh.issue(strange)
	must(t, err)
	_, err = s.Refresh(t.Context(), unknown) // ours, of a session that is gone
	wantFault(t, err, SessionRevoked)
	b.mustRefresh(s, tk.RefreshToken)
}

func TestSessionRunsOut(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	idle := b.signIn(s, "lan", "idle")
	busy := b.signIn(s, "lan", "busy")
	for range 4 {
		b.clock.step(89 * 24 * time.Hour)
		busy = b.mustRefresh(s, busy.RefreshToken)
	}
	_, err := s.Refresh(t.Context(), idle.RefreshToken) // 356 days, its row is there
	wantFault(t, err, SessionExpired)
	b.clock.step(9*24*time.Hour - time.Millisecond)
	busy = b.mustRefresh(s, busy.RefreshToken)
	items, _, err := s.Sessions(t.Context(), b.as(s, busy), "", 10)
	must(t, err)
	if len(items) != 1 {
		t.Errorf("sessions that ran out are listed: %+v", items)
	}
	b.clock.step(time.Millisecond)
	_, err = s.Refresh(t.Context(), busy.RefreshToken)
	wantFault(t, err, SessionExpired)
	must(t, s.sweep(t.Context()))
	_, err = s.Refresh(t.Context(), busy.RefreshToken)
	wantFault(t, err, SessionExpired)
	b.clock.step(keepExpired + time.Hour)
	must(t, s.sweep(t.Context()))
	_, err = s.Refresh(t.Context(), busy.RefreshToken)
	wantFault(t, err, SessionRevoked)
	left, err := s.installations.Scan(t.Context(), "", 10)
	must(t, err)
	if len(left) != 0 {
		t.Errorf("%d rows are left", len(left))
	}
}

func TestRefreshOfThoseWhoLeft(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	lan, minh := b.signIn(s, "lan", "p1"), b.signIn(s, "minh", "p2")
	b.members.bar("lan")
	b.members.remove("minh")
	for _, tk := range []Tokens{lan, minh} {
		_, err := s.Refresh(t.Context(), tk.RefreshToken)
		wantFault(t, err, SessionRevoked)
		if _, err := s.Verify(tk.AccessToken); err == nil {
			t.Error("access token outlives the session")
		}
	}
	if got := b.acts(); len(got) != 0 {
		t.Errorf("audit record: %q", got)
	}
}

// However many replicas are asked at once, the successor is one.
func TestRefreshAtOnce(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	replicas := []*Service{s, b.replica(), b.replica()}
	for range 5 {
		got := make([]Tokens, 12)
		errs := make([]error, len(got))
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() { got[i], errs[i] = replicas[i%3].Refresh(context.Background(), tk.RefreshToken) })
		}
		wg.Wait()
		for i := range got {
			must(t, errs[i])
			if got[i].RefreshToken != got[0].RefreshToken {
				t.Fatal("two successors")
			}
		}
		tk = got[0]
	}
	row, _, err := s.holding(t.Context(), b.as(s, tk).SessionID)
	must(t, err)
	if row.Session.Generation != 6 {
		t.Errorf("generation %d, want 6", row.Session.Generation)
	}
}

// A store put back to yesterday's backup knows less than the phone.
func TestRefreshAfterRestore(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk := b.signIn(s, "lan", "p1")
	sid := b.as(s, tk).SessionID
	for range 3 {
		tk = b.mustRefresh(s, tk.RefreshToken)
	}
	row, _, err := s.holding(t.Context(), sid)
	must(t, err)
	_, err = s.installations.Update(t.Context(), row.ID, func(i *installation) error {
		i.Session.Generation, i.Session.AckedGeneration = 2, 2
		return nil
	})
	must(t, err)
	next := b.mustRefresh(s, tk.RefreshToken)
	b.mustRefresh(s, next.RefreshToken)
	_, err = s.Refresh(t.Context(), tk.RefreshToken)
	wantFault(t, err, SessionRevoked)
}

func TestAcks(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	other := b.replica()
	tk := b.signIn(s, "lan", "p1")
	sid := b.as(other, tk).SessionID
	read := func() *session {
		row, _, err := s.holding(t.Context(), sid)
		must(t, err)
		return row.Session
	}
	must(t, other.flushAcks(t.Context()))
	if x := read(); x.AckedGeneration != 1 {
		t.Errorf("acked %d", x.AckedGeneration)
	}
	if other.acks.pending(sid) != 0 {
		t.Error("a written sighting waits on")
	}
	b.clock.step(time.Minute)
	b.as(s, tk) // a second replica sees the same: nothing to write
	before := read().LastSeenAt
	must(t, s.flushAcks(t.Context()))
	if x := read(); x.AckedGeneration != 1 || !x.LastSeenAt.Equal(before) {
		t.Errorf("got %+v", x)
	}
	b.clock.step(10 * time.Minute)
	s.acks.put(sid, 99) // no such generation yet
	s.acks.put("no-such-session", 1)
	must(t, s.flushAcks(t.Context()))
	if x := read(); x.AckedGeneration != 1 || !x.LastSeenAt.Equal(b.clock.now()) {
		t.Errorf("got %+v", x)
	}
	for range 2 * maxAcks {
		s.acks.put(ident.Token(), 1)
	}
	if n := len(s.acks.all()); n != maxAcks {
		t.Errorf("%d wait, want %d", n, maxAcks)
	}
}

func FuzzRefreshToken(f *testing.F) {
	_, s := one(f)
	x := &session{ID: "0198c3a2-7c1e-7d3a-b222-000000000001", Seed: []byte("seed"), Generation: 1}
	first, err := s.refresh.issue(x)
	must(f, err)
	x.Generation = 77
	second, err := s.refresh.issue(x)
	must(f, err)
	f.Add(first)
	f.Add(second)
	f.Add("")
	f.Add("AQ==")
	f.Add(second[:70] + "\n")
	f.Fuzz(func(t *testing.T, token string) {
		parsed, ok := s.refresh.parse(token)
		if ours := token == first || token == second; ours != (ok && s.refresh.belongs(parsed, x)) {
			t.Fatalf("%q: parsed as %+v, %v", token, parsed, ok)
		}
		// A true mint before a false proof is read, and belongs to nobody.
		if ok && (parsed.sid != x.ID || parsed.generation != 1 && parsed.generation != 77) {
			t.Fatalf("%q: parsed as %+v", token, parsed)
		}
	})
}
