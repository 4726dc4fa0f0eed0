// Package firebase asks Google's Firebase, through its SDK, what a phone shows:
// that an ID token is one of our project's, for a telephone number that was
// proved a moment ago. Who that number belongs to is the rooms' business.
package firebase
