package httpapi

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// What a page of another origin may send and see beyond what browsers let it.
const (
	corsHeaders = "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range, X-Request-Id"
	corsExposed = "ETag, Link, Retry-After, X-Request-Id"
	// corsMaxAge is how long a browser remembers a preflight, in seconds: two
	// hours is the most that any of them takes.
	corsMaxAge = "7200"
)

// cors lets pages of other origins read answers (the Fetch standard's CORS
// protocol). Credentials of the browser's are never allowed: who calls says so
// in Authorization.
type cors struct{ origins map[string]bool }

// newCORS returns nil when no origin is allowed.
func newCORS(origins []string) *cors {
	if len(origins) == 0 {
		return nil
	}
	x := &cors{origins: map[string]bool{}}
	for _, o := range origins {
		x.origins[strings.TrimSpace(o)] = true
	}
	return x
}

// answer puts on an answer what its reader's browser needs. Vary stands on
// every answer, so that no cache gives one origin's to another.
func (x *cors) answer(c *fiber.Ctx) {
	if x == nil {
		return
	}
	h := &c.Response().Header
	h.Add(fiber.HeaderVary, fiber.HeaderOrigin)
	origin := c.Request().Header.Peek(fiber.HeaderOrigin)
	if len(origin) == 0 || !x.origins[string(origin)] {
		return
	}
	h.Set(fiber.HeaderAccessControlAllowOrigin, string(origin))
	h.Set(fiber.HeaderAccessControlExposeHeaders, corsExposed)
}

// preflight answers a browser that asks whether it may send a request, and
// tells whether it did: for an origin that is not allowed it does not.
func (x *cors) preflight(c *fiber.Ctx, allowed []string) bool {
	if x == nil || c.Method() != fiber.MethodOptions || len(c.Request().Header.Peek(fiber.HeaderAccessControlRequestMethod)) == 0 ||
		!x.origins[string(c.Request().Header.Peek(fiber.HeaderOrigin))] {
		return false
	}
	h := &c.Response().Header
	h.Set(fiber.HeaderAccessControlAllowMethods, strings.Join(allowed, ", "))
	h.Set(fiber.HeaderAccessControlAllowHeaders, corsHeaders)
	h.Set(fiber.HeaderAccessControlMaxAge, corsMaxAge)
	c.Status(fiber.StatusNoContent)
	return true
}
