package account

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sotay/internal/fault"
	"sotay/internal/viet"
)

// The bounds of a password in characters (OWASP ASVS 5.0, 6.2.1 and 6.2.9).
// There are no rules of composition (6.2.5).
const (
	minPassword = 8
	maxPassword = 128
)

// maxPasswordBytes bounds what is hashed: 128 characters of four bytes.
const maxPasswordBytes = 4 * maxPassword

// WeakPassword answers a new password that is too easy to guess.
var WeakPassword = fault.New(fault.Unsuited, "weak_password",
	"Mật khẩu mới chưa đủ an toàn.", "The new password is not safe enough.")

//go:embed common.txt
var commonPasswords string

// policy refuses passwords that are guessed first (OWASP ASVS 5.0, 6.2.4).
type policy struct {
	common map[string]bool
	// context are the words that people at this installation think of first
	// (6.2.11), without marks.
	context []string
}

func newPolicy() *policy {
	p := &policy{common: map[string]bool{}, context: []string{
		"sotay", "dangvien", "dangbo", "chibo", "dangcongsan", "matkhau", "password"}}
	for word := range strings.FieldsSeq(commonPasswords) {
		p.common[word] = true
	}
	return p
}

// normPassword makes one password of all spellings that look the same: a
// phone and a desktop compose Vietnamese letters differently.
func normPassword(s string) string { return norm.NFC.String(s) }

// check answers WeakPassword at the pointer, or nil. username is folded.
func (p *policy) check(password, username, pointer string) error {
	n := utf8.RuneCountInString(password)
	folded := viet.Fold(password)
	switch {
	case !utf8.ValidString(password) || n < minPassword || n > maxPassword:
		return WeakPassword.At(pointer, "length",
			"Mật khẩu có từ 8 đến 128 ký tự.", "A password has 8 to 128 characters.")
	case p.common[folded] || monotonous(folded):
		return WeakPassword.At(pointer, "common",
			"Mật khẩu này quá phổ biến, dễ bị đoán.", "This password is among the first that are guessed.")
	case p.contextual(folded, viet.Fold(username)):
		return WeakPassword.At(pointer, "context",
			"Mật khẩu không được chỉ gồm tên đăng nhập hoặc tên ứng dụng.",
			"A password can't be just the username or the name of the app.")
	}
	return nil
}

// monotonous tells whether a password is one character, or one run up or down
// the alphabet or the digits.
func monotonous(s string) bool {
	runes := []rune(s)
	for _, step := range []rune{0, 1, -1} {
		all := true
		for i := 1; i < len(runes); i++ {
			all = all && runes[i]-runes[i-1] == step
		}
		if all {
			return true
		}
	}
	return false
}

// contextual tells whether nothing is left of a password but a few digits and
// signs when the words that suggest themselves are taken out: "sotay@2026",
// "dangvien123". Such a word within something longer does no harm.
func (p *policy) contextual(folded, username string) bool {
	rest := folded
	if len(username) >= 3 {
		rest = strings.ReplaceAll(rest, username, "")
	}
	for _, w := range p.context {
		rest = strings.ReplaceAll(rest, w, "")
	}
	return rest != folded && utf8.RuneCountInString(rest) <= 6 && !strings.ContainsFunc(rest, unicode.IsLetter)
}
