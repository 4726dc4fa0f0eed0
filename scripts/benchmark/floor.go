package main

import (
	"context"
	"net"
	"os"

	"github.com/gofiber/fiber/v2"
)

// floor is a bare Fiber server: what the framework alone makes of the two
// answers.
type floor struct{ addr, body, tag string }

// The floor's addresses.
const (
	floorGzip = "/v1/documents/gzip"
	floor304  = "/v1/documents/304"
)

func (f *floor) run(ctx context.Context) error {
	body, err := os.ReadFile(f.body)
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get(floorGzip, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		c.Set(fiber.HeaderETag, f.tag)
		c.Response().SetBodyRaw(body)
		return nil
	})
	app.Get(floor304, func(c *fiber.Ctx) error {
		c.Status(fiber.StatusNotModified)
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
