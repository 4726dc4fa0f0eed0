// Package push holds the words in which the server speaks of sending to phones:
// what is sent, to what, what an answer means, and how fast one may send. It
// sends nothing itself, keeps nothing and knows no service by its SDK.
package push
