// Package e2e proves the product through its front door, on both engines: it
// builds the server's test binary once (the product with the hooks of
// api/main_test.go), runs it as child processes and talks HTTP to them.
//
// Every answer is held against api/openapi.yaml, and every problem answer is
// searched for what must not be said. There is no code here but tests.
package e2e
