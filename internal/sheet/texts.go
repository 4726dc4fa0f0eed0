package sheet

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
)

// texts is the table of texts that the cells of a workbook share, in one piece
// of memory: a province's names are a few megabytes, one by one they would be
// many times that.
type texts struct {
	all  []byte
	ends []uint32
}

// get returns a text by the number that a cell gives.
func (t *texts) get(ref string) (string, bool) {
	n, err := strconv.Atoi(ref)
	if err != nil || n < 0 || n >= len(t.ends) {
		return "", false
	}
	start := uint32(0)
	if n > 0 {
		start = t.ends[n-1]
	}
	return string(t.all[start:t.ends[n]]), true
}

func readTexts(a *archive, b *budget, part string) (*texts, error) {
	t := &texts{}
	if part == "" {
		return t, nil
	}
	x, err := a.open(part, b)
	if err != nil || x == nil {
		return t, err
	}
	defer x.close()
	var item run
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		item.take(token, a.limits.CellChars)
		if token.kind == endTag && string(token.name) == "si" {
			if err := t.add(item.text(), a.limits); err != nil {
				return nil, err
			}
			item.reset()
		}
	}
}

func (t *texts) add(s string, l Limits) error {
	if len(t.all)+len(s) > min(l.TextBytes, math.MaxUint32) || len(t.ends) >= l.TextCount {
		return errBig
	}
	t.all = append(t.all, s...)
	t.ends = append(t.ends, uint32(len(t.all)))
	return nil
}

// run gathers the text of one item: the t elements of its runs, not of the
// readings (rPh) that East Asian versions add. It keeps a little more than a
// cell may have, so that the cell is seen to be too long.
type run struct {
	b         strings.Builder
	in, aside int
}

func (r *run) reset() { *r = run{} }

func (r *run) take(t *token, chars int) {
	switch t.kind {
	case startTag, endTag:
		step := 1
		if t.kind == endTag {
			step = -1
		}
		switch string(t.name) {
		case "t":
			r.in += step
		case "rPh":
			r.aside += step
		}
	case charData:
		if r.in > 0 && r.aside == 0 && r.b.Len() <= 4*chars {
			r.b.Write(t.text[:min(len(t.text), 4*chars+8)])
		}
	}
}

func (r *run) text() string { return unescape(r.b.String()) }

// unescape turns _x000D_ into the character it stands for, as the format wants.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		at := strings.Index(s, "_x")
		if at < 0 || at+7 > len(s) {
			break
		}
		n, err := strconv.ParseUint(s[at+2:at+6], 16, 16)
		if err != nil || s[at+6] != '_' {
			b.WriteString(s[:at+2])
			s = s[at+2:]
			continue
		}
		b.WriteString(s[:at])
		b.WriteRune(rune(n))
		s = s[at+7:]
	}
	b.WriteString(s)
	return b.String()
}
