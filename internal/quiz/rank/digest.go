package rank

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Digest is SHA-256 in hex over the facts of the ranking, in their order, and
// over what they are ranked by. Equal digests are equal rankings.
func (r *Ranking) Digest() string {
	sum := sha256.New()
	w := bufio.NewWriterSize(sum, 1<<16) // a hash never fails
	var b []byte
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	text(string(r.guess))
	for _, k := range r.keys {
		text(string(k))
	}
	for i := range r.Facts {
		f := &r.Facts[i]
		for _, s := range []string{f.Member, f.Unit, f.Device} {
			text(s)
		}
		for _, n := range []int64{f.Number, f.Right, f.Total, f.Mark, f.Guess, f.SubmittedAt, f.Duration} {
			b = binary.AppendVarint(b, n)
		}
		b = append(b, '.')
		if f.Expired {
			b[len(b)-1] = 'x'
		}
		_, _ = w.Write(b)
		b = b[:0]
	}
	_, _ = w.Write(b)
	_ = w.Flush()
	return hex.EncodeToString(sum.Sum(nil))
}
