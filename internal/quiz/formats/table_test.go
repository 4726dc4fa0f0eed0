package formats

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"sotay/internal/sheet"
)

const tableHead = "Câu hỏi;Loại câu hỏi;Đáp án;Phương án A;Phương án B;Phương án C;Ghép với A;Ghép với B;Ghép với C;Tính điểm từng phần;Giải thích;Chủ đề;Độ khó;Mã văn bản;Mã mục\n"

func TestTableRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ row, want, problems string }{
		"single":                    {"Q;chọn một;b;x;y;z", `single "Q" false:"x" true:"y" false:"z"`, ""},
		"a comma in an answer":      {"Q;chọn một;A;\"x, y; z\";y", `single "Q" true:"x, y; z" false:"y"`, ""},
		"the answer by its text":    {"Q;chọn một;HANOI;Huế;Ha Noi;HaNoi", `single "Q" false:"Huế" false:"Ha Noi" true:"HaNoi"`, ""},
		"multiple":                  {"Q;chọn nhiều;\"A; C\";x;y;z;;;;có;vì;Chủ đề 1", `multiple "Q" true:"x" false:"y" true:"z" partial because "vì" of "Chủ đề 1"`, ""},
		"multiple told by letters":  {"Q;;ac;x;y;z", `multiple "Q" true:"x" false:"y" true:"z"`, ""},
		"a gap between choices":     {"Q;;C;x;;z", `single "Q" false:"x" true:"z"`, ""},
		"true":                      {"Q;đúng sai;Đúng", `trueFalse "Q" true`, ""},
		"false by a letter":         {"Q;đúng sai;B;Đúng;Sai", `trueFalse "Q" false`, ""},
		"true/false with more":      {"Q;đúng sai;Đúng;x", "", "2D not_allowed"},
		"true/false without answer": {"Q;đúng sai;", "", "2C answer_unknown"},
		"matching":                  {"Q;ghép cặp;;x;y;;1;2;3;có", `matching "Q" "x">"1" "y">"2" "3" partial`, ""},
		"matching half":             {"Q;ghép cặp;;x;y;;1", "", "2H required"},
		"options alike":             {"Q;ghép cặp;;x;y;;1;1", "", "2H duplicate"},
		"ordering":                  {"Q;sắp thứ tự;;x;y;z", `ordering "Q" "x" "y" "z"`, ""},
		"ordering by letters":       {"Q;sắp thứ tự;C A B;x;y;z", `ordering "Q" "z" "x" "y"`, ""},
		"ordering by some":          {"Q;sắp thứ tự;C A;x;y;z", "", "2C order_incomplete"},
		"short answers":             {"Q;trả lời ngắn;;x;y", `shortAnswer "Q" ["x" "y"]`, ""},
		"a short answer":            {"Q;trả lời ngắn;x", `shortAnswer "Q" ["x"]`, ""},
		"no kind, no answer":        {"Q;;;x;y", "", "2B required"},
		"unknown kind":              {"Q;tự luận;A;x;y", "", "2B not_allowed"},
		"an answer not there":       {"Q;chọn một;D;x;y", "", "2C answer_unknown"},
		"two for one":               {"Q;chọn một;A; B;x;y", "", "2C one_right"},
		"no text":                   {";chọn một;A;x;y", "", "2A required"},
		"choices alike":             {"Q;chọn một;A;x;x", "", "2E duplicate"},
		"unknown difficulty":        {"Q;chọn một;A;x;y;;;;;;;;siêu khó", "", "2M not_allowed"},
		"a section alone":           {"Q;chọn một;A;x;y;;;;;;;;;;muc-1", "", "2N required"},
		"options for a single":      {"Q;chọn một;A;x;y;;1", "", "2G not_allowed"},
	} {
		if name == "two for one" {
			c.row = "Q;chọn một;\"A; B\";x;y"
		}
		f, err := Read("x.csv", []byte(tableHead+c.row+"\n"))
		if err != nil {
			t.Fatal(name, err)
		}
		got := ""
		if len(f.Items) == 1 {
			got = told(&f.Items[0].Question)
		}
		if problems := strings.Join(found(f), ", "); got != c.want || problems != c.problems {
			t.Errorf("%s:\n got %s\nwant %s\nproblems %s, want %s", name, got, c.want, problems, c.problems)
		}
	}
}

func TestTableWithoutColumns(t *testing.T) {
	t.Parallel()
	f, err := Read("x.csv", []byte("Nội dung gì đó;Phương án A\nQ;x\n"))
	if err != nil || strings.Join(found(f), ", ") != "1 column_missing" {
		t.Fatal(found(f), err)
	}
}

// What a spreadsheet program makes of what was typed is told.
func TestTableOfASpreadsheetProgram(t *testing.T) {
	t.Parallel()
	x := excelize.NewFile()
	for k, v := range []any{"Câu hỏi", "Loại câu hỏi", "Đáp án", "Phương án A", "Phương án B", "Phương án C"} {
		set(t, x, k, 1, v)
	}
	for k, v := range []any{"Tỷ lệ?\nTính đến nay", "chọn một", "A", 0.98, 7400, "khác"} {
		set(t, x, k, 2, v)
	}
	for k, v := range []any{"Đúng không?", "đúng sai", true} {
		set(t, x, k, 3, v)
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	f, err := Read("bang.xlsx", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(found(f), ", "); got != "2D? cell_is_number, 3C? cell_became_answer" || len(f.Items) != 2 {
		t.Fatal(got, f.Items)
	}
	if got := told(&f.Items[0].Question) + told(&f.Items[1].Question); got != `single "Tỷ lệ?\nTính đến nay" true:"0.98" false:"7400" false:"khác"trueFalse "Đúng không?" true` {
		t.Error(got)
	}
}

func set(t *testing.T, x *excelize.File, column, row int, v any) {
	t.Helper()
	at, err := excelize.CoordinatesToCellName(column+1, row)
	if err == nil {
		err = x.SetCellValue("Sheet1", at, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A template is an empty table that a reader takes.
func TestTemplate(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := sheet.WriteBook(&b, Template()...); err != nil {
		t.Fatal(err)
	}
	f, err := Read("mau.xlsx", b.Bytes())
	if err != nil || strings.Join(found(f), ", ") != "0 no_questions" {
		t.Fatal(found(f), err)
	}
}
