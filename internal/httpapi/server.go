package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"sotay/internal/account"
	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/clock"
	"sotay/internal/directory"
	"sotay/internal/httpapi/contract"
	"sotay/internal/jobs"
	"sotay/internal/library"
	"sotay/internal/logs"
	"sotay/internal/notify"
	"sotay/internal/page"
	"sotay/internal/quiz"
	"sotay/internal/study"
)

// readBuffer bounds the headers of a request: a token and little else.
const readBuffer = 8 << 10

// Deps are what the edge needs.
type Deps struct {
	Contract  []byte // api/openapi.yaml
	Account   *account.Service
	Directory *directory.Service
	Library   *library.Service
	Quizzes   *quiz.Service
	Study     *study.Service
	Notify    *notify.Service
	Imports   *jobs.Service
	Audit     *audit.Record
	Pages     *page.Sealer
	Markdown  Markdown
	Guide     Page // the operator's guide
	Docs      Page // the contract for people
	Sheets    Sheets
	Readings  Readings
	// Certificates prints them, PublicURL is where phones reach this server, ""
	// when there is no address of the web.
	Certificates Certificates
	PublicURL    string
	// Phones and Citizens check proofs from elsewhere; nil turns signing in by
	// them off.
	Phones   PhoneVerifier
	Citizens CitizenVerifier
	// Ready tells what the server still lacks, by name; empty is ready.
	Ready   func(ctx context.Context) map[string]string
	Now     clock.Now
	Log     *slog.Logger
	Access  *logs.Access
	Metrics prometheus.Registerer
	Limits  Limits
	// Origins are those of other sites' pages that may read answers.
	Origins []string
}

// Limits bound a request.
type Limits struct {
	Body    int           // bytes of a JSON body
	Upload  int           // bytes of a file
	Timeout time.Duration // of one request
	// UploadTimeout is the limit of a request that brings a file.
	UploadTimeout time.Duration
	Proxies       []netip.Prefix
}

// Markdown reads a text that an editor wrote as Markdown.
type Markdown interface {
	Sections(src string) ([]library.Section, error)
	Items(src string) ([]library.QAItem, error)
}

// Server is the edge.
type Server struct {
	Deps
	app     *fiber.App
	ops     map[string]*operation
	metrics *metrics
	cors    *cors
	guide   *encodedPage
	docs    *encodedPage
	papers  *papers
}

// New builds the edge and checks that contract and code agree: every route has
// its operation and every operation its route.
func New(d Deps) (*Server, error) {
	if d.Account == nil || d.Directory == nil || d.Library == nil || d.Quizzes == nil || d.Study == nil || d.Notify == nil || d.Imports == nil || d.Audit == nil || d.Pages == nil || d.Markdown == nil ||
		len(d.Guide.HTML) == 0 || len(d.Docs.HTML) == 0 || d.Sheets == nil || d.Readings == nil || d.Certificates == nil || d.Ready == nil ||
		d.Now == nil || d.Log == nil || d.Metrics == nil {
		return nil, errors.New("httpapi: a dependency is missing")
	}
	ops, err := loadSpec(d.Contract)
	if err != nil {
		return nil, err
	}
	s := &Server{Deps: d, ops: ops, metrics: newMetrics(d.Metrics), cors: newCORS(d.Origins)}
	if s.docs, err = d.Docs.encode(); err != nil {
		return nil, err
	}
	if s.guide, err = d.Guide.encode(); err != nil {
		return nil, err
	}
	if s.papers, err = newPapers(); err != nil {
		return nil, err
	}
	s.app = s.newApp()
	s.keepFixed()
	router := &router{Router: s.app, server: s, seen: map[string]bool{}}
	contract.RegisterHandlersWithOptions(router, contract.NewStrictHandler(s, nil), contract.FiberServerOptions{})
	if err := router.check(); err != nil {
		return nil, err
	}
	s.app.Use(s.noRoute)
	s.takeAnyMethod()
	return s, nil
}

func (s *Server) newApp() *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:               "sotay",
		DisableStartupMessage: true,
		CaseSensitive:         true,
		StrictRouting:         true,
		// Values of a request are reused after it; rooms keep what they get.
		Immutable: true,
		// What may be announced; each call has its own limit (incoming.go).
		BodyLimit:      s.Limits.Upload + framing,
		ReadBufferSize: readBuffer,
		ReadTimeout:    s.Limits.Timeout,
		WriteTimeout:   s.Limits.Timeout,
		IdleTimeout:    s.Limits.Timeout, // the same, so that deadlines seldom move
		ErrorHandler:   s.refuse,
		JSONEncoder:    marshal,
		// A request is judged before its body is read.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
	})
	app.Server().HeaderReceived = s.announced
	return app
}

// takeAnyMethod lets a request with a method that Fiber does not know end like
// another that its address does not take. Fiber would answer a bare line of
// text, without id, problem or log.
func (s *Server) takeAnyMethod() {
	server := s.app.Server()
	known := server.Handler
	server.Handler = func(c *fasthttp.RequestCtx) {
		switch string(c.Method()) {
		case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE":
		default:
			c.Request.Header.SetMethod("TRACE") // which no address takes
		}
		known(c)
	}
}

// Serve takes connections until Shutdown.
func (s *Server) Serve(l net.Listener) error { return s.app.Listener(lazyListener{l}) }

// Shutdown takes no more connections and lets requests finish within the
// limit.
func (s *Server) Shutdown(limit time.Duration) error { return s.app.ShutdownWithTimeout(limit) }

// router puts each operation's pipeline in front of its generated handler as
// it is registered.
type router struct {
	fiber.Router
	server *Server
	seen   map[string]bool
	faults []error
}

func (r *router) add(method, route string, h []fiber.Handler) fiber.Router {
	key := method + " " + route
	op := r.server.ops[key]
	if op == nil || r.seen[key] || len(h) != 1 {
		r.faults = append(r.faults, fmt.Errorf("route %s has no operation of its own in the contract", key))
		return r
	}
	r.seen[key] = true
	op.metrics = r.server.metrics.of(op.path, op.method)
	r.Router.Add(method, route, r.server.pipeline(op, h[0]))
	if method == fiber.MethodGet {
		r.Router.Add(fiber.MethodHead, route, r.server.pipeline(op, h[0]))
	}
	return r
}

// check tells which operations of the contract have no route.
func (r *router) check() error {
	for key := range r.server.ops {
		if !r.seen[key] {
			r.faults = append(r.faults, fmt.Errorf("operation %s has no route", key))
		}
	}
	return errors.Join(r.faults...)
}

// Get, Post, Put, Patch and Delete are how the generated code registers.
func (r *router) Get(p string, h ...fiber.Handler) fiber.Router   { return r.add("GET", p, h) }
func (r *router) Post(p string, h ...fiber.Handler) fiber.Router  { return r.add("POST", p, h) }
func (r *router) Put(p string, h ...fiber.Handler) fiber.Router   { return r.add("PUT", p, h) }
func (r *router) Patch(p string, h ...fiber.Handler) fiber.Router { return r.add("PATCH", p, h) }
func (r *router) Delete(p string, h ...fiber.Handler) fiber.Router {
	return r.add("DELETE", p, h)
}

// signedIn returns the caller of a request that the pipeline let through.
func signedIn(ctx context.Context) (*caller.Caller, error) { return caller.From(ctx) }
