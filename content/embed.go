// Package content is the sample study material and the demo province that the
// server ships with. All of it is written by the team from public facts; the
// people and units of the demo province are invented.
package content

import "embed"

// Files holds documents/, materials/, quizzes/, contests/, drives/ and demo/.
//
//go:embed documents materials quizzes contests drives demo
var Files embed.FS
