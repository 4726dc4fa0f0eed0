// Package config reads the configuration, once, from the environment.
//
// All faults are listed at once by the variable's name; a variable that begins
// with HANDBOOK_ and is not known is a fault too, so that a misspelt one does
// not pass in silence.
package config
