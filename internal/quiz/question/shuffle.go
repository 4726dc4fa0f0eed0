package question

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Order is chance from a stored seed: the same seed and labels give the same
// order on every machine and in every release. The stream is ChaCha8 under
// SHA-256 of seed and labels, the shuffle is Fisher and Yates' from the end.
type Order struct{ src *rand.ChaCha8 }

// NewOrder begins the stream of a seed for one use, which the labels name.
func NewOrder(seed []byte, labels ...string) *Order {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(seed))))
	h.Write(seed)
	for _, l := range labels {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(l))))
		h.Write([]byte(l))
	}
	return &Order{src: rand.NewChaCha8([32]byte(h.Sum(nil)))}
}

// below returns a number under n; n is small, so that the remainder's bias is
// below 2^-50.
func (o *Order) below(n int) int { return int(o.src.Uint64() % uint64(n)) }

// Shuffle puts a list into a random order, in place.
func Shuffle[T any](o *Order, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := o.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}

// Sample returns n of the list in a random order, and leaves the list as it is.
func Sample[T any](o *Order, list []T, n int) []T {
	all := append([]T(nil), list...)
	Shuffle(o, all)
	return all[:min(n, len(all))]
}

// Shown returns the face in the order in which one member sees it. The options
// of matching and the steps of ordering are always shuffled: their stored order
// is that of their ids.
func (f Face) Shown(o *Order, choices bool) Face {
	switch f.Kind {
	case Single, Multiple:
		if choices {
			f.Choices = Sample(o, f.Choices, len(f.Choices))
		}
	case Ordering:
		f.Choices = Sample(o, f.Choices, len(f.Choices))
	case Matching:
		f.Options = Sample(o, f.Options, len(f.Options))
		if choices {
			f.Prompts = Sample(o, f.Prompts, len(f.Prompts))
		}
	case TrueFalse, ShortAnswer:
	}
	return f
}
