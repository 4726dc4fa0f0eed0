// Package fcm sends to phones through Firebase Cloud Messaging, by Google's SDK.
// It tries each target once and says what came of it; when to try again, whom to
// remove and how fast to send are decided by those who ask.
//
// The SDK's own retries are off: after a 503 it asks again at once, while FCM
// wants ten seconds, and after a lost answer it sends the same message again
// where we want to know that it may have arrived.
package fcm
