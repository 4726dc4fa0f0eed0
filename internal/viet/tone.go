package viet

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The five tone marks in the order dictionaries use; no mark is tone 0.
const toneMarks = "\u0300\u0309\u0303\u0301\u0323"

// letter is one letter of a syllable with its tone taken off.
type letter struct {
	base string // NFC, keeps the hat, breve or horn
	tone int    // 0 to 5
}

// letters takes a word apart. Marks that are no tone stay with their letter.
func letters(word string) []letter {
	var out []letter
	for _, r := range norm.NFD.String(word) {
		at := toneOf(r)
		switch {
		case at > 0 && len(out) > 0 && out[len(out)-1].tone == 0:
			out[len(out)-1].tone = at
		case norm.NFD.PropertiesString(string(r)).CCC() > 0 && len(out) > 0:
			out[len(out)-1].base += string(r)
		default:
			out = append(out, letter{base: string(r)})
		}
	}
	for i := range out {
		out[i].base = NFC(out[i].base)
	}
	return out
}

// toneOf returns 1 to 5 for a tone mark and 0 for anything else.
func toneOf(r rune) int {
	at := strings.IndexRune(toneMarks, r)
	if r < 0x300 || at < 0 {
		return 0
	}
	return at/2 + 1
}

// placeTone moves the tone of a word that has exactly one to the vowel where
// the traditional spelling puts it. Words with no tone or several (foreign
// names) come back as they are.
func placeTone(word string) string {
	ls := letters(word)
	at := -1
	for i, l := range ls {
		if l.tone == 0 {
			continue
		}
		if at >= 0 {
			return word
		}
		at = i
	}
	if at < 0 || !isVowel(ls[at].base) {
		return word
	}
	to := toneSeat(ls, at)
	if to == at {
		return word
	}
	ls[to].tone, ls[at].tone = ls[at].tone, 0
	return spell(ls)
}

// toneSeat returns the index of the vowel that should carry the tone, within
// the run of vowels that holds index at.
func toneSeat(ls []letter, at int) int {
	lo, hi := at, at+1
	for lo > 0 && isVowel(ls[lo-1].base) {
		lo--
	}
	for hi < len(ls) && isVowel(ls[hi].base) {
		hi++
	}
	// In "quý" and "già" the u and i belong to the consonant.
	if lo > 0 && hi-lo > 1 && (ls[lo-1].base == "q" && ls[lo].base == "u" || lo == 1 && ls[0].base == "g" && ls[1].base == "i") {
		lo++
	}
	for i := hi - 1; i >= lo; i-- {
		if strings.Contains("ăâêôơư", ls[i].base) {
			return i
		}
	}
	switch n := hi - lo; {
	case n == 2 && hi == len(ls):
		return lo
	case n == 3:
		return lo + 1
	case n == 1 || n == 2:
		return hi - 1
	}
	return at
}

func isVowel(base string) bool {
	return base != "" && strings.Contains("a ă â e ê i o ô ơ u ư y", base)
}

func spell(ls []letter) string {
	marks := []rune(toneMarks)
	var b strings.Builder
	for _, l := range ls {
		b.WriteString(l.base)
		if l.tone > 0 {
			b.WriteRune(marks[l.tone-1])
		}
	}
	return NFC(b.String())
}
