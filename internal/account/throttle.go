package account

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"sotay/internal/clock"
	"sotay/internal/fault"
	"sotay/internal/secret"
	"sotay/internal/store"
)

// TooManyAttempts answers guesses that come too fast; RetryAfter says when the
// next one is heard.
var TooManyAttempts = fault.New(fault.TooMany, "too_many_attempts",
	"Bạn đã thử sai nhiều lần. Vui lòng chờ một lát rồi thử lại.",
	"There were too many failed attempts. Please wait a little and try again.")

// How many failures are free before delays begin. Whole communes reach the
// internet through one address of a carrier's NAT, so that a prefix has many.
const (
	freePair    = 5
	freeAccount = 20
	freePrefix  = 200
)

// After the free failures the delay is 1, 2, 4 … seconds up to maxDelay: never
// a lock-out, with which anybody could shut a member out (OWASP ASVS 5.0,
// 6.1.1). Quiet for forgetAfter forgets all.
const (
	maxDelay    = 5 * time.Minute
	forgetAfter = 15 * time.Minute
)

// counter counts the failures of one account at one place, of one account, or
// of one address prefix. _id is a keyed hash, so that the store holds neither
// name nor address.
type counter struct {
	store.Meta `bson:",inline"`
	Count      int64     `bson:"count"`
	LastAt     time.Time `bson:"lastAt"`
	ForgetAt   time.Time `bson:"forgetAt"`
}

func throttleSchema() *store.Schema {
	return &store.Schema{Name: "throttles", Indexes: []store.Index{
		{Name: "forgetAt", Fields: []store.Field{{Path: "forgetAt", Type: store.Date}}},
	}}
}

// wait returns how long the next attempt must wait. A last attempt in the
// future was written by a clock that has been put right since: a wait beyond
// the longest delay is nobody's due, and is none.
func (c *counter) wait(now time.Time, free int64) time.Duration {
	if c.Count < free || now.Sub(c.LastAt) >= forgetAfter {
		return 0
	}
	delay := min(time.Second<<min(c.Count-free, 20), maxDelay)
	if w := c.LastAt.Add(delay).Sub(now); w > 0 && w <= maxDelay {
		return w
	}
	return 0
}

func (c *counter) add(now time.Time) {
	if now.Sub(c.LastAt) >= forgetAfter {
		c.Count = 0
	}
	c.Count++
	c.LastAt, c.ForgetAt = now, now.Add(forgetAfter)
}

// attempt is one guess. account is the folded username; place is where it
// comes from; shared places are counted for themselves too.
type attempt struct {
	account, place string
	shared         bool
}

// throttle slows guesses down over all replicas.
type throttle struct {
	rows   *store.Collection[counter]
	secret *secret.Secret
	now    clock.Now
}

func newThrottle(d Deps) (*throttle, error) {
	rows, err := store.NewCollection[counter](d.Engine, throttleSchema())
	if err != nil {
		return nil, err
	}
	return &throttle{rows: rows, secret: d.Secret, now: d.Now}, nil
}

// id hashes a name; each part is preceded by its length, so that no two lists
// of parts are the same bytes.
func (t *throttle) id(parts ...string) string {
	var b []byte
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return hex.EncodeToString(t.secret.Hash(secret.ThrottledNames, b)[:20])
}

func (t *throttle) pair(a attempt) string    { return t.id("pair", a.account, a.place) }
func (t *throttle) account(a attempt) string { return t.id("account", a.account) }
func (t *throttle) prefix(a attempt) string  { return t.id("prefix", a.place) }

// reserve counts an attempt before its password is looked at, so that guesses
// made side by side count too, or answers TooManyAttempts and counts nothing.
func (t *throttle) reserve(ctx context.Context, a attempt) error {
	free := map[string]int64{t.pair(a): freePair, t.account(a): freeAccount}
	if a.shared {
		free[t.prefix(a)] = freePrefix
	}
	if err := t.look(ctx, free); err != nil {
		return err
	}
	for _, id := range []string{t.pair(a), t.account(a)} { // one after the other: who is refused at one place does not count everywhere
		err := t.set(ctx, id, func(c *counter) error {
			now := t.now()
			if w := c.wait(now, free[id]); w > 0 {
				return TooManyAttempts.After(w)
			}
			c.add(now)
			return nil
		})
		if err != nil {
			return fmt.Errorf("reserve attempt: %w", err)
		}
	}
	return nil
}

// look refuses an attempt that must wait, by the longest of its waits.
func (t *throttle) look(ctx context.Context, free map[string]int64) error {
	ids := make([]string, 0, len(free))
	for id := range free {
		ids = append(ids, id)
	}
	rows, err := t.rows.GetMany(ctx, ids)
	if err != nil {
		return fmt.Errorf("throttle: %w", err)
	}
	var longest time.Duration
	for id, c := range rows {
		longest = max(longest, c.wait(t.now(), free[id]))
	}
	if longest > 0 {
		return TooManyAttempts.After(longest)
	}
	return nil
}

// failed counts a failure for the address prefix.
func (t *throttle) failed(ctx context.Context, a attempt) error {
	return t.set(ctx, t.prefix(a), func(c *counter) error {
		c.add(t.now())
		return nil
	})
}

// clear forgets the failures of an account, here and everywhere, at once: the
// store commits both together.
func (t *throttle) clear(ctx context.Context, a attempt) error {
	var both errgroup.Group
	for _, id := range []string{t.pair(a), t.account(a)} {
		both.Go(func() error {
			_, err := t.rows.Update(ctx, id, func(c *counter) error {
				if c.Count == 0 {
					return store.ErrUnchanged
				}
				c.Count = 0
				return nil
			})
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("clear attempts: %w", err)
			}
			return nil
		})
	}
	return both.Wait()
}

// set updates a counter or makes it.
func (t *throttle) set(ctx context.Context, id string, fn store.UpdateFunc[counter]) error {
	for {
		_, err := t.rows.Update(ctx, id, fn)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		c := counter{Meta: store.Meta{ID: id}}
		if err := fn(&c); err != nil {
			return err
		}
		if err = t.rows.Insert(ctx, &c); !store.IsDuplicate(err, "_id") {
			return err
		}
	}
}

// sweep removes the counters that time has forgotten.
func (t *throttle) sweep(ctx context.Context) error {
	return sweepRows(ctx, t.rows, "forgetAt", t.now(), nil)
}

// prefixOf is the network that an address is throttled by: /24 of IPv4, /48 of
// IPv6, the least that one customer is given.
func prefixOf(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	p, err := addr.Prefix(bits)
	if err != nil || !p.IsValid() {
		return "" // no address is known: all such share one place
	}
	return p.String()
}
