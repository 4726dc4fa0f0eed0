// Command benchmark measures the server beside what it stands on.
//
// Each figure is a ratio or a limit taken in one run on one machine: the
// product and its floor are separate processes held to core 0, the load comes
// from core 1, and the two are measured in turns. Absolute numbers do not carry
// over to another machine; the ratios should.
//
// The program is everything at once: it fills stores (seed), it is the floors
// (floor, insert, hash), and it measures (measure). scripts/bench builds it,
// builds the server and runs it.
package main
