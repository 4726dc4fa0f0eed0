// Package secret derives keys from the one HANDBOOK_SECRET and seals things
// with them.
//
// Each purpose has its own key by HKDF-SHA-256 (RFC 5869), so that what is
// made for one purpose says nothing about another.
package secret
