// Package publication is the one life that published things have: documents,
// materials and Q&A sets, later quizzes, drives and contests.
//
//	draft → submitted → approved → publishing → published → withdrawing → withdrawn
//
// Nobody approves a version that they have edited. Publishing makes an
// immutable version; changing what is out begins the draft of the next. Each
// step is one compare-and-set on the item; what follows from it is carried as
// effects, each of which may run twice, so that a crash between any two writes
// leaves something that a sweeper on any replica finishes.
//
// A Desk keeps, for each thing that is or was out, its shelf: the one document
// that serialises what is served of it (the version that is out, and what
// other things say of it). The shelf's effects encode the body and append to
// the change log; the append is the publication.
package publication
