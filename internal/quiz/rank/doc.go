// Package rank ranks the people of a contest's round from the facts of their
// attempts. It is pure: the same facts in any order give the same ranking, so
// that what was announced can be computed again.
//
// What was guessed is only known at the end: how many people have all right,
// and how many took part. Of a member's attempts the best by the order of the
// keys counts; who is equal in all keys shares a rank.
package rank
