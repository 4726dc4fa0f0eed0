package question

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Digest is the salted hash of an answer's canon, as a phone that practises
// computes it: SHA-256 over the UTF-8 of salt, a line feed and the canon, in
// lower-case hexadecimal digits.
func Digest(salt, canon string) string {
	sum := sha256.Sum256([]byte(salt + "\n" + canon))
	return hex.EncodeToString(sum[:])
}

// Digests are those of the answers that have the full mark: one, and of a short
// answer one for each accepted text. They are only for practice: whoever has
// them and tries all choices has the key.
func (k *Key) Digests(salt string) []string {
	switch k.Kind {
	case ShortAnswer:
		out := make([]string, 0, len(k.Folded))
		for _, text := range k.Folded {
			if d := Digest(salt, text); !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
		return out
	case Ordering:
		return []string{Digest(salt, Canon(k.Kind, &Response{Order: k.Right}))}
	case Matching:
		return []string{Digest(salt, Canon(k.Kind, &Response{Pairs: k.Pairs}))}
	case Single, Multiple, TrueFalse:
	}
	return []string{Digest(salt, Canon(k.Kind, &Response{ChoiceIDs: k.Right}))}
}

// Canon writes an answer in the one way in which it is hashed. The contract
// describes it for those who write phones.
func Canon(kind Kind, r *Response) string {
	switch kind {
	case ShortAnswer:
		return fold(r.Text)
	case Ordering:
		return strings.Join(r.Order, "\n")
	case Matching:
		lines := make([]string, len(r.Pairs))
		for i, p := range r.Pairs {
			lines[i] = p.PromptID + "=" + p.OptionID
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	case Single, Multiple, TrueFalse:
	}
	return strings.Join(slices.Sorted(slices.Values(r.ChoiceIDs)), "\n")
}
