package docno

import "sotay/internal/viet"

// Type is a kind of document.
type Type struct {
	// ID is the identifier programs use, such as "resolution".
	ID string
	// Name is the Vietnamese name in lower case.
	Name string
	// Symbol is what stands in document numbers; empty where none is used.
	Symbol string
}

// Types returns the 25 main types of Quy định 399-QĐ/TW in their order, and
// the study document, which is no official type but is kept beside them.
func Types() []Type {
	return []Type{
		{"politicalPlatform", "cương lĩnh chính trị", ""},
		{"charter", "điều lệ Đảng", ""},
		{"strategy", "chiến lược", ""},
		{"resolution", "nghị quyết", "NQ"},
		{"decision", "quyết định", "QĐ"},
		{"directive", "chỉ thị", "CT"},
		{"conclusion", "kết luận", "KL"},
		{"statute", "quy chế", "QC"},
		{"regulation", "quy định", "QĐ"},
		{"circular", "thông tri", "TT"},
		{"guidance", "hướng dẫn", "HD"},
		{"notice", "thông báo", "TB"},
		{"communique", "thông cáo", ""},
		{"declaration", "tuyên bố", ""},
		{"appeal", "lời kêu gọi", ""},
		{"report", "báo cáo", "BC"},
		{"plan", "kế hoạch", "KH"},
		{"masterPlan", "quy hoạch", "QH"},
		{"programme", "chương trình", "CTr"},
		{"scheme", "đề án", "ĐA"},
		{"planOption", "phương án", "PA"},
		{"project", "dự án", "DA"},
		{"submission", "tờ trình", "TTr"},
		{"letter", "công văn", "CV"},
		{"minutes", "biên bản", "BB"},
		{"studyDocument", "tài liệu học tập", ""},
	}
}

// FindType returns the type with this identifier or Vietnamese name. Names
// match without regard to case and marks.
func FindType(idOrName string) (Type, bool) {
	folded := viet.Fold(idOrName)
	for _, t := range Types() {
		if t.ID == idOrName || viet.Fold(t.Name) == folded {
			return t, true
		}
	}
	return Type{}, false
}

// TypesOf returns the types a symbol may stand for: QĐ is both a decision and
// a regulation.
func TypesOf(symbol string) []Type {
	var out []Type
	want := canonical(symbol)
	for _, t := range Types() {
		if t.Symbol != "" && t.Symbol == want {
			out = append(out, t)
		}
	}
	return out
}

func isTypeSymbol(symbol string) bool { return len(TypesOf(symbol)) > 0 }
