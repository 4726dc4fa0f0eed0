package e2e

import (
	"fmt"
	"testing"
)

// freeGuesses is how many wrong passwords for one name from one place are heard
// before the next has to wait.
const freeGuesses = 5

// TestWhereARequestComesFrom shows by the throttling of sign-ins which address
// counts: the nearest one that is not a trusted proxy's, whatever stands before
// it.
func TestWhereARequestComesFrom(t *testing.T) {
	t.Parallel()
	behind := newEnv(t, "sqlite").serve(t, "HANDBOOK_TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8,2001:db8:ffff::/48").guest(t)
	direct := newEnv(t, "sqlite").serve(t).guest(t)
	for k, c := range []struct {
		name, first, then string
		direct, same      bool
	}{
		{"one address", "203.0.113.5", "203.0.113.5", false, true},
		{"two addresses", "203.0.113.5", "198.51.100.7", false, false},
		{"what a client writes itself", "1.2.3.4, 203.0.113.5", "5.6.7.8, 9.9.9.9, 203.0.113.5", false, true},
		{"what a client writes of a victim", "203.0.113.5", "203.0.113.5, 198.51.100.7", false, false},
		{"a chain of proxies", "203.0.113.5, 10.0.0.9", "203.0.113.5, 10.3.2.1, 2001:db8:ffff::1", false, true},
		{"a chain broken by a stranger", "203.0.113.5, 10.0.0.9", "203.0.113.5, 198.51.100.7, 10.0.0.9", false, false},
		{"IPv4 in IPv6", "203.0.113.5", "::ffff:203.0.113.5", false, true},
		{"one network of IPv6", "2001:db8:1:2::5", "2001:db8:1:2:9::1", false, true},
		{"two networks of IPv6", "2001:db8:1:2::5", "2001:db8:7:2::5", false, false},
		{"no address", "unknown", "_hidden, 12", false, true},
		{"an address with a port", "203.0.113.5:80", "198.51.100.7:81", false, true},
		{"no proxy is trusted", "203.0.113.5", "198.51.100.7", true, true},
	} {
		from := behind
		if c.direct {
			from = direct
		}
		guess := func(forwarded string) *answer {
			return from.do(t, "POST", "/v1/auth/login", signIn(fmt.Sprint("khongco", k), "sai-mat-khau-nay", "x"), "X-Forwarded-For", forwarded)
		}
		for range freeGuesses {
			guess(c.first).want(t, 401, "invalid_credentials")
		}
		// On a busy machine the first wait may be over before the next guess
		// comes; waits double.
		again := 1
		if c.same {
			again = freeGuesses
		}
		throttled := false
		for n := 0; n < again && !throttled; n++ {
			throttled = guess(c.then).status == 429
		}
		if throttled != c.same {
			t.Errorf("%s: throttled %v, the same place: %v", c.name, throttled, c.same)
		}
	}
}
