package ingest

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestClassifiedMark(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"MẬT":                          true,
		"x\n\n  TỐI MẬT  \ny":          true,
		"TUYỆT MẬT\r\nx":               true,
		"**MẬT**":                      true,
		"**TỐI** **MẬT**":              true,
		"# MẬT":                        true,
		"> MẬT":                        true,
		"[MẬT]":                        true,
		"(TUYỆT MẬT)":                  true,
		"M Ậ T":                        true,
		"ĐỘ MẬT: MẬT":                  true,
		"Độ mật: Tối mật":              true,
		"độ mật : mật":                 true,
		"**Độ mật:** Tuyệt mật":        true,
		"Mức độ mật: Mật":              true,
		"<p><b>MẬT</b></p>":            true,
		"M&#7852;T":                    true,
		"| ĐẢNG BỘ TỈNH | MẬT |":       true,
		"---\nsecrecy: Mật\n---\nx":    true,
		"---\nsecrecy: ?\n---\nx":      true,
		"---\nsecrecy:\n  Mật\n---\nx": true,
		"---\nsecrecy: [mật]\n---\nx":  true,
		"---\n\"secrecy\": mat\n---":   true,
		"---\na: [\nsecrecy: Mật\n---": true,
		"---\nsecrecy: Mật":            true,

		"":                       false,
		"Giữ bí mật nhà nước":    false,
		"bí mật":                 false,
		"mật thiết với nhân dân": false,
		"trừ các nghị quyết có nội dung Mật":  false,
		"trừ các nghị quyết có nội dung\nMật": false,
		"mật":     false,
		"Mật":     false,
		"MẬT ONG": false,
		"Tài liệu TỐI MẬT phải giữ kín.":  false,
		"Độ mật: không":                   false,
		"Độ mật: Không mật":               false,
		"Độ mật: Mật, Tối mật, Tuyệt mật": false,
		"MẤT":                                false,
		"---\nsecrecy: không\n---\nx":        false,
		"---\nsecrecy: Không mật\n---\nx":    false,
		"---\nsecrecy: none\n---\nx":         false,
		"---\nsecrecy: \"\"\n---\nx":         false,
		"---\nsecrecy:\n---\nx":              false,
		"---\nsecrecy: none # đã hỏi\n---\n": false,
		"---\ntitle: secrecy\n---\nx":        false,
		"secrecy: Mật":                       false,
	} {
		for _, in := range []string{text, norm.NFD.String(text)} {
			if got := ClassifiedMark(in); got != want {
				t.Errorf("ClassifiedMark(%q) = %v, want %v", in, got, want)
			}
		}
	}
}

func FuzzClassifiedMark(f *testing.F) {
	for _, s := range []string{"MẬT", "---\nsecrecy: x\n---", "|||", "\xff", "&#x1EAC;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ClassifiedMark(s)
		if !ClassifiedMark(s + "\n\nTỐI MẬT\n") {
			t.Fatalf("a stamp after %q was missed", s)
		}
	})
}
