// Package guide is the operator's guide: a Markdown file kept beside the code
// it speaks of, and the one page that is made of it. It imports nothing of
// ours; tests of api hold its commands, calls and variables against the
// program.
package guide
