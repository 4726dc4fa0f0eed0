// Package standin stands in for Firebase Cloud Messaging: its HTTP v1 surface,
// which answers each token as it was told to, and remembers what it "delivered".
// There is no emulator by Google. Tests, the bench and the demo server use it; it
// never speaks to anybody.
package standin
