// Package study is the room of study drives: what is to be studied from when to
// when, who is on the roll, what members have read and heard, who has completed
// what, and the counts of it all.
//
// A drive is published like everything else. When it opens, its roll is taken
// down in pages of 200 members of one unit; a page is roll and tally in one, so
// that its counts can't drift from its rows. Phones send evidence; when it shows
// that all steps are done, a completion is written, once, and its effect sets
// the member's row. Members who are exempt owe nothing: what they complete is
// credit.
//
// Who counts can be changed by an act with a reason; who owes and has not done can
// be reminded. Counts are told by unit, by enterprise and by year, as of any day,
// and frozen. A completion has a certificate, which anybody can check.
//
// What evidence shows belongs to the package evidence, counting to the package
// tally. Quizzes, texts and members are other rooms'.
package study
