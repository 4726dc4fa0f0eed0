// Package fault is the one error type that people may see.
//
// A Fault has a kind (which decides the status), a stable code for programs
// and a sentence for people in Vietnamese and English. The cause stays inside.
// Any other error is internal: a fixed sentence and a request id go out.
package fault
