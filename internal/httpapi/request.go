package httpapi

import (
	"context"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

type requestKey struct{}

// withRequest lets a handler reach the request behind its typed arguments: for
// conditional requests, encodings and the client's address, which the contract
// leaves to HTTP.
func withRequest(ctx context.Context, c *fiber.Ctx, _ *operation) context.Context {
	return &requestContext{Context: ctx, c: c}
}

type requestContext struct {
	context.Context
	c *fiber.Ctx
}

// Value implements context.Context.
func (r *requestContext) Value(key any) any {
	if _, ok := key.(requestKey); ok {
		return r.c
	}
	return r.Context.Value(key)
}

// clientAddr is where the request came from. Behind trusted proxies it is the
// nearest address of X-Forwarded-For that is not one of them: what stands
// before that, anybody may have written.
func (s *Server) clientAddr(ctx context.Context) netip.Addr {
	c, ok := ctx.Value(requestKey{}).(*fiber.Ctx)
	if !ok {
		return netip.Addr{}
	}
	addr, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	addr = addr.Unmap()
	if !s.trusted(addr) {
		return addr
	}
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return addr
		}
		addr = hop.Unmap()
		if !s.trusted(addr) {
			return addr
		}
	}
	return addr
}

func (s *Server) trusted(a netip.Addr) bool {
	for _, p := range s.Limits.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
