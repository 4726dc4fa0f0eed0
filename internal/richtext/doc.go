// Package richtext makes foreign HTML safe to keep and to show, and reads the
// plain text out of it. It fixes the small set of elements that texts of the
// handbook may hold.
//
// It is part of the kit: it keeps no state and knows nothing of documents.
// Both functions take any input, however large or broken, in linear time.
package richtext
