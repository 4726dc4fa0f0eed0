// Package evidence holds what a member's reading shows, and what follows from
// it. It is pure.
//
// Phones send cumulative values: how long a section has been in the foreground
// in one session of a device, whether its end was reached, what has been played.
// Two records merge by maximum and union, so that batches may come twice, late
// and in any order (they form a join semilattice: merging is commutative,
// associative and idempotent).
//
// What is claimed is believed within bounds alone: a session of a device can
// have read no longer than the time between its own events, nor longer than the
// drive is open. The bounds are applied when the record is evaluated, not when
// it is merged: else the order of batches would decide.
package evidence
