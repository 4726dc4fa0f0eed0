// Package httpapi is the edge towards phones and editors: the contract of
// api/openapi.yaml over Fiber.
//
// Types, parameter binders and routes are generated into the package contract.
// Registering a route puts a pipeline in front of it, built from the route's
// own operation in the contract: who may call it, what its parameters and body
// may hold, its time limit, its metrics and its line in the access log. A
// handler parses, calls one room and renders.
package httpapi
