// Package account says who signs in, on which phone, and for how long.
//
// It owns credentials, the installations of the app with the one session that
// each holds, the keys that sign access tokens, the set of what was revoked,
// and the throttling of guesses. Who a member is and what that person may do
// belongs to the directory: this room asks for it through Members.
//
// An access token is a short-lived JWT (RFC 9068) that every replica verifies
// in memory. A refresh token is opaque and rotates (RFC 9700 §4.14); the answer
// to a refresh may be lost on the way, so the token before the newest one is
// answered with the same successor. Reuse of an older one ends the session of
// that one phone. A session that ends leaves a revocation, which every replica
// reads, for as long as an access token could outlive it.
//
// A member begins with an activation code, printed on a sheet or issued by the
// branch's secretary: nobody ever chooses another's password. The agreement to
// the privacy notice is part of the same write, and reaches the directory as
// its effect. Who proves a telephone number or a citizen id to somebody we
// trust signs in without a password: the verifying belongs to the edges, the
// person behind it to the directory.
//
// One more key signs credentials, what the study room certifies, and nothing
// else: those stand on paper, so that it is published for ever and no access
// token is verified with it.
//
// Where push messages reach a phone is a field of its installation, so that it
// ends in the same write as the session that it belongs to, and whoever signs
// in there next gets nothing that was meant for another.
//
// The package ends at the credential of a sign-in and at the target of a push:
// what is sent is not here, nor the look of a sheet.
package account
