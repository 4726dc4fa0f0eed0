// Package search finds words and phrases in the texts of the library. It is
// an index in memory: words are matched without regard to marks, and when the
// reader typed marks, texts with these marks come first.
//
// The package belongs to the library room and imports only the kit. It keeps
// no files and asks no store; it is rebuilt from the documents at start. Who
// may see what is the caller's to say, through Query.Visible.
package search
