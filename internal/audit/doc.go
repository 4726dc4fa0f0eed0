// Package audit keeps the record of who did what, chained by hashes.
//
// An entry is a plain insert: an effect of the document that an act changed,
// or, for reads of other people's records, written before the answer. Entries
// hold ids and codes only, never names or texts, so that erasing a person
// leaves the chain valid. A sealer, one at a time under a lease, appends a seal
// each second: the ids of the new entries, a hash over their content and the
// hash of the seal before. Verify walks the chain and names the unsealed tail.
package audit
