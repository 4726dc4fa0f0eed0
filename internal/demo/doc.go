// Package demo grows the demo province: from the few units and people whom the
// accounts belong to, written by hand, to some forty units and 1,200 members
// with the histories that screens and reports must get right.
//
// All of it is invented. It comes from lists and a fixed seed, so that it is
// the same at every start and a second loading changes nothing. The package
// makes a seed of the directory room and writes nothing itself.
package demo
