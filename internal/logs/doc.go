// Package logs writes the program's log and the access log as JSON lines.
//
// Nothing personal goes in: no names, tokens, addresses, bodies or paths with
// ids; routes are named by their template.
package logs
