package push

import "time"

// Class is what an answer means for the target and for the sender.
type Class string

// The classes of outcomes. Means tells what follows from each.
const (
	// Accepted: the service has taken the message and named it.
	Accepted Class = "accepted"
	// Unregistered: there is no such installation any more.
	Unregistered Class = "unregistered"
	// Invalid: the service found the message or the target malformed. The
	// target is suspect, no more: a fault of ours says the same of all of them.
	Invalid Class = "invalid"
	// SenderMismatch: the target belongs to another Firebase project.
	SenderMismatch Class = "senderMismatch"
	// Credentials: Apple's, at FCM, or our own, are refused.
	Credentials Class = "credentials"
	// Misconfigured: refused by something that is not speaking of the target,
	// such as a proxy or a wrong project; or not fit to be sent.
	Misconfigured Class = "misconfigured"
	// Unsupported: a kind of target that this sender can't address yet.
	Unsupported Class = "unsupported"
	// QuotaExceeded: nothing more is taken from anybody for RetryAfter.
	QuotaExceeded Class = "quotaExceeded"
	// Unavailable: the service failed. It may have delivered first.
	Unavailable Class = "unavailable"
	// Unknown: the message left and no answer came. It may have been delivered.
	Unknown Class = "unknown"
	// Unsent: the message did not leave; it can't have been delivered.
	Unsent Class = "unsent"
)

// Classes are all of them.
func Classes() []Class {
	return []Class{Accepted, Unregistered, Invalid, SenderMismatch, Credentials, Misconfigured, Unsupported,
		QuotaExceeded, Unavailable, Unknown, Unsent}
}

// Meaning is what follows from a class.
type Meaning struct {
	// Remove: the target goes, in the write that records the outcome.
	Remove bool
	// Alarm: a person must look; trying again won't help until then.
	Alarm bool
	// Again: try the target later, under the same collapse key.
	Again bool
	// Halt: the whole sender stops for RetryAfter.
	Halt bool
	// Reached: the phone has the message, or may have it.
	Reached bool
}

// Means tells what follows from a class; from an unknown one, nothing.
func (c Class) Means() Meaning {
	switch c {
	case Accepted:
		return Meaning{Reached: true}
	case Unregistered:
		return Meaning{Remove: true}
	case SenderMismatch, Credentials, Misconfigured:
		return Meaning{Alarm: true}
	case QuotaExceeded:
		return Meaning{Again: true, Halt: true}
	case Unavailable, Unknown:
		return Meaning{Again: true, Reached: true}
	case Unsent:
		return Meaning{Again: true}
	default: // Invalid, Unsupported: kept and not tried again
		return Meaning{}
	}
}

// Outcome is what came of one try to one target.
type Outcome struct {
	Class Class
	// RetryAfter is how long the service asked to wait, 0 for nothing said. With
	// QuotaExceeded it is always set.
	RetryAfter time.Duration
	// Code names the cause more closely than the class: the service's own code
	// in capitals, or one of the sender's.
	Code string
	// MessageID is the service's name for an accepted message.
	MessageID string
}
