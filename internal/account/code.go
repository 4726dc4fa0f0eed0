package account

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/caller"
	"sotay/internal/secret"
)

// An activation code is 15 decimal digits, 49 bits, written in groups of
// three. Letters would be fewer, but a phone that composes Vietnamese turns
// them into others while they are typed (decision 13).
const (
	codeDigits = 15
	codeGroup  = 3
)

// codeLifetime is how long a code is good: a sheet that was printed is handed
// out at the next monthly meeting.
const codeLifetime = 30 * 24 * time.Hour

// codes is how many codes there are.
var codes = new(big.Int).Exp(big.NewInt(10), big.NewInt(codeDigits), nil)

// newCode returns a code by chance, without its groups.
func newCode() string {
	n, err := rand.Int(rand.Reader, codes)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return fmt.Sprintf("%0*d", codeDigits, n)
}

// groupCode writes a code as people read it: "123 456 789 012 345".
func groupCode(code string) string {
	var b strings.Builder
	for i, r := range code {
		if i > 0 && i%codeGroup == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// foldCode is the one spelling of a code that was typed: what stands between
// the digits is left out, and the letters that people take for digits are
// those.
func foldCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r == 'o' || r == 'O':
			return '0'
		case r == 'l' || r == 'I' || r == 'i' || r == '|':
			return '1'
		case r == ' ' || r == '-' || r == '.' || r == '\u2013' || r == '\t':
			return -1
		}
		return '?'
	}, norm.NFKC.String(strings.ToValidUTF8(typed, "?")))
}

// isCode tells whether a folded text has the form of a code.
func isCode(folded string) bool {
	return len(folded) == codeDigits && !strings.ContainsRune(folded, '?')
}

// grant is by what right a code was given out: a role over a subtree, or the
// command line when Role is "".
type grant struct {
	Role  string `bson:"role"`
	OrgID string `bson:"orgId"`
}

// issuedCode is the newest code of an account: open, or used. Of the code
// itself the store holds an HMAC alone.
type issuedCode struct {
	MAC       []byte    `bson:"mac"`
	IssuedAt  time.Time `bson:"issuedAt"`
	ExpiresAt time.Time `bson:"expiresAt"`
	By        grant     `bson:"by"`
	// Used stays with the code, so that a phone that lost the answer may
	// repeat its call.
	Used bool `bson:"used"`
}

// fits tells whether the code behind mac is this one and still good.
func (c *issuedCode) fits(mac []byte, now time.Time) bool {
	if c == nil {
		c = &issuedCode{}
	}
	same := hmac.Equal(c.MAC, mac)
	return same && now.Before(c.ExpiresAt)
}

// codeMAC binds a code to its member: no row's code opens another's account.
func (s *Service) codeMAC(memberID, code string) []byte {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(memberID)))
	return s.secret.Hash(secret.ActivationCodes, n[:], []byte(memberID), []byte(code))
}

// allows tells whether a grant reaches to all that a member may do. A code
// opens an account with all its roles: whoever could issue one for somebody
// with a wider role could take that role over.
func (s *Service) allows(g grant, target *caller.Identity) bool {
	if g.Role == "" {
		return true
	}
	for _, r := range slices.Concat(target.Roles, target.Coming) { // a code kept until a role begins would open it
		if g.Role == string(caller.Secretary) && r.Name != caller.Secretary || !s.within(g.OrgID, r.OrgID) {
			return false
		}
	}
	return true
}

// within tells whether an organisation belongs to the subtree of scope. A role
// that is not over an organisation is within the root alone.
func (s *Service) within(scope, orgID string) bool {
	if orgID == "" {
		return len(s.members.OrgPath(scope)) == 1
	}
	for _, id := range s.members.OrgPath(orgID) {
		if id == scope {
			return true
		}
	}
	return false
}

// administers tells whether somebody is an administrator over the scope of a
// role.
func (s *Service) administers(c *caller.Caller, scope string) bool {
	return slices.ContainsFunc(c.Roles, func(r caller.Role) bool { return r.Name == caller.Admin && s.within(r.OrgID, scope) })
}
