// Package ident makes and checks identifiers.
package ident
