package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"sotay/internal/secret"
)

// Config is the whole configuration. The tag help is what the README says of
// each variable; a test holds the two together.
type Config struct {
	Data            string        `env:"HANDBOOK_DATA" envDefault:"./data" help:"Folder of the embedded store and of the secret."`
	Addr            string        `env:"HANDBOOK_ADDR" envDefault:"127.0.0.1:8080" help:"Address that the API listens on."`
	MetricsAddr     string        `env:"HANDBOOK_METRICS_ADDR" envDefault:"127.0.0.1:9090" help:"Address of /metrics; empty for none."`
	MongoDBURI      string        `env:"HANDBOOK_MONGODB_URI" mask:"true" help:"MongoDB replica set; empty for the embedded store."`
	MongoDBURIFile  string        `env:"HANDBOOK_MONGODB_URI_FILE" help:"File that holds HANDBOOK_MONGODB_URI, such as a container's secret."`
	MongoDBDatabase string        `env:"HANDBOOK_MONGODB_DATABASE" envDefault:"sotay" help:"Database on MongoDB."`
	BlobURL         string        `env:"HANDBOOK_BLOB_URL" help:"Bucket of attachments, s3://bucket?region=…&endpoint=…, with credentials in the usual AWS variables; empty for a folder beside the data. Replicas on several machines need one."`
	Secret          string        `env:"HANDBOOK_SECRET" mask:"true" help:"The installation's secret: base64 of at least 32 bytes. Required on MongoDB; otherwise made in the data folder."`
	SecretFrom      string        `env:"HANDBOOK_SECRET_FILE" help:"File that holds HANDBOOK_SECRET, such as a container's secret."`
	Demo            bool          `env:"HANDBOOK_DEMO" envDefault:"false" help:"Load the demo province with accounts whose password is public. Never in production."`
	LogLevel        string        `env:"HANDBOOK_LOG_LEVEL" envDefault:"info" help:"debug, info, warn or error."`
	AccessLog       bool          `env:"HANDBOOK_ACCESS_LOG" envDefault:"true" help:"Whether each request is logged."`
	TrustedProxies  []string      `env:"HANDBOOK_TRUSTED_PROXIES" help:"Addresses or prefixes of reverse proxies whose X-Forwarded-For is believed, separated by commas."`
	CORSOrigins     []string      `env:"HANDBOOK_CORS_ORIGINS" help:"Origins whose pages may call the API from a browser, such as https://app.example.vn, separated by commas; none by default."`
	AccessLifetime  time.Duration `env:"HANDBOOK_ACCESS_LIFETIME" envDefault:"15m" help:"How long an access token is valid (1m to 1h)."`
	SessionIdle     time.Duration `env:"HANDBOOK_SESSION_IDLE" envDefault:"2160h" help:"How long an unused session lives."`
	SessionMax      time.Duration `env:"HANDBOOK_SESSION_MAX" envDefault:"8760h" help:"How long a session lives at most."`
	LostAnswer      time.Duration `env:"HANDBOOK_LOST_ANSWER_WINDOW" envDefault:"10m" help:"How long a refresh token may be used again after its answer was lost (1m to 1h)."`
	Hashes          int           `env:"HANDBOOK_HASH_CONCURRENCY" envDefault:"0" help:"Password hashes at one time; 0 for the number of cores."`
	ActivationURL   string        `env:"HANDBOOK_ACTIVATION_URL" envDefault:"sotay:activate" help:"What the QR code of a printed activation code begins with: a scheme that the app opens, or an https address."`
	PublicURL       string        `env:"HANDBOOK_PUBLIC_URL" help:"Address of this server as phones reach it, such as https://sotay.example.vn; certificates name it. Without one they can be checked in the app alone."`
	FirebaseProject string        `env:"HANDBOOK_FIREBASE_PROJECT" help:"Id of the Firebase project whose phone numbers may sign in; empty turns that off."`
	FirebaseKey     string        `env:"GOOGLE_APPLICATION_CREDENTIALS" help:"Key file of a service account of that project; with it, revoked and disabled Firebase accounts are refused."`
	OIDCIssuer      string        `env:"HANDBOOK_OIDC_ISSUER" help:"OpenID Connect issuer, https://…, whose citizen ids may sign in; empty turns that off."`
	OIDCClient      string        `env:"HANDBOOK_OIDC_CLIENT_ID" help:"Our client id at that issuer."`
	OIDCClaim       string        `env:"HANDBOOK_OIDC_CLAIM" envDefault:"citizen_id" help:"The claim of an ID token that holds the citizen id."`
	BodyLimit       int           `env:"HANDBOOK_BODY_LIMIT" envDefault:"4194304" help:"Largest request body in bytes."`
	UploadLimit     int           `env:"HANDBOOK_UPLOAD_LIMIT" envDefault:"67108864" help:"Largest file that is uploaded, in bytes."`
	UploadTimeout   time.Duration `env:"HANDBOOK_UPLOAD_TIMEOUT" envDefault:"10m" help:"How long an upload may take."`
	RequestTimeout  time.Duration `env:"HANDBOOK_REQUEST_TIMEOUT" envDefault:"30s" help:"How long one request may take."`
	ExemptStatuses  []string      `env:"HANDBOOK_EXEMPT_STATUSES" envDefault:"exempt,temporarilyExempt" help:"Meeting statuses of members who owe no study drive, separated by commas. Drives keep what held when they opened."`
	ExcusedKinds    []string      `env:"HANDBOOK_EXCUSED_KINDS" help:"Kinds of members who owe no study drive (official, probationary), separated by commas; none by default."`
	ReadingPace     int           `env:"HANDBOOK_READING_PACE" envDefault:"500" help:"Syllables a minute that the least time of reading is reckoned by (100 to 2000)."`
	ReadingPercent  int           `env:"HANDBOOK_READING_PERCENT" envDefault:"40" help:"Per cent of the time at that pace which must have been spent on a section (0 to 100)."`
	PlayedPercent   int           `env:"HANDBOOK_PLAYED_PERCENT" envDefault:"80" help:"Per cent of a recording that must have been played (1 to 100)."`
	ShutdownTimeout time.Duration `env:"HANDBOOK_SHUTDOWN_TIMEOUT" envDefault:"15s" help:"How long requests may still take when the server stops."`
}

