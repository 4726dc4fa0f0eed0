package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/logs"
)

// fromMemory names the operations that read what is published: they need no
// deadline, for they wait for nothing, and go on when the store can't be
// reached.
var fromMemory = map[string]bool{
	"getDocument": true, "getMaterial": true, "listDocuments": true, "listMaterials": true,
	"search": true, "sync": true, "getJWKS": true, "healthz": true, "readyz": true, "getContract": true, "getGuide": true, "getDocs": true,
}

// pipeline is what every request of an operation goes through. Everything a
// request needs is found when the route is registered, nothing looked up per
// request.
func (s *Server) pipeline(op *operation, handler fiber.Handler) fiber.Handler {
	memory := fromMemory[op.id]
	checked := len(op.params) > 0
	return func(c *fiber.Ctx) error {
		start := time.Now()
		requestID := s.begin(c)
		body := s.incomingOf(c, start)
		err := s.guarded(c, func() error {
			request := &requestContext{Context: context.Background(), c: c}
			if !op.guest {
				who, err := s.authenticate(c, op)
				if err != nil {
					return err
				}
				request.who = who
			}
			if !memory && !s.Account.Healthy() {
				return unavailable.After(5 * time.Second)
			}
			if checked || c.Request().URI().QueryArgs().Len() > 0 {
				if err := op.checkParams(c); err != nil {
					return err
				}
			}
			if err := checkSize(c); err != nil {
				return err
			}
			limit := s.Limits.Timeout
			switch {
			case op.form != nil:
				limit = s.Limits.UploadTimeout
				up, err := s.takeForm(c, op.form, body, start)
				if err != nil {
					return err
				}
				defer up.close()
				request.upload = up
			case op.body != nil:
				if err := op.checkBody(c, body); err != nil {
					return err
				}
			}
			if !memory || op.id == "readyz" {
				var cancel context.CancelFunc
				request.Context, cancel = context.WithTimeout(request.Context, limit)
				defer cancel()
			}
			c.SetUserContext(request)
			return handler(c)
		})
		if body != nil {
			body.settle(c)
		}
		s.finish(c, op, requestID, start, err)
		return nil
	}
}

// begin gives the request its id and the answer its standing headers.
func (s *Server) begin(c *fiber.Ctx) string {
	id := ""
	if given := c.Request().Header.Peek(fiber.HeaderXRequestID); len(given) > 0 && goodRequestID(given) {
		id = string(given)
	} else {
		id = ident.Token()
	}
	h := &c.Response().Header
	setHeader(h, headerRequestID, id)
	setHeader(h, fiber.HeaderXContentTypeOptions, "nosniff")
	setHeader(h, fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	setHeader(h, fiber.HeaderReferrerPolicy, "no-referrer")
	return id
}

// headerRequestID is the name as fasthttp writes it.
const headerRequestID = "X-Request-Id"

// setHeader sets a header whose name is in the canonical form already, and so
// spares fasthttp the work of finding that out.
func setHeader(h *fasthttp.ResponseHeader, name, value string) {
	h.SetCanonical(unsafe.Slice(unsafe.StringData(name), len(name)), unsafe.Slice(unsafe.StringData(value), len(value)))
}

// goodRequestID takes a client's id only if it can stand in a log as it is.
func goodRequestID(id []byte) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for _, b := range id {
		if (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '-' {
			return false
		}
	}
	return true
}

// guarded turns a panic into an error: its text goes to the log alone.
func (s *Server) guarded(c *fiber.Ctx, fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("panic", "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = errors.New("panic")
		}
	}()
	return fn()
}

// finish renders an error, observes and logs.
func (s *Server) finish(c *fiber.Ctx, op *operation, requestID string, start time.Time, err error) {
	code := ""
	if err != nil {
		f := faultOf(err)
		code = f.Code
		if writeProblem(c, f, requestID) >= 500 && f.Code != "panic" {
			s.Log.Error("request failed", "request_id", requestID, "operation", op.id, "error", err)
		}
	}
	if h := &c.Response().Header; len(h.Peek(fiber.HeaderCacheControl)) == 0 {
		setHeader(h, fiber.HeaderCacheControl, "no-store") // made for this caller alone
	}
	s.cors.answer(c)
	now := time.Now()
	took := now.Sub(start)
	status := c.Response().StatusCode()
	op.metrics.observe(status, took)
	s.Access.Log(&logs.Request{At: now.UTC(), ID: requestID, Method: op.method, Route: op.path,
		Status: status, Bytes: sentBytes(c), Took: took, ErrorCode: code})
}

