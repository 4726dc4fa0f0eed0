package study

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/study/tally"
	"sotay/internal/viet"
)

// Certificate is what the paper and the credential say of a completion that
// stands.
type Certificate struct {
	Code string // as it is printed
	Name string // of the member
	// Unit is where the member counted when the completion was recorded.
	Unit  string
	Title string // of the drive
	// Basis, On and RecordedAt are of what stands now.
	Basis      tally.Basis
	On         string // YYYY-MM-DD
	RecordedAt time.Time
}

// CertificateState is what became of the completion of a certificate.
type CertificateState string

// The states.
const (
	CertificateValid CertificateState = "valid"
	// CertificateCorrected was corrected after it was recorded, and stands.
	CertificateCorrected CertificateState = "corrected"
	CertificateRevoked   CertificateState = "revoked"
)

// Check is what anybody hears who has the code of a certificate.
type Check struct {
	Code       string // as it is printed
	State      CertificateState
	MaskedName string
	Title      string
	On         string // "" when revoked
	RecordedAt time.Time
	ChangedAt  time.Time // of the last correction, the zero time for none
}

// Certificate returns what certifies a completion: to the member, and to a
// secretary who covers them today, which is audited.
func (s *Service) Certificate(ctx context.Context, c *caller.Caller, completionID string) (Certificate, error) {
	d, err := s.completions.Get(ctx, completionID)
	if errors.Is(err, store.ErrNotFound) {
		return Certificate{}, fault.NotFound
	}
	if err != nil {
		return Certificate{}, fmt.Errorf("certificate of %s: %w", completionID, err)
	}
	own := d.MemberID == c.MemberID
	if !own {
		if m, ok := s.People.Identity(d.MemberID); !ok || !c.CoversMember(m, caller.Secretary) {
			return Certificate{}, fault.NotFound
		}
	}
	if !d.Stands() {
		return Certificate{}, revokedAlready
	}
	name, unit, title, err := s.certified(ctx, &d)
	if err != nil {
		return Certificate{}, err
	}
	if !own {
		err = s.Audit.Write(ctx, "", audit.Entry{At: s.Now(), ActorID: c.MemberID, Act: "certificate.read", Target: "member/" + d.MemberID,
			Details: map[string]string{"completion": d.ID, "drive": d.DriveID}})
	}
	now := d.latest()
	return Certificate{Code: ident.PrintCode(d.Code), Name: name, Unit: unit, Title: title, Basis: now.Basis, On: now.On, RecordedAt: now.At}, err
}

// Verify tells what became of the certificate with a code, typed as people do.
// There is none for an erased member.
func (s *Service) Verify(ctx context.Context, typed string) (Check, error) {
	code, ok := ident.ParseCode(typed)
	if !ok {
		return Check{}, fault.NotFound
	}
	found, err := s.completions.Find(ctx, store.Query{Index: "code", Eq: []any{code}, Limit: 1})
	if err != nil {
		return Check{}, fmt.Errorf("verify a certificate: %w", err)
	}
	if len(found.Items) == 0 {
		return Check{}, fault.NotFound
	}
	d := &found.Items[0]
	name, _, title, err := s.certified(ctx, d)
	if err != nil {
		return Check{}, err
	}
	out := Check{Code: ident.PrintCode(d.Code), State: CertificateValid, MaskedName: mask(name), Title: title, On: d.latest().On, RecordedAt: d.RecordedAt}
	if n := len(d.Corrections); n > 0 {
		out.State, out.ChangedAt = CertificateCorrected, d.Corrections[n-1].At
	}
	if !d.Stands() {
		out.State, out.On = CertificateRevoked, ""
	}
	return out, nil
}

// certified returns who and what a certificate is about. An erased member's is
// void from the moment on which they have no name any more.
func (s *Service) certified(ctx context.Context, d *Completion) (name, unit, title string, err error) {
	name, unit, err = s.People.NamedOn(ctx, clock.Day(d.RecordedAt), d.MemberID)
	if err != nil {
		return "", "", "", err
	}
	if name == "" || d.Code == d.ID {
		return "", "", "", fault.NotFound
	}
	v, err := s.known(ctx, d.DriveID)
	if err != nil {
		return "", "", "", fmt.Errorf("drive of a certificate: %w", err)
	}
	return name, unit, v.Payload.Title, nil
}

// latest is what was said last of a completion.
func (c *Completion) latest() tally.Entry {
	e := c.entries()
	return e[len(e)-1]
}

// mask leaves the first letter of each word of a name, and an asterisk for each
// other.
func mask(name string) string {
	words := strings.Fields(viet.NFC(name))
	for i, w := range words {
		var b strings.Builder
		letters := 0
		for _, r := range w {
			switch mark := unicode.Is(unicode.M, r); {
			case mark && letters <= 1: // of the first letter
				b.WriteRune(r)
			case !mark:
				if letters++; letters > 1 {
					r = '*'
				}
				b.WriteRune(r)
			}
		}
		words[i] = b.String()
	}
	return strings.Join(words, " ")
}