// Load reads the environment given as "NAME=value" and checks it as a whole.
func Load(environ []string) (Config, error) {
	vars := map[string]string{}
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			vars[name] = value
		}
	}
	var c Config
	var faults []error
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars}); err != nil {
		faults = append(faults, parseFaults(err)...)
	}
	// The library takes an empty value for none given, and puts the default
	// there; of this one empty has a meaning.
	if addr, given := vars["HANDBOOK_METRICS_ADDR"]; given && addr == "" {
		c.MetricsAddr = ""
	}
	faults = append(faults, c.readFiles()...)
	faults = append(faults, unknown(vars)...)
	faults = append(faults, c.check()...)
	return c, errors.Join(faults...)
}

// parseFaults names the variable of each value that could not be read. The
// values stay out: one of them may be a secret.
func parseFaults(err error) []error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []error{err}
	}
	var out []error
	for _, e := range all.Errors {
		var p env.ParseError
		if errors.As(e, &p) {
			if f, ok := reflect.TypeFor[Config]().FieldByName(p.Name); ok {
				out = append(out, fmt.Errorf("%s: is not a valid %s", f.Tag.Get("env"), p.Type))
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// unknown lists variables that look like ours and are not.
func unknown(vars map[string]string) []error {
	known := map[string]bool{}
	for _, v := range Variables() {
		known[v.Name] = true
	}
	var out []error
	for name := range vars {
		if strings.HasPrefix(name, "HANDBOOK_") && !strings.HasPrefix(name, "HANDBOOK_TEST_") && !known[name] {
			out = append(out, fmt.Errorf("%s: no such variable", name))
		}
	}
	slices.SortFunc(out, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return out
}

func (c *Config) check() []error {
	var out []error
	bad := func(name, format string, args ...any) { out = append(out, fmt.Errorf(name+": "+format, args...)) }
	if c.Data == "" && c.MongoDBURI == "" {
		bad("HANDBOOK_DATA", "is empty")
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		bad("HANDBOOK_ADDR", "is not host:port")
	}
	if _, _, err := net.SplitHostPort(c.MetricsAddr); c.MetricsAddr != "" && err != nil {
		bad("HANDBOOK_METRICS_ADDR", "is neither host:port nor empty")
	}
	if c.MongoDBURI != "" && !strings.HasPrefix(c.MongoDBURI, "mongodb://") && !strings.HasPrefix(c.MongoDBURI, "mongodb+srv://") {
		bad("HANDBOOK_MONGODB_URI", "does not begin with mongodb:// or mongodb+srv://")
	}
	if c.MongoDBURI != "" && c.Secret == "" {
		bad("HANDBOOK_SECRET", "is required on MongoDB, the same on every replica")
	}
	if c.Secret != "" {
		if _, err := secret.Parse(c.Secret); err != nil {
			bad("HANDBOOK_SECRET", "%v", err)
		}
	}
	if u, err := url.Parse(c.BlobURL); c.BlobURL != "" && (err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil) {
		bad("HANDBOOK_BLOB_URL", "is not s3://bucket?region=… without credentials")
	}
	if _, err := c.Level(); err != nil {
		bad("HANDBOOK_LOG_LEVEL", "is none of debug, info, warn, error")
	}
	if _, err := c.Proxies(); err != nil {
		bad("HANDBOOK_TRUSTED_PROXIES", "%v", err)
	}
	for _, o := range c.CORSOrigins {
		if !goodOrigin(strings.TrimSpace(o)) {
			bad("HANDBOOK_CORS_ORIGINS", "%q is not scheme://host or scheme://host:port in lower case; * is not taken", o)
		}
	}
	within := func(name string, d, low, high time.Duration) {
		if d < low || d > high {
			bad(name, "is not within %s and %s", low, high)
		}
	}
	within("HANDBOOK_ACCESS_LIFETIME", c.AccessLifetime, time.Minute, time.Hour)
	within("HANDBOOK_LOST_ANSWER_WINDOW", c.LostAnswer, time.Minute, time.Hour)
	within("HANDBOOK_SESSION_IDLE", c.SessionIdle, time.Hour, 2*365*24*time.Hour)
	within("HANDBOOK_SESSION_MAX", c.SessionMax, time.Hour, 5*365*24*time.Hour)
	within("HANDBOOK_REQUEST_TIMEOUT", c.RequestTimeout, time.Second, 10*time.Minute)
	within("HANDBOOK_SHUTDOWN_TIMEOUT", c.ShutdownTimeout, time.Second, 10*time.Minute)
	if u, err := url.Parse(c.ActivationURL); err != nil || u.Scheme == "" || strings.ContainsAny(c.ActivationURL, "?# ") || len(c.ActivationURL) > 80 {
		bad("HANDBOOK_ACTIVATION_URL", "is not an address with a scheme, without ? and #, of at most 80 characters")
	}
	if c.PublicURL != "" && !goodPublicURL(c.PublicURL) {
		bad("HANDBOOK_PUBLIC_URL", "is not an address of the web, https://…, without ? and #, of at most 80 characters")
	}
	out = append(out, c.checkOIDC()...)
	if c.Hashes < 0 || c.Hashes > 1024 {
		bad("HANDBOOK_HASH_CONCURRENCY", "is not within 0 and 1024")
	}
	if c.BodyLimit < 64<<10 || c.BodyLimit > 64<<20 {
		bad("HANDBOOK_BODY_LIMIT", "is not within 65536 and 67108864")
	}
	if c.UploadLimit < 64<<10 || c.UploadLimit > 1<<30 {
		bad("HANDBOOK_UPLOAD_LIMIT", "is not within 65536 and 1073741824")
	}
	within("HANDBOOK_UPLOAD_TIMEOUT", c.UploadTimeout, time.Second, time.Hour)
	return append(out, c.checkStudy()...)
}

// checkStudy wants rules of study that can be kept.
func (c *Config) checkStudy() []error {
	var out []error
	known := func(name string, values, of []string) {
		for _, v := range values {
			if !slices.Contains(of, v) {
				out = append(out, fmt.Errorf("%s: %q is none of %s", name, v, strings.Join(of, ", ")))
			}
		}
	}
	known("HANDBOOK_EXEMPT_STATUSES", c.ExemptStatuses, []string{"exempt", "temporarilyExempt", "temporaryAttachment"})
	known("HANDBOOK_EXCUSED_KINDS", c.ExcusedKinds, []string{"official", "probationary"})
	within := func(name string, n, low, high int) {
		if n < low || n > high {
			out = append(out, fmt.Errorf("%s: is not within %d and %d", name, low, high))
		}
	}
	within("HANDBOOK_READING_PACE", c.ReadingPace, 100, 2000)
	within("HANDBOOK_READING_PERCENT", c.ReadingPercent, 0, 100)
	within("HANDBOOK_PLAYED_PERCENT", c.PlayedPercent, 1, 100)
	return out
}

// checkOIDC wants an issuer that nobody can listen to or stand in for.
func (c *Config) checkOIDC() []error {
	if c.OIDCIssuer == "" {
		return nil
	}
	var out []error
	u, err := url.Parse(c.OIDCIssuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		out = append(out, errors.New("HANDBOOK_OIDC_ISSUER: is not an https address"))
	} else if ip, ierr := netip.ParseAddr(u.Hostname()); u.Scheme != "https" && (u.Scheme != "http" || ierr != nil || !ip.IsLoopback()) {
		out = append(out, errors.New("HANDBOOK_OIDC_ISSUER: is not an https address"))
	}
	if c.OIDCClient == "" {
		out = append(out, errors.New("HANDBOOK_OIDC_CLIENT_ID: is required with HANDBOOK_OIDC_ISSUER"))
	}
	return out
}

// goodPublicURL tells whether an address can stand before those of our calls.
// It goes into a QR code, so that it must be short.
func goodPublicURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil && len(s) <= 80 && !strings.ContainsAny(s, "?# ")
}

// goodOrigin tells whether a text is an origin as browsers write it.
func goodOrigin(o string) bool {
	u, err := url.Parse(o)
	return err == nil && u.Scheme != "" && u.Hostname() != "" && o == u.Scheme+"://"+u.Host && o == strings.ToLower(o) && !strings.Contains(o, "*") &&
		!strings.HasSuffix(u.Host, ":")
}

// Level is the least level that is logged.
func (c *Config) Level() (slog.Level, error) {
	var l slog.Level
	return l, l.UnmarshalText([]byte(c.LogLevel))
}

// Proxies are the prefixes of the trusted reverse proxies.
func (c *Config) Proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.TrustedProxies {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a prefix", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// SecretFile is where the secret lies when it is not given.
func (c *Config) SecretFile() string { return filepath.Join(c.Data, "secret") }

// StoreFile is the embedded store.
func (c *Config) StoreFile() string { return filepath.Join(c.Data, "sotay.db") }

// BlobDir is the folder of attachments when there is no bucket.
func (c *Config) BlobDir() string { return filepath.Join(c.Data, "blobs") }

// Variable describes one variable, for the README and for check-config.
type Variable struct {
	Name, Default, Help string
	Masked              bool
}

// Variables lists all variables in their order.
func Variables() []Variable {
	var out []Variable
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		out = append(out, Variable{Name: tag.Get("env"), Default: tag.Get("envDefault"), Help: tag.Get("help"), Masked: tag.Get("mask") != ""})
	}
	return out
}

// String lists all values with secrets masked.
func (c Config) String() string {
	var b strings.Builder
	v := reflect.ValueOf(c)
	for i, variable := range Variables() {
		value := fmt.Sprint(v.Field(i).Interface())
		if list, ok := v.Field(i).Interface().([]string); ok {
			value = strings.Join(list, ",")
		}
		if variable.Masked && value != "" {
			value = "********"
		}
		fmt.Fprintf(&b, "%s=%s\n", variable.Name, value)
	}
	return b.String()
}
