// Package jobs brings spreadsheets into a room as resumable jobs.
//
// A job is one document: what was handed in, how far it is, what is wrong with
// it and what it changed. All rows are read and checked first; nothing is
// written when one has an error. Then the room applies them in steps of a
// bounded size. Before a step is done the job says what it is going to be, so
// that after a crash the same step is done again and counted once.
//
// The file lies in the store beside the job, sealed with the installation's
// secret, until the job has ended: any replica can go on with it, a backup
// holds no citizen id in clear, and nothing is left behind.
//
// One job runs at a time over all replicas, under a lease. A lease can't prove
// that nobody else is at it: what a room does in a step must be right when it
// is done twice.
package jobs
