// Package vcverify checks a credential as a stranger would, who knows nothing of
// this product: by RFC 7515 (JWS), RFC 7517 and 8037 (keys), RFC 7638
// (thumbprints) and the W3C's data model 2.0 of verifiable credentials with its
// rules for JOSE. It imports nothing of ours and no JWT library, on purpose: what
// signs a credential must not be what says that it is good.
package vcverify