// sentBytes is the length of the answer's body. One that is streamed is not
// read for it.
func sentBytes(c *fiber.Ctx) int {
	if c.Response().IsBodyStream() {
		return max(c.Response().Header.ContentLength(), 0)
	}
	return len(c.Response().Body())
}

// authenticate finds the caller by the access token and tests the role that
// the operation needs.
func (s *Server) authenticate(c *fiber.Ctx, op *operation) (*caller.Caller, error) {
	header := c.Request().Header.Peek(fiber.HeaderAuthorization)
	const scheme = "bearer "
	if len(header) <= len(scheme) || !strings.EqualFold(string(header[:len(scheme)]), scheme) {
		return nil, caller.NotSignedIn
	}
	// No copy: Verify clones what it keeps.
	token := unsafe.String(&header[len(scheme)], len(header)-len(scheme))
	now := s.Now()
	claims, err := s.Account.VerifyAt(token, now)
	if err != nil {
		return nil, err
	}
	who, ok := s.Directory.IdentityAt(claims.MemberID, now)
	if !ok || !who.MaySignIn {
		return nil, caller.NotSignedIn
	}
	// A token made by a replica that knows a newer state of the member than we
	// do is not stale; ours is, for a moment.
	if claims.AuthRev < who.AuthRev {
		return nil, staleToken
	}
	if len(op.roles) > 0 && !who.Has(op.roles...) {
		return nil, fault.Denied
	}
	return &caller.Caller{Identity: who, SessionID: claims.SessionID}, nil
}

// noRoute answers what no route matches: 405 when the address takes other
// methods, else 404.
func (s *Server) noRoute(c *fiber.Ctx) error {
	start := time.Now()
	requestID := s.begin(c)
	if body := s.incomingOf(c, start); body != nil {
		defer body.settle(c)
	}
	var err error = noRoute
	if allowed := s.methodsOf(c.Path()); len(allowed) > 0 {
		err = nil
		if !s.cors.preflight(c, allowed) {
			err = wrongMethod
			c.Set(fiber.HeaderAllow, strings.Join(allowed, ", "))
		}
	}
	s.finish(c, &operation{id: "none", path: "none", method: "any", metrics: s.metrics.unknown}, requestID, start, err)
	return nil
}

// keepFixed keeps a fixed address, such as /questions/export, from calls whose
// address begins the same and ends with an id. OpenAPI matches the fixed one
// first (3.1, Path Templating), Fiber the first that takes the method.
func (s *Server) keepFixed() {
	kept := map[string]bool{}
	for _, fixed := range s.ops {
		for _, op := range s.ops {
			if kept[fixed.route] || op.route == fixed.route || !routeMatches(fixed.route, op.route) {
				continue
			}
			kept[fixed.route] = true
			allowed := s.methodsOf(fixed.route)
			s.app.All(fixed.route, func(c *fiber.Ctx) error {
				if slices.Contains(allowed, c.Method()) {
					return c.Next()
				}
				return s.noRoute(c)
			})
		}
	}
}

func routeMatches(path, route string) bool {
	return fiber.RoutePatternMatch(path, route, fiber.Config{CaseSensitive: true, StrictRouting: true})
}

// methodsOf lists the methods that the contract has for a path.
func (s *Server) methodsOf(path string) []string {
	fixed := false
	for _, op := range s.ops {
		fixed = fixed || op.route == path
	}
	var out []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		for _, op := range s.ops {
			if (op.method == method || method == "HEAD" && op.method == "GET") && (op.route == path || !fixed && routeMatches(path, op.route)) {
				out = append(out, method)
				break
			}
		}
	}
	return out
}

// refuse is Fiber's error handler: what never reached a route, such as headers
// that are too large.
func (s *Server) refuse(c *fiber.Ctx, err error) error {
	abandon(c)
	s.finish(c, &operation{id: "none", path: "none", method: "any", metrics: s.metrics.unknown}, s.begin(c), time.Now(), err)
	return nil
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &ne) && ne.Timeout()
}
