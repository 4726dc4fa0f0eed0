// Package question is one question of a quiz, pure: what an editor writes, what
// a member sees of it (the face), what grading needs (the key), and the
// grading itself. Face and key are two values that are stored apart, so that
// whoever serves a member never holds the answer.
package question
