// Package blob keeps files: attachments of documents and materials, in a local
// folder or in a bucket that speaks S3.
//
// A file is named by its content (SHA-256), so that the same file twice is one,
// what was read can be checked, and nothing is ever changed in place. Who refers
// to a file is the business of others: a file that nobody refers to is removed
// by the one who knows, no sooner than Grace after it was put.
package blob
