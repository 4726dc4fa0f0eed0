package push

import "context"

// MaxTargets is the most targets of one call of a sender.
const MaxTargets = 500

// TargetKind is what an address is to FCM.
type TargetKind string

// The kinds of addresses. FCM is moving from tokens to installation ids.
const (
	Token TargetKind = "token"
	FID   TargetKind = "fid"
)

// The platforms whose messages are made differently; any other string is sent
// what both need.
const (
	Android = "android"
	IOS     = "ios"
)

// Target is one installation that a message goes to.
type Target struct {
	// ID is our own, for logs and outcomes: the address is never written there.
	ID       string
	Kind     TargetKind
	Address  string
	Platform string
}

// Sender hands one message to a service for at most MaxTargets targets.
type Sender interface {
	// Send tries each target once, and returns an outcome for each, in the order
	// of targets, also when nothing could be sent at all.
	Send(ctx context.Context, m *Message, targets []Target) []Outcome
}
