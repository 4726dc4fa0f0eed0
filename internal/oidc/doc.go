// Package oidc asks an OpenID Connect issuer, such as a national identity, what
// a phone shows: that an ID token was made by it, for our client, with a
// citizen id. The nonce and the person behind the id are the rooms' business.
package oidc
