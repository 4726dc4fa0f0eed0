// Package viet holds what the server knows about the Vietnamese language as
// text: folding away marks for search, one spelling for one word, splitting
// into words, and the order of people's names.
//
// It is part of the kit: it knows nothing of documents or members, keeps no
// state and imports only the standard library and golang.org/x/text.
package viet
