// Package tally counts a study drive from the rows of its roll. It is pure: the
// same rows give the same counts, at any instant that is asked for, and the
// counts of units add up to those of the unit above them.
//
// A row is a member as they stood when the drive opened, or when they were added.
// What came later (a completion, a correction, a note) is an entry of the row with
// the instant when it was recorded.
package tally
