// Package store is the contract between the rooms and the database engines.
//
// It is MongoDB's document model cut down to what the product needs: whole
// documents under natural keys, declared indexes, compare-and-set on a
// revision, and nothing that only one engine has. Rooms use Collection and
// Sequence; an engine implements Engine and holds no business rule. Every
// document passes the rules of rules.go before an engine sees it, so that a
// document one engine accepts is never refused by the other.
//
// There is no count, tally, upsert or free query: they are scans in disguise.
package store
