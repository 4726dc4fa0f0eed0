// Package contract is generated from api/openapi.yaml by ./scripts/generate:
// types, parameter binders, routes and the interface that the edge implements.
// An answer that the contract does not have does not compile.
package contract
