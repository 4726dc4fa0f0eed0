// Package apidoc makes a page for people out of the contract, api/openapi.yaml:
// every call with who may make it, what it takes and what it answers.
//
// The page is one file without scripts that loads nothing, so that it shows on
// a closed network and under the tightest policy. It says what the contract
// says; whatever is missing on it is missing there.
package apidoc
