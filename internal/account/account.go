package account

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/page"
	"sotay/internal/secret"
	"sotay/internal/store"
)

// Members is what this room needs of the directory. Identity answers false
// only when there is no such member: the table behind it is complete before
// the service takes requests, because a refresh of somebody who is missing
// ends the session.
type Members interface {
	Identity(memberID string) (*caller.Identity, bool)
	// OrgPath is an organisation's path from the root, nil when unknown.
	OrgPath(orgID string) []string
}

// Deps is what the service is made of. Nothing in it may be nil, but where it
// says so.
type Deps struct {
	Engine  store.Engine
	Secret  *secret.Secret
	Members Members
	Audit   *audit.Record
	Pages   *page.Sealer
	Now     clock.Now
	Log     *slog.Logger
	Config  Config
	// Consents gets the consents that were given; nil keeps them with the
	// account alone.
	Consents Consents
	// Roster lists members for sheets of codes; nil makes no sheets.
	Roster Roster
	// Phones and Citizens find the members behind a proof; nil turns signing
	// in by that proof off.
	Phones   Phones
	Citizens Citizens
	// Elapsed is the time since a fixed moment on a clock that only runs
	// forward; nil is the machine's.
	Elapsed func() time.Duration
}

// Config holds the measures of the room. A zero value stands for the default.
type Config struct {
	// AccessLifetime is how long an access token is good: 15 minutes.
	AccessLifetime time.Duration
	// SessionIdle ends a session that was not refreshed: 90 days, because a
	// phone may lie in a drawer or be at sea for a season.
	SessionIdle time.Duration
	// SessionMax ends every session (OWASP ASVS 5.0, 10.4.8): 365 days.
	SessionMax time.Duration
	// LostAnswerWindow is how long after a rotation the token before it is
	// still answered although its successor was used: 10 minutes.
	LostAnswerWindow time.Duration
	// HashConcurrency is how many passwords are hashed at once: one each core.
	HashConcurrency int
	// HashQueue is how many more may wait: 64.
	HashQueue int
	// RevocationPoll and KeyPoll are how often what other replicas wrote is
	// read: 2 seconds each.
	RevocationPoll, KeyPoll time.Duration
	// Issuer and Audience are the iss and aud of access tokens: "sotay".
	Issuer, Audience string
	// HashParams are the costs of new password hashes.
	HashParams HashParams
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&c.AccessLifetime, 15*time.Minute)
	def(&c.SessionIdle, 90*24*time.Hour)
	def(&c.SessionMax, 365*24*time.Hour)
	def(&c.LostAnswerWindow, 10*time.Minute)
	def(&c.RevocationPoll, 2*time.Second)
	def(&c.KeyPoll, 2*time.Second)
	if c.HashConcurrency <= 0 {
		c.HashConcurrency = runtime.NumCPU()
	}
	if c.HashQueue <= 0 {
		c.HashQueue = 64
	}
	if c.Issuer == "" {
		c.Issuer = "sotay"
	}
	if c.Audience == "" {
		c.Audience = "sotay"
	}
	if c.HashParams == (HashParams{}) {
		c.HashParams = HashParams{MemoryKiB: 19456, Time: 2, Threads: 1}
	}
	return c
}

// Service is the room.
type Service struct {
	members  Members
	consents Consents
	roster   Roster
	phones   Phones
	citizens Citizens
	secret   *secret.Secret
	audit    *audit.Record
	pages    *page.Sealer
	now      clock.Now
	log      *slog.Logger
	config   Config

	credentials   *store.Collection[credential]
	installations *store.Collection[installation]
	nonces        *store.Collection[usedNonce]
	credentialFx  *effect.Runner[credential]
	installFx     *effect.Runner[installation]

	hasher    *hasher
	username  func() string // a new one by chance
	gate      *gate
	policy    *policy
	throttle  *throttle
	refresh   *refreshTokens
	keys      *keys
	revoked   *revocations
	seen      *seenTokens
	acks      *acks
	validator *validator
	// credentialKey signs credentials, keys access tokens.
	credentialKey *credentialSigner
	// targetsSwept is up to when sessions have run out whose targets are gone,
	// in milliseconds; 0 for never.
	targetsSwept atomic.Int64
}

// New joins the room's parts. It reads nothing: Start does.
func New(d Deps) (*Service, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if d.Elapsed == nil {
		start := time.Now()
		d.Elapsed = func() time.Duration { return time.Since(start) }
	}
	s := &Service{members: d.Members, consents: d.Consents, roster: d.Roster,
		phones: d.Phones, citizens: d.Citizens, secret: d.Secret, audit: d.Audit, pages: d.Pages, now: d.Now, log: d.Log,
		config: d.Config.withDefaults(), policy: newPolicy(), seen: newSeenTokens(seenPerGeneration), acks: newAcks(), username: newUsername}
	if err := s.config.HashParams.check(); err != nil {
		return nil, err
	}
	s.hasher = newHasher(s.config.HashParams)
	s.gate = newGate(s.config.HashConcurrency, s.config.HashQueue)
	s.refresh = &refreshTokens{secret: d.Secret}
	var err error
	if s.keys, err = newKeys(d, s.config); err != nil {
		return nil, err
	}
	if s.credentialKey, err = newCredentialSigner(d); err != nil {
		return nil, err
	}
	if s.revoked, err = newRevocations(d, s.config); err != nil {
		return nil, err
	}
	if s.throttle, err = newThrottle(d); err != nil {
		return nil, err
	}
	s.validator = newValidator(s.config, d.Now, s.keys)
	return s, s.openRows(d)
}

// openRows opens the collections whose rows carry effects.
func (s *Service) openRows(d Deps) error {
	var err error
	if s.credentials, err = store.NewCollection[credential](d.Engine, credentialSchema()); err != nil {
		return err
	}
	if s.installations, err = store.NewCollection[installation](d.Engine, installationSchema()); err != nil {
		return err
	}
	if s.nonces, err = store.NewCollection[usedNonce](d.Engine, nonceSchema()); err != nil {
		return err
	}
	s.credentialFx = effect.NewRunner(s.credentials, d.Now, d.Log)
	s.credentialFx.On(fxEndSessions, s.performEndSessions)
	s.credentialFx.On(fxConsent, s.performConsent)
	s.credentialFx.On(fxAudit, audit.Handler[credential](d.Audit))
	s.installFx = effect.NewRunner(s.installations, d.Now, d.Log)
	s.installFx.On(fxRevoke, s.performRevoke)
	s.installFx.On(fxAudit, audit.Handler[installation](d.Audit))
	return nil
}

func (d *Deps) check() error {
	var errs []error
	need := func(ok bool, name string) {
		if !ok {
			errs = append(errs, fmt.Errorf("account: %s is missing", name))
		}
	}
	need(d.Engine != nil, "engine")
	need(d.Secret != nil, "secret")
	need(d.Members != nil, "members")
	need(d.Audit != nil, "audit")
	need(d.Pages != nil, "pages")
	need(d.Now != nil, "now")
	need(d.Log != nil, "log")
	return errors.Join(errs...)
}

// Schemas declares the room's collections.
func Schemas() []*store.Schema {
	return []*store.Schema{credentialSchema(), installationSchema(), revocationSchema(), keySchema(), credentialKeySchema(), throttleSchema(), nonceSchema()}
}

// Sweepers perform the effects that a writer left behind, for effect.Loop.
func (s *Service) Sweepers() []effect.Sweeper {
	return []effect.Sweeper{s.credentialFx, s.installFx, s.keys.fx}
}
