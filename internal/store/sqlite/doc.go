// Package sqlite is the embedded engine of the store: one file, nothing to
// install.
//
// A schema is a table: id, rev, a column for each indexed field, and the whole
// document as BSON. An index over an array is a side table of (value, id).
//
// All writes of a process pass through one goroutine that commits them in
// groups: one sync of the disk serves every caller who waited for the one
// before. Nothing is decided by what a process remembers, so that several of
// them may work on one file: transactions begin immediate, revisions are
// compared in SQL.
//
// Never open the database file beside SQLite within this process: closing any
// descriptor of it drops the process's locks.
package sqlite
