package account

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/audit"
	"sotay/internal/effect"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
)

// How long the row of an installation outlives its session: an expired one so
// that the phone hears why, an ended one so that its effects are settled.
const (
	keepExpired = 30 * 24 * time.Hour
	keepEnded   = 24 * time.Hour
)

// Device is the installation of the app that a member signs in on.
type Device struct {
	// InstallationID is made by the app when it is first opened.
	InstallationID string
	Name, Platform string
}

// maxDeviceText bounds a device's name and platform in characters; maxInstallationID
// an installation's id in bytes.
const (
	maxDeviceText     = 64
	maxInstallationID = 256
)

// tidy makes what a phone says of itself fit for the store. An id that isn't
// in our alphabet stands for one that is.
func (d Device) tidy() (Device, error) {
	if d.InstallationID == "" || len(d.InstallationID) > maxInstallationID {
		return d, fault.BadInput.At("/device/installationId", "invalid",
			"Mã cài đặt của ứng dụng có từ 1 đến 256 ký tự.", "The app's installation id has 1 to 256 characters.")
	}
	if !ident.Valid(d.InstallationID) {
		d.InstallationID = ident.Derive("installation", d.InstallationID)
	}
	d.Name, d.Platform = tidyText(d.Name), tidyText(d.Platform)
	return d, nil
}

func tidyText(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	runes := []rune(norm.NFC.String(strings.TrimSpace(s)))
	return norm.NFC.String(string(runes[:min(len(runes), maxDeviceText)]))
}

// installation is one installed app. _id is its installation id. It holds at
// most one live session, so that to sign in again replaces it in one write.
type installation struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	// SessionID is the live session's id, or the row's own id when none is.
	SessionID string `bson:"sessionId"`
	// MemberID is the live session's member, or "".
	MemberID string   `bson:"memberId"`
	Session  *session `bson:"session"`
	// Target is where the session is reached; nil for none.
	Target *PushTarget `bson:"target"`
	// TargetKey is the target's key, or the row's own id when there is none: an
	// address is that of one installation.
	TargetKey string `bson:"targetKey"`
	// KeepUntil is when the row may be removed.
	KeepUntil time.Time `bson:"keepUntil"`
}

// session is one sign-in and all that followed from it.
type session struct {
	ID         string    `bson:"id"`
	MemberID   string    `bson:"memberId"`
	DeviceName string    `bson:"deviceName"`
	Platform   string    `bson:"platform"`
	CreatedAt  time.Time `bson:"createdAt"`
	// Epoch is the credential's at the time of signing in.
	Epoch int64 `bson:"epoch"`
	// Seed is random and part of every refresh token's proof: with it gone,
	// no token of the session can be made or checked.
	Seed []byte `bson:"seed"`
	// Generation counts rotations from 1.
	Generation int64     `bson:"generation"`
	RotatedAt  time.Time `bson:"rotatedAt"`
	// AckedGeneration is the highest generation whose access token was seen
	// in use: until it is Generation, the phone may not have had our answer.
	AckedGeneration int64     `bson:"ackedGeneration"`
	LastSeenAt      time.Time `bson:"lastSeenAt"`
	// IdleUntil moves with each rotation, EndsAt never.
	IdleUntil time.Time `bson:"idleUntil"`
	EndsAt    time.Time `bson:"endsAt"`
}

func (x *session) expired(now time.Time) bool {
	return !now.Before(x.IdleUntil) || !now.Before(x.EndsAt)
}

func installationSchema() *store.Schema {
	return &store.Schema{Name: "installations", Majority: true, Indexes: []store.Index{
		{Name: "sessionId", Unique: true, Fields: []store.Field{{Path: "sessionId", Type: store.String}}},
		{Name: "memberId", Fields: []store.Field{{Path: "memberId", Type: store.String}}},
		{Name: "targetKey", Unique: true, Fields: []store.Field{{Path: "targetKey", Type: store.String}}},
		{Name: "keepUntil", Fields: []store.Field{{Path: "keepUntil", Type: store.Date}}},
		effect.Index(),
	}}
}

// hold puts a session on the installation, in place of the one there. Where
// that one was reached is not where this one is: the phone may be shared.
func (i *installation) hold(x *session) {
	i.Session, i.SessionID, i.MemberID = x, x.ID, x.MemberID
	i.aim(nil)
	i.keep()
}

// keep sets when the row of a live session may be removed.
func (i *installation) keep() {
	end := i.Session.EndsAt
	if i.Session.IdleUntil.Before(end) {
		end = i.Session.IdleUntil
	}
	i.KeepUntil = end.Add(keepExpired)
}

// release ends the session in the write at hand, and notes it for the record.
func (i *installation) release(now time.Time, n *auditNote) {
	i.revokeHeld(now)
	if n != nil {
		i.Add(now, fxAudit, audit.Args(now, n.actor, n.act, "session/"+i.SessionID, map[string]string{"member": i.MemberID}))
	}
	i.Session, i.SessionID, i.MemberID = nil, i.ID, ""
	i.aim(nil)
	i.KeepUntil = now.Add(keepEnded)
}

// auditNote is what the audit record says of the end of a session; nil is
// nothing.
type auditNote struct{ actor, act string }

// revokeHeld adds the effect that revokes the access tokens of the session
// that the row still holds.
func (i *installation) revokeHeld(now time.Time) {
	if i.Session != nil {
		i.Add(now, fxRevoke, map[string]string{"sid": i.Session.ID, "at": strconv.FormatInt(now.UnixMilli(), 10)})
	}
}

// occupy begins a session on an installation in one write.
func (s *Service) occupy(ctx context.Context, d Device, cred credential) (installation, error) {
	x := s.newSession(d, cred)
	for {
		row, err := s.installations.Update(ctx, d.InstallationID, func(t *installation) error {
			t.revokeHeld(x.CreatedAt)
			t.hold(x)
			return nil
		})
		if err == nil {
			settle(ctx, s, s.installFx, row.ID, row)
			return row, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return row, err
		}
		row = installation{Meta: store.Meta{ID: d.InstallationID}}
		row.hold(x)
		if err = s.installations.Insert(ctx, &row); err == nil || !store.IsDuplicate(err, "_id") {
			return row, err
		}
	}
}

func (s *Service) newSession(d Device, cred credential) *session {
	now := s.now()
	x := &session{ID: ident.New(), MemberID: cred.ID, DeviceName: d.Name, Platform: d.Platform,
		CreatedAt: now, Epoch: cred.Epoch, Seed: make([]byte, 32), Generation: 1, RotatedAt: now, LastSeenAt: now,
		IdleUntil: now.Add(s.config.SessionIdle), EndsAt: now.Add(s.config.SessionMax)}
	_, _ = rand.Read(x.Seed)
	return x
}

// holding finds the installation that holds a live session; ok is false when
// none does.
func (s *Service) holding(ctx context.Context, sid string) (row installation, ok bool, err error) {
	page, err := s.installations.Find(ctx, store.Query{Index: "sessionId", Eq: []any{sid}, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return row, false, err
	}
	row = page.Items[0]
	return row, row.Session != nil && row.Session.ID == sid, nil
}

// InstallationOf returns the installation that a session lives on, "" when none
// does. It is for telling apart devices, not for showing.
func (s *Service) InstallationOf(ctx context.Context, sessionID string) (string, error) {
	row, ok, err := s.holding(ctx, sessionID)
	if err != nil || !ok {
		return "", err
	}
	return row.ID, nil
}
