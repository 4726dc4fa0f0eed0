// Package notify is the room of notices: the inbox of each member, and what they
// have read of it.
//
// The inbox is the truth, and push a hint. A notice to an audience is not stored:
// it follows from the change log, under an id made of what was published, and is
// matched to its readers when they look. What a member has read is one document,
// to which marks from any device add up.
package notify
