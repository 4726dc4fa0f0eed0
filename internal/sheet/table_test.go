package sheet

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

var people = []Column{
	{Key: "id", Names: []string{"Số căn cước", "CCCD"}},
	{Key: "name", Names: []string{"Họ và tên", "Họ tên"}, Required: true},
	{Key: "on", Names: []string{"Ngày vào Đảng"}, Required: true},
	{Key: "told", Names: []string{"Nhận thông tin"}},
	{Key: "no", Names: []string{"Số quyết định"}},
}

func table(t *testing.T, file []byte) (*Table, []Problem) {
	t.Helper()
	b, err := Open(bytes.NewReader(file), int64(len(file)), Default())
	must(t, err)
	tb, missing, err := b.Read(people)
	must(t, err)
	if tb != nil {
		t.Cleanup(tb.Close)
	}
	return tb, missing
}

func codes(ps []Problem) string {
	var out []string
	for _, p := range ps {
		out = append(out, strings.TrimSpace(p.Column+" "+p.Code))
	}
	return strings.Join(out, ", ")
}

func TestTheHeaderIsFoundByNames(t *testing.T) {
	t.Parallel()
	tb, missing := table(t, []byte("ĐẢNG BỘ XÃ;;\nDANH SÁCH ĐẢNG VIÊN;;\n\nSTT;HO VA TEN (*);ngày  vào đảng;Quê quán;họ tên\n1;Lê A;03/02/1990;Huế;Lê B\n"))
	if len(missing) > 0 || tb == nil {
		t.Fatalf("missing %+v", missing)
	}
	r, err := tb.Next()
	must(t, err)
	if r.Row != 5 || r.Text("name") != "Lê A" || r.Day("on") != "1990-02-03" || r.Text("id") != "" || tb.Has("id") || !tb.Has("on") || len(r.Problems) > 0 {
		t.Fatalf("row %+v", r)
	}
	if r, err = tb.Next(); r != nil || err != nil {
		t.Fatal(r, err)
	}
	if got := codes(tb.Remarks()); got != "A column_unknown, D column_unknown, E column_twice" {
		t.Fatalf("remarks %s", got)
	}
}

func TestMissingColumnsAreNamed(t *testing.T) {
	t.Parallel()
	tb, missing := table(t, []byte("a;b\nHọ tên;x\nLê A;y\n"))
	if tb != nil || len(missing) != 1 || missing[0].Code != "column_missing" || missing[0].Title != "Ngày vào Đảng" || missing[0].Row != 2 || missing[0].Warning {
		t.Fatalf("missing %+v", missing)
	}
	if tb, missing = table(t, []byte("a;b\n1;2\n")); tb != nil || len(missing) != 2 || missing[0].Row != 0 {
		t.Fatalf("missing %+v", missing)
	}
	b, err := Open(bytes.NewReader([]byte("\n;\n")), 3, Default())
	must(t, err)
	if _, _, err := b.Read(people); codeOf(err) != "file_empty" {
		t.Fatal(err)
	}
}

