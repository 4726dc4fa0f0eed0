// Package changelog is the one ordered record of what is published.
//
// The append is the publication: what is in the log is out, what is not is
// not. Replicas, sync, search and the push planner are readers of the log, each
// with its own position. Numbers are gapless and in order on any number of
// replicas; a unique key makes every append idempotent.
package changelog
