//go:build !race

package e2e

// raceFlags build the server like the tests themselves.
var raceFlags []string
