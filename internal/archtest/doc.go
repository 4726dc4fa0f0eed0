// Package archtest holds the directions of imports as a test.
package archtest
