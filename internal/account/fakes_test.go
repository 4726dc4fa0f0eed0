package account

import (
	"context"
	"errors"
	"sync"
	"time"
)

// fakeConsents keeps consents as a directory does, and may be down.
type fakeConsents struct {
	mu    sync.Mutex
	given map[string]string
	down  bool
}

var errDown = errors.New("down")

func (c *fakeConsents) RecordConsent(_ context.Context, memberID, version string, _ time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return errDown
	}
	c.given[memberID] = version
	return nil
}

func (c *fakeConsents) setDown(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

func (c *fakeConsents) of(memberID string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.given[memberID]
}

// fakeRoster lists whom it was given, whatever organisation is asked for.
type fakeRoster []RosterEntry

func (r *fakeRoster) Roster(_ context.Context, _ string, fn func(RosterEntry) error) error {
	for _, e := range *r {
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// fakeFinder finds members by telephone number and by citizen id.
type fakeFinder struct {
	phones   map[string][]string
	citizens map[string]string
}

func (f *fakeFinder) MembersByPhone(_ context.Context, e164 string) ([]string, error) {
	return f.phones[e164], nil
}

func (f *fakeFinder) MemberByCitizenID(_ context.Context, id string) (string, bool, error) {
	m, ok := f.citizens[id]
	return m, ok, nil
}
