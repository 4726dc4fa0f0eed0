package viet

import "strings"

// NameKey returns a key whose byte order is the order of Vietnamese name
// lists: the given name (the last word) first, then the other words from the
// family name on; each word by the letters of the alphabet and only then by
// tone. The key is printable ASCII for Vietnamese names and always valid
// UTF-8 in NFC; it is not meant to be read.
func NameKey(fullName string) string {
	words := Tokens(fullName)
	if len(words) == 0 {
		return ""
	}
	var b strings.Builder
	writeWordKey(&b, words[len(words)-1].Exact)
	for _, w := range words[:len(words)-1] {
		writeWordKey(&b, w.Exact)
	}
	return NFC(b.String())
}

// writeWordKey writes the letters, "!", the tones and a blank. Both signs
// sort before every letter, so that An comes before Anh and Án after An.
func writeWordKey(b *strings.Builder, word string) {
	ls := letters(word)
	for _, l := range ls {
		b.WriteString(Fold(l.base))
		b.WriteByte(letterRank(l.base))
	}
	b.WriteByte('!')
	for _, l := range ls {
		if l.tone > 0 {
			b.WriteByte('0' + byte(l.tone))
		}
	}
	b.WriteByte(' ')
}

// letterRank orders the letters that share a Latin base: a ă â, d đ, e ê,
// o ô ơ, u ư.
func letterRank(base string) byte {
	switch base {
	case "ă", "đ", "ê", "ô", "ư":
		return '1'
	case "â", "ơ":
		return '2'
	}
	return '0'
}
