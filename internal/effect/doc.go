// Package effect performs the consequences of a write after it, whatever
// happens in between.
//
// One use case is one atomic document write. What follows from it (another
// document to set, an audit entry, an entry of the change log) is carried in
// the same document as effects and performed afterwards: at once by the
// writer, and by a sweeper on any replica when the writer died. An effect is
// an insert whose id decides, or an update that sets a keyed row; it may run
// twice and must never add to anything.
package effect
