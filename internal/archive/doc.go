// Package archive keeps a whole installation in one file, and brings it back:
// what backup, export and restore of the command line do.
//
// An archive is a tar in zstd. It holds the documents of each collection as BSON
// one after the other (collections/<name>/<n>.bson, which MongoDB's own tools
// read), or the embedded store as a file (store.db); then the attached files
// (blobs/<sha-256>); and at its end manifest.json with the size and hash of
// each. It does not hold the installation's secret.
//
// Reading trusts nothing: Open reads a file to its end and holds it against its
// manifest, the rules of the store and fixed limits before anything of it is
// used. What it means to be in a store of this release, package store decides.
package archive
