// Package mongodb is the production engine of the store: a replica set.
//
// A schema is a collection, an index an index of the same name. Every find
// names its index, so that a query without one fails instead of scanning.
// Writes are acknowledged by a majority with its journals; reads go to the
// primary. Of the server's commands only find, getMore, insert, update (of
// whole documents), delete, createIndexes and listIndexes are used.
package mongodb
