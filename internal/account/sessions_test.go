package account

import (
	"fmt"
	"testing"
	"time"

	"sotay/internal/fault"
	"sotay/internal/ident"
)

func TestSessionsList(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	other := b.signIn(s, "minh", "m1")
	var last Tokens
	for i := range 5 {
		last = b.signIn(s, "lan", fmt.Sprintf("p%d", i))
	}
	c := b.as(s, last)
	seen := map[string]bool{}
	cursor, pages := "", 0
	for {
		items, next, err := s.Sessions(t.Context(), c, cursor, 2)
		must(t, err)
		pages++
		for _, x := range items {
			if x.Current != (x.ID == c.SessionID) || x.DeviceName != "Điện thoại của Lan" || !x.CreatedAt.Equal(b.clock.now()) || !x.LastSeenAt.Equal(b.clock.now()) {
				t.Errorf("got %+v", x)
			}
			seen[x.ID] = true
		}
		if next == nil {
			break
		}
		cursor = *next
	}
	if len(seen) != 5 || pages != 3 {
		t.Errorf("%d sessions on %d pages", len(seen), pages)
	}
	for _, bad := range []string{"x", cursor + "A"} {
		_, _, err := s.Sessions(t.Context(), c, bad, 2)
		wantFault(t, err, fault.BadCursor)
	}
	_, _, err := s.Sessions(t.Context(), b.as(s, other), cursor, 2) // hers, not his
	wantFault(t, err, fault.BadCursor)
}

func TestLogout(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	tk, stays := b.signIn(s, "lan", "p1"), b.signIn(s, "lan", "p2")
	c := b.as(s, tk)
	must(t, s.Logout(t.Context(), c))
	must(t, s.Logout(t.Context(), c))
	if _, err := s.Verify(tk.AccessToken); err == nil {
		t.Error("access token is good after sign-out")
	}
	_, err := s.Refresh(t.Context(), tk.RefreshToken)
	wantFault(t, err, SessionRevoked)
	b.as(s, stays)
	row, err := s.installations.Get(t.Context(), "p1")
	must(t, err)
	if row.SessionID != "p1" || row.MemberID != "" || row.Session != nil {
		t.Errorf("the row still tells who was signed in: %+v", row)
	}
	if got := b.acts(); len(got) != 1 || got[0] != "session.end session/"+c.SessionID+" lan" {
		t.Errorf("audit record: %q", got)
	}
	b.clock.step(keepEnded + time.Millisecond)
	must(t, s.sweep(t.Context()))
	if left, err := s.installations.Scan(t.Context(), "", 10); err != nil || len(left) != 1 {
		t.Errorf("%d rows are left, %v", len(left), err)
	}
	b.signIn(s, "lan", "p1")
}

func TestEndSession(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	mine, lost, his := b.signIn(s, "lan", "p1"), b.signIn(s, "lan", "p2"), b.signIn(s, "minh", "p3")
	c := b.as(s, mine)
	for _, id := range []string{"", "P2", "p2", ident.New(), b.as(s, his).SessionID} {
		wantFault(t, s.EndSession(t.Context(), c, id), fault.NotFound)
	}
	b.as(s, his)
	must(t, s.EndSession(t.Context(), c, b.as(s, lost).SessionID))
	if _, err := s.Verify(lost.AccessToken); err == nil {
		t.Error("ended session is good")
	}
	b.mustRefresh(s, mine.RefreshToken)
}

// Somebody may name an installation after a session of another's: it gains
// and breaks nothing.
func TestInstallationNamedAfterSession(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	tk := b.signIn(s, "lan", "p1")
	sid := b.as(s, tk).SessionID
	his := b.as(s, b.signIn(s, "minh", sid))
	wantFault(t, s.EndSession(t.Context(), his, sid), fault.NotFound)
	_ = s.Logout(t.Context(), his)
	tk = b.mustRefresh(s, tk.RefreshToken)
	must(t, s.Logout(t.Context(), b.as(s, tk)))
	_ = s.Logout(t.Context(), his)
	_, err := s.Refresh(t.Context(), tk.RefreshToken)
	wantFault(t, err, SessionRevoked)
}

func TestEndAll(t *testing.T) {
	t.Parallel()
	b, s := one(t)
	b.member(s, "minh")
	his := b.signIn(s, "minh", "m1")
	one, two := b.signIn(s, "lan", "p1"), b.signIn(s, "lan", "p2")
	must(t, s.EndAll(t.Context(), "lan", b.as(s, one).SessionID))
	b.as(s, one)
	if _, err := s.Verify(two.AccessToken); err == nil {
		t.Error("the other session is good")
	}
	b.clock.step(300 * time.Millisecond)
	must(t, s.EndAll(t.Context(), "lan", ""))
	must(t, s.EndAll(t.Context(), "lan", ""))
	if _, err := s.Verify(one.AccessToken); err == nil {
		t.Error("the last session is good")
	}
	_, err := s.Refresh(t.Context(), one.RefreshToken)
	wantFault(t, err, SessionRevoked)
	b.as(s, his)
	b.clock.step(300 * time.Millisecond) // within the same second
	again := b.signIn(s, "lan", "p1")
	other := b.replica()
	b.as(s, again)
	b.as(other, again)
}
