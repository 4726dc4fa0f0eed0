package formats

import (
	"fmt"

	"sotay/internal/quiz/question"
	"sotay/internal/sheet"
)

// The columns of a table, one row a question. Choices, accepted answers, steps
// and prompts share the columns "Phương án"; the options of matching have
// columns of their own, so that no cell needs signs within.
var firstColumns = []sheet.Column{
	{Key: "text", Names: []string{"Câu hỏi", "Nội dung câu hỏi", "Nội dung", "Question"}, Required: true, Note: "Nội dung câu hỏi; có thể nhiều dòng.", Example: "Cả nước có bao nhiêu điểm cầu?", Width: 50},
	{Key: "kind", Names: []string{"Loại câu hỏi", "Loại", "Kind"},
		Note: "chọn một, chọn nhiều, đúng sai, ghép cặp, sắp thứ tự, trả lời ngắn. Nếu trống thì đoán theo đáp án.", Example: "chọn một", Width: 14},
	{Key: "answer", Names: []string{"Đáp án", "Đáp án đúng", "Answer"},
		Note: "Chữ cái của phương án đúng, nhiều chữ thì cách nhau bằng dấu chấm phẩy (A; C); câu đúng sai ghi đúng hoặc sai; câu sắp thứ tự để trống nếu các bước đã theo thứ tự đúng; câu ghép cặp và trả lời ngắn để trống.", Example: "B", Width: 12},
}

var lastColumns = []sheet.Column{
	{Key: "partial", Names: []string{"Tính điểm từng phần", "Điểm từng phần", "Partial credit"}, Note: "có hoặc không (trống là không): đúng một phần thì được một phần điểm; dùng cho câu chọn nhiều, ghép cặp, sắp thứ tự.", Example: "không"},
	{Key: "explanation", Names: []string{"Giải thích", "Lời giải thích", "Phản hồi", "Explanation"}, Note: "Vì sao đáp án là như vậy.", Example: "Theo mục 2 của tài liệu.", Width: 50},
	{Key: "topic", Names: []string{"Chủ đề", "Chuyên đề", "Topic"}, Note: "Tên chủ đề, để rút câu hỏi ngẫu nhiên.", Example: "Học tập nghị quyết", Width: 24},
	{Key: "difficulty", Names: []string{"Độ khó", "Mức độ", "Difficulty"}, Note: "dễ, trung bình hoặc khó; trống là trung bình.", Example: "trung bình"},
	{Key: "document", Names: []string{"Mã văn bản", "Văn bản", "Document id"}, Note: "Mã của văn bản trong hệ thống, nếu có.", Example: "", Width: 20},
	{Key: "section", Names: []string{"Mã mục", "Mục", "Section id"}, Note: "Mã của mục trong văn bản, nếu có.", Example: "", Width: 20},
}

// bankColumns are those that an export adds: they tell a question that comes
// back from a new one.
var bankColumns = []sheet.Column{
	{Key: "id", Names: []string{"Mã câu hỏi", "Question id"}, Note: "Do hệ thống ghi khi xuất; giữ nguyên để sửa câu hỏi cũ, để trống cho câu hỏi mới.", Example: "", Width: 20},
	{Key: "revision", Names: []string{"Lần sửa", "Revision"}, Note: "Do hệ thống ghi khi xuất.", Example: ""},
}

// usual is how many choices a template shows; a file may have as many as a
// question can.
const (
	usual      = 6
	usualPairs = 4
)

func choiceKey(i int) string { return fmt.Sprintf("choice%d", i) }

func matchKey(i int) string { return fmt.Sprintf("match%d", i) }

func letter(i int) string { return string(rune('A' + i)) }

func choiceColumns(n int) (out []sheet.Column) {
	for i := range n {
		c := sheet.Column{Key: choiceKey(i), Names: []string{"Phương án " + letter(i), "Lựa chọn " + letter(i), "Choice " + letter(i)}, Width: 28}
		if i == 0 {
			c.Note, c.Example = "Phương án; câu trả lời ngắn: mỗi ô một cách trả lời được chấp nhận; câu sắp thứ tự: các bước; câu ghép cặp: vế trái.", "Hơn 7.400"
		}
		out = append(out, c)
	}
	return out
}

func matchColumns(n int) (out []sheet.Column) {
	for i := range n {
		c := sheet.Column{Key: matchKey(i), Names: []string{"Ghép với " + letter(i), "Match " + letter(i)}, Width: 28}
		if i == 0 {
			c.Note = "Câu ghép cặp: vế phải của phương án cùng chữ cái; ô có vế phải mà không có vế trái là phương án thừa."
		}
		out = append(out, c)
	}
	return out
}

// columns are those of a table with so many choices and options.
func columns(choices, matches int, bank bool) []sheet.Column {
	out := append([]sheet.Column{}, firstColumns...)
	out = append(out, choiceColumns(choices)...)
	out = append(out, matchColumns(matches)...)
	out = append(out, lastColumns...)
	if bank {
		out = append(out, bankColumns...)
	}
	return out
}

// allColumns are those that a reader knows.
func allColumns() []sheet.Column { return columns(question.MaxOptions, question.MaxOptions, true) }

// Template is an empty table with a sheet that explains it.
func Template() []sheet.Page { return sheet.Template(columns(usual, usualPairs, false)) }

var kindChoices = []sheet.Choice{
	{Value: string(question.Single), Names: []string{"chọn một", "một lựa chọn", "một đáp án", "trắc nghiệm", "single"}},
	{Value: string(question.Multiple), Names: []string{"chọn nhiều", "nhiều lựa chọn", "nhiều đáp án", "multiple"}},
	{Value: string(question.TrueFalse), Names: []string{"đúng sai", "đúng hoặc sai", "trueFalse", "true false"}},
	{Value: string(question.Matching), Names: []string{"ghép cặp", "ghép đôi", "nối", "matching"}},
	{Value: string(question.Ordering), Names: []string{"sắp thứ tự", "sắp xếp", "sắp xếp thứ tự", "ordering"}},
	{Value: string(question.ShortAnswer), Names: []string{"trả lời ngắn", "điền", "điền từ", "shortAnswer", "short answer"}},
}

var difficultyChoices = []sheet.Choice{
	{Value: string(question.Easy), Names: []string{"dễ", "nhận biết", "easy"}},
	{Value: string(question.Medium), Names: []string{"trung bình", "vừa", "thông hiểu", "medium"}},
	{Value: string(question.Hard), Names: []string{"khó", "vận dụng", "hard"}},
}

// nameOf is what a value is called on tables.
func nameOf(value string, choices []sheet.Choice) string {
	for _, c := range choices {
		if c.Value == value {
			return c.Names[0]
		}
	}
	return value
}
