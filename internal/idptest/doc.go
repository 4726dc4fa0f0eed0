// Package idptest stands in, on loopback, for those who prove to the server who
// somebody is: Google's endpoints behind Firebase, and an OpenID Connect
// issuer. Tests mint good tokens and bad ones with it.
package idptest