// One row per kind of trouble, in a workbook written by hand.
func TestCellsAreReadAsWhatTheColumnHolds(t *testing.T) {
	t.Parallel()
	head := `<row r="1"><c t="str"><v>CCCD</v></c><c t="str"><v>Họ tên</v></c><c t="str"><v>Ngày vào Đảng</v></c><c t="str"><v>Nhận thông tin</v></c><c t="str"><v>Số quyết định</v></c></row>`
	str := func(s string) string { return `<c t="str"><v>` + s + `</v></c>` }
	num := func(s string) string { return `<c><v>` + s + `</v></c>` }
	day := func(s string) string { return `<c s="1"><v>` + s + `</v></c>` }
	for name, c := range map[string]struct{ cells, want, problems string }{
		"all texts":       {str("038205001234") + str("Lê  A") + str("3/2/1990") + str("Có") + str("12-QĐ/TU"), "038205001234|Lê A|1990-02-03|true|12-QĐ/TU", ""},
		"all numbers":     {num("38205001234") + num("7") + num("32907") + num("0") + num("12"), "38205001234|7|1990-02-03|false|12", ""},
		"scientific":      {num("3.8205001234E10") + str("A") + day("32907.75") + `<c t="b"><v>1</v></c>` + num("0.5"), "38205001234|A|1990-02-03|true|0.5", ""},
		"digits lost":     {str("3,8205E+11") + str("A") + str("1990-02-03"), "|A|1990-02-03||", "A digits_lost"},
		"sixteen digits":  {num("1234567890123456") + str("A") + day("1"), "|A|1900-01-01||", "A digits_lost"},
		"half an id":      {num("3820500.5") + str("A") + day("61"), "|A|1900-03-01||", "A digits_lost"},
		"became a date":   {str("1") + str("A") + day("59") + str("x") + day("45000"), "1|A|1900-02-28|true|", "E cell_became_date"},
		"a year":          {str("1") + str("A") + num("1990") + str("maybe"), "1|A|||", "C date_incomplete, D not_yes_no"},
		"a month":         {str("1") + str("A") + str("02/1990"), "1|A|||", "C date_incomplete"},
		"no such day":     {str("1") + str("A") + str("31/02/1990"), "1|A|||", "C not_a_date"},
		"American":        {str("1") + str("A") + str("02/28/1990"), "1|A|||", "C not_a_date"},
		"29 Feb 1900":     {str("1") + str("A") + day("60"), "1|A|||", "C not_a_date"},
		"two digits":      {str("1") + str("A") + str("3/2/90"), "1|A|||", "C not_a_date"},
		"beyond":          {str("1") + str("A") + num("99999999"), "1|A|||", "C not_a_date"},
		"with a time":     {str("1") + str("A") + str("1990-02-03T00:00:00"), "1|A|1990-02-03||", ""},
		"error value":     {`<c t="e"><v>#N/A</v></c>` + str("A") + `<c><f>TODAY()</f></c>`, "|A|||", "A cell_error, C cell_not_computed"},
		"a tick as date":  {str("1") + str("A") + `<c t="b"><v>1</v></c>`, "1|A|||", "C not_a_date"},
		"a long name":     {str("1") + str(strings.Repeat("ế", 2001)) + str("3.2.1990"), "1||1990-02-03||", "B cell_too_long"},
		"a fitting name":  {str("1") + str(strings.Repeat("ế", 2000)) + str("3-2-1990"), "1|" + strings.Repeat("ế", 2000) + "|1990-02-03||", ""},
		"formula's value": {str("1") + `<c t="str"><f>A1&amp;"x"</f><v>Lê</v></c>` + `<c s="1"><f>A1</f><v>32907</v></c>`, "1|Lê|1990-02-03||", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, missing := table(t, pack(t, parts(sheetXML(head+`<row r="9">`+c.cells+`</row>`),
				part{"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`})...))
			if tb == nil {
				t.Fatalf("missing %+v", missing)
			}
			r, err := tb.Next()
			must(t, err)
			got := r.Code("id") + "|" + r.Text("name") + "|" + r.Day("on") + "|"
			if yes, ok := r.Bool("told"); ok {
				got += map[bool]string{true: "true", false: "false"}[yes]
			}
			got += "|" + r.Text("no")
			if got != c.want || codes(r.Problems) != c.problems {
				t.Fatalf("got %s and %s", got, codes(r.Problems))
			}
			for _, p := range r.Problems {
				if p.Row != 9 || p.Title == "" || p.VI == "" || p.EN == "" {
					t.Fatalf("unplaced %+v", p)
				}
			}
		})
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	choices := []Choice{{"official", []string{"chính thức", "ct"}}, {"probationary", []string{"dự bị"}}}
	for text, want := range map[string]string{"Chính thức": "official", "CHINH  THUC": "official", "dự bị (lần 2)": "probationary", "CT": "official", "khác": "", "": ""} {
		tb, _ := table(t, []byte("Họ tên;Ngày vào Đảng;Số quyết định\nA;1;"+text+"\n"))
		r, err := tb.Next()
		must(t, err)
		if got := r.Choice("no", choices); got != want || (text == "khác") != slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == "not_allowed" && p.Column == "C" }) {
			t.Errorf("%q: %q, %+v", text, got, r.Problems)
		}
	}
}
