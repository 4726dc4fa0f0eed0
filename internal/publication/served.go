package publication

// Served is a body as it is sent, the same for all its readers.
type Served struct {
	Encoded
	// The entity tags, quoted and different by encoding (RFC 9110 §8.8.3).
	TagPlain, TagGzip, TagBr string
	// Immutable says that the body never changes.
	Immutable bool
}

// NewServed returns an encoded body with its tags.
func NewServed(e Encoded) *Served {
	tag := e.Hash[:min(32, len(e.Hash))]
	return &Served{Encoded: e, TagPlain: `"` + tag + `"`, TagGzip: `"` + tag + `-gz"`, TagBr: `"` + tag + `-br"`}
}
