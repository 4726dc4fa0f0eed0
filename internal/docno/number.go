package docno

import (
	"fmt"
	"strings"

	"sotay/internal/viet"
)

// Number is the number and symbol of a document. Parse makes it; a Number
// with Number 0 is not a valid thing.
type Number struct {
	// Number counts within the issuer's term, from 1.
	Number int
	// Suffix is all that follows the digits in the canonical form, with its
	// separator: "-NQ/TW", "/QĐ-TTg", or nothing.
	Suffix string
	// TypeSymbol is the symbol of the type ("NQ"), if there is one.
	TypeSymbol string
	// IssuerCode is the code of the issuer ("TW"), if there is one.
	IssuerCode string
}

// String returns the canonical form. Numbers below ten have a leading zero,
// as offices write them: 03-KH/TU.
func (n Number) String() string {
	return fmt.Sprintf("%02d%s", n.Number, n.Suffix)
}

// Key returns the form to compare and search by: no marks, lower case.
// 339-QĐ/TW and "339-QD/TW" have the same key.
func (n Number) Key() string { return viet.Fold(n.String()) }

// party returns a number in the Party's style, NN-TYPE/ISSUER.
func party(number int, symbol, issuer string) Number {
	n := Number{Number: number, TypeSymbol: symbol, IssuerCode: issuer, Suffix: "-" + symbol}
	if issuer != "" {
		n.Suffix += "/" + issuer
	}
	return n
}

// state returns a number in the style of state bodies, NN/TYPE-ISSUER or
// NN/YEAR/TYPE-ISSUER.
func state(number int, year, symbol, issuer string) Number {
	suffix := "/" + symbol
	if year != "" {
		suffix = "/" + year + suffix
	}
	if issuer != "" {
		suffix += "-" + issuer
	}
	return Number{Number: number, TypeSymbol: symbol, IssuerCode: issuer, Suffix: suffix}
}

// canonical returns a symbol or code as officially written: missing strokes
// put back where only one reading is known, lower-case typing raised.
func canonical(code string) string {
	folded := viet.Fold(code)
	for _, known := range spellings() {
		if viet.Fold(known) == folded {
			return known
		}
	}
	// "DA" is dự án and "ĐA" is đề án: a stroke decides, so none is added.
	if code == strings.ToLower(code) {
		return strings.ToUpper(code)
	}
	return code
}

// spellings lists codes whose letters are not plain capitals, or that people
// type without the stroke.
func spellings() []string {
	return []string{
		"QĐ", "CTr", "CTrHĐ", "TTr", "NĐ", "TTg", "ĐU", "ĐUK", "BCĐTW", "BCĐTU", "BTCĐU", "BTGĐU", "VPĐU", "UBKTĐU", "HĐBT", "CĐ",
	}
}
