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
		"MẬT 01":                       true,
		"TỐI MẬT - 02.":                true,
		"TUYỆT MẬT, bản số: 3":         true,
		"МẬТ":                          true, // Cyrillic М and Т
		"ΤỐΙ МẬT":                      true, // Greek Τ and Ι
		"ＭẬＴ":                          true,
		"M\u200bẬT":                    true,
		"TOI MAT":                      true,

		"":                       false,
		"Giữ bí mật nhà nước":    false,
		"bí mật":                 false,
		"mật thiết với nhân dân": false,
		"trừ các nghị quyết có nội dung Mật":  false,
		"trừ các nghị quyết có nội dung\nMật": false,
		"mật":     false,
		"Mật":     false,
		"MẬT ONG": false,
		"Mật 01":  false,
		"2 MẬT":   false,
		"MAT":     false,
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

func TestClassifiedLine(t *testing.T) {
	t.Parallel()
	for want, lines := range map[bool][]string{
		true: {"MẬT", "TUYỆT MẬT", "Tối mật", "tuyet mat", "Kế hoạch (TUYỆT MẬT)", "Tối mật - kế hoạch", "[Tuyệt mật] abc.pdf", "Quyết định (Mật).pdf",
			"Quyết định (MẬT 01)", "TOI MAT ke hoach.pdf", "ke-hoach-tuyet-mat.pdf", "TUYỆT_MẬT-1.pdf", "Báo cáo TUYỆT MẬT.pdf", "Báo cáo (MẬT) quý 1",
			"Báo cáo MẬT quý 1", "Báo cáo TỐI MẬT quý 1", "BÁO CÁO TỐI MẬT", "BÁO CÁO - MẬT", "MẬT 01", "MẬT-01.pdf", "Kế hoạch - tuyệt mật - năm 2026",
			"Kế hoạch (ТUУỆТ МẬТ)", "Kế hoạch （Ｍật）", "Độ mật: Tối mật", "Kế hoạch quý 1\nTỐI MẬT\nNội dung", "Báo cáo Tuyệt mật 02"},
		false: {"", "a.pdf", "bí mật", "Bí mật", "BÍ MẬT", "Giữ bí mật nhà nước", "mật thiết với nhân dân", "Mật thiết", "Bảo mật thông tin", "NGHỊ QUYẾT VỀ BẢO MẬT",
			"mật độ dân số", "MẬT ĐỘ DÂN SỐ", "Tài liệu không mật", "TÀI LIỆU KHÔNG MẬT", "Mật ong rừng.pdf", "mat ong.pdf", "Cơ mật viện",
			"Danh mục bí mật nhà nước độ Tối mật", "DANH MỤC BÍ MẬT NHÀ NƯỚC ĐỘ TUYỆT MẬT", "Thế nào là tài liệu tối mật?", "Tuyệt mật là gì?",
			"Việc giao nhận tài liệu tối mật và tuyệt mật theo quy định", "Không chép tài liệu tối mật.", "Tuyệt đối giữ bí mật", "Tôi mất sổ", "Độ mật: không"},
	} {
		for _, s := range lines {
			for _, in := range []string{s, norm.NFD.String(s)} {
				if got := ClassifiedLine(in); got != want {
					t.Errorf("ClassifiedLine(%q) = %v, want %v", in, got, want)
				}
			}
		}
	}
}

func FuzzClassifiedLine(f *testing.F) {
	for _, s := range []string{"MẬT", "(mật", "a - tối mật.", "\xff", "[]", "tuyệt"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ClassifiedLine(s)
		if !ClassifiedLine("[Tuyệt mật] " + s) {
			t.Fatalf("a mark before %q was missed", s)
		}
	})
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
