package httpapi

import (
	"context"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/caller"
)

type requestKey struct{}

// requestContext carries the caller, and lets a handler reach the request
// behind its typed arguments for what the contract leaves to HTTP: the client's
// address.
type requestContext struct {
	context.Context
	c      *fiber.Ctx
	who    *caller.Caller
	upload *upload
}

// Value implements context.Context.
func (r *requestContext) Value(key any) any {
	switch key.(type) {
	case requestKey:
		return r.c
	case caller.Key:
		return r.who
	case uploadKey:
		return r.upload
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
