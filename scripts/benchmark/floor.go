package main

import (
	"context"
	"net"
	"os"

	"github.com/gofiber/fiber/v2"
)

// floor is a bare Fiber server: what the framework alone makes of one answer
// to the very request that the product gets. Without a body the answer is 304.
type floor struct{ addr, body, tag string }

// floorRoute is the product's, so that wrk sends the same bytes to both.
const floorRoute = "/v1/documents/:id"

func (f *floor) run(ctx context.Context) error {
	var body []byte
	if f.body != "" {
		var err error
		if body, err = os.ReadFile(f.body); err != nil {
			return err
		}
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get(floorRoute, func(c *fiber.Ctx) error {
		if body == nil {
			c.Status(fiber.StatusNotModified)
			return nil
		}
		c.Set(fiber.HeaderETag, f.tag)
		c.Set(fiber.HeaderContentEncoding, "gzip")
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Response().SetBodyRaw(body)
		return nil
	})
	l, err := net.Listen("tcp", f.addr)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		_ = app.Shutdown() // the process ends in any case
	}()
	return app.Listener(l)
}
