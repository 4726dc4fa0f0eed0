// Package tree says which organisations there were on a day, under which
// names and above which others.
//
// An act (a merger, a split, a move …) has a day and changes one or more
// organisations from that day on; nothing is ever overwritten. History replays
// all acts in the order of their days and refuses those that contradict each
// other; a Snapshot is the tree of one day. What pointed to an organisation
// that has closed is followed to its heir: children of a merged unit stand
// below the new one without being touched, and so do its members.
//
// The package is pure: it reads no clock and no store.
package tree
