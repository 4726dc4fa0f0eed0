//go:build race

package e2e

// watch tells whether the tests run with the race detector.
const watch = true
