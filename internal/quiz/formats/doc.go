// Package formats reads and writes files of questions: GIFT, Aiken, and a table
// as .xlsx or .csv. It is pure: bytes in, questions and problems out.
//
// A reader takes nothing over in silence. What a file says and a question can't
// hold is a problem with its place: an error when it would be another question,
// a warning when what is taken instead is told. A writer loses nothing, or says
// which question the format can't hold; what is written is read again as it
// was, ids apart (decision 24).
//
// In GIFT, what the format has no place for lies in a comment before the
// question, so that other programs pass it over:
//
//	// sotay: {"difficulty":"hard","document":"…","section":"…"}
//
// Ordering is written as the matching of the steps to their numbers, which is
// what other programs make of it; the comment says that it is one.
package formats
