package account

import "unsafe"

// aliasing is a string over a buffer, as Fiber hands them out.
func aliasing(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
