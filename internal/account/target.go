package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/store"
)

// TargetKind is what an address of FCM is.
type TargetKind string

// FCM is moving from registration tokens to Firebase installation ids: both are
// stored as what they are from the start.
const (
	TargetToken TargetKind = "token"
	TargetFID   TargetKind = "fid"
)

// maxAddress bounds a target's address in bytes.
const maxAddress = 4096

// setAgain is how long the same target, set again, is not written anew: phones
// call at every start.
const setAgain = 24 * time.Hour

// takeTries bounds how often an address is taken from where it is. Each try that
// fails is another call's that has succeeded, and such a call comes no more.
const takeTries = 32

var targetPlatforms = []string{"android", "ios", "web"}

// PushTarget is where push messages reach an installation of the app. It belongs
// to the session there and ends with it. Whoever has the address can write to
// the phone: it is not for any log.
type PushTarget struct {
	Kind       TargetKind `bson:"kind"`
	Address    string     `bson:"address"`
	Platform   string     `bson:"platform"`
	AppVersion string     `bson:"appVersion"`
	SetAt      time.Time  `bson:"setAt"`
}

// TargetInput is what a phone says of where it is reached.
type TargetInput struct {
	Kind                          TargetKind
	Address, Platform, AppVersion string
}

func (in TargetInput) check() error {
	f := fault.BadInput
	if in.Kind != TargetToken && in.Kind != TargetFID {
		f = f.At("/tokenKind", "not_allowed", "Loại địa chỉ phải là token hoặc fid.", "The kind is token or fid.")
	}
	if !slices.Contains(targetPlatforms, in.Platform) {
		f = f.At("/platform", "not_allowed", "Nền tảng phải là android, ios hoặc web.", "The platform is android, ios or web.")
	}
	if !isAddress(in.Address) {
		f = f.At("/pushToken", "invalid", "Địa chỉ nhận thông báo gồm 1 đến 4096 ký tự ASCII in được, không có dấu cách.",
			"The address has 1 to 4096 printable ASCII characters without spaces.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func isAddress(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) <= maxAddress
}

// key is the unique key of an address. The colon keeps it apart from ids, which
// stand for no target and are of the phones' choice.
func (t *PushTarget) key() string {
	sum := sha256.Sum256([]byte(string(t.Kind) + ":" + t.Address))
	return "target:" + hex.EncodeToString(sum[:])
}

// again tells whether a target is the same as one set a short while ago.
func (t *PushTarget) again(old *PushTarget) bool {
	if old == nil || t.SetAt.Sub(old.SetAt) >= setAgain {
		return false
	}
	same := *t
	same.SetAt = old.SetAt
	return same == *old
}

// aim puts a target on the installation, or with nil takes away the one there.
func (i *installation) aim(t *PushTarget) {
	i.Target, i.TargetKey = t, i.ID
	if t != nil {
		i.TargetKey = t.key()
	}
}

// SetTarget says where push messages reach the installation that the caller's
// session lives on. An address that another installation has is taken from
// there: the app was moved, or signed in anew. Errors: fault.NotFound for other
// installations, fault.BadInput.
func (s *Service) SetTarget(ctx context.Context, c *caller.Caller, installationID string, in TargetInput) error {
	if err := in.check(); err != nil {
		return err
	}
	next := PushTarget{Kind: in.Kind, Address: in.Address, Platform: in.Platform, AppVersion: tidyText(in.AppVersion)}
	var err error
	for range takeTries {
		err = s.updateOwn(ctx, c, installationID, func(t *installation) error {
			x := next
			if x.SetAt = s.now(); x.again(t.Target) {
				return store.ErrUnchanged
			}
			t.aim(&x)
			return nil
		})
		if !store.IsDuplicate(err, "targetKey") {
			break
		}
		if err := s.takeAddress(ctx, next.key()); err != nil {
			return fmt.Errorf("take a push target: %w", err)
		}
	}
	if err != nil {
		return fmt.Errorf("set push target: %w", err)
	}
	return nil
}

// takeAddress removes a target from the installation that has it, if one still
// does.
func (s *Service) takeAddress(ctx context.Context, key string) error {
	page, err := s.installations.Find(ctx, store.Query{Index: "targetKey", Eq: []any{key}, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return err
	}
	return s.dropTarget(ctx, page.Items[0].ID, func(t *installation) bool { return t.TargetKey == key })
}

// RemoveTarget has nothing more pushed to the installation that the caller's
// session lives on. Done twice it is done once. Others are fault.NotFound.
func (s *Service) RemoveTarget(ctx context.Context, c *caller.Caller, installationID string) error {
	err := s.updateOwn(ctx, c, installationID, func(t *installation) error {
		if t.Target == nil {
			return store.ErrUnchanged
		}
		t.aim(nil)
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove push target: %w", err)
	}
	return nil
}

// updateOwn writes to the installation that the caller's live session is on;
// any other reads as not there.
func (s *Service) updateOwn(ctx context.Context, c *caller.Caller, installationID string, fn store.UpdateFunc[installation]) error {
	d, err := Device{InstallationID: installationID}.tidy()
	if err != nil { // nobody can sign in on such a one
		return fault.NotFound
	}
	_, err = s.installations.Update(ctx, d.InstallationID, func(t *installation) error {
		if x := t.Session; x == nil || x.ID != c.SessionID || x.MemberID != c.MemberID || x.expired(s.now()) {
			return fault.NotFound
		}
		return fn(t)
	})
	if errors.Is(err, store.ErrNotFound) {
		return fault.NotFound
	}
	return err
}
