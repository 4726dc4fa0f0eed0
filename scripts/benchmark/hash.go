package main

import (
	"context"
	"io"
	"time"

	"golang.org/x/crypto/argon2"
)

// hashFloor makes the product's password hash, one after the other, and
// nothing else.
func hashFloor(_ context.Context, in io.Reader, out io.Writer) error {
	salt := make([]byte, 16)
	return serveOrders(in, out, func(span time.Duration) (answer, error) {
		begin := time.Now()
		n := 0
		for ; time.Since(begin) < span; n++ {
			salt[n%len(salt)]++
			argon2.IDKey([]byte(password), salt, 2, 19456, 1, 32)
		}
		return answer{Count: n, Seconds: time.Since(begin).Seconds()}, nil
	})
}
