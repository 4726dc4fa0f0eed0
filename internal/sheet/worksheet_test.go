package sheet

import (
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestEveryKindOfCellAsProgramsSaveIt(t *testing.T) {
	t.Parallel()
	file := saved(t, func(f *excelize.File, s string) {
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		own := "dd/mm/yyyy"
		ownDay, err := f.NewStyle(&excelize.Style{CustomNumFmt: &own})
		must(t, err)
		must(t, f.SetSheetRow(s, "A2", &[]any{"Đỗ  Văn A", 38205001234, 0.5, true, time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC)}))
		must(t, f.SetCellStyle(s, "E2", "E2", day))
		must(t, f.SetCellValue(s, "F2", 32907))
		must(t, f.SetCellStyle(s, "F2", "F2", ownDay))
		must(t, f.SetCellFormula(s, "G2", "1+1"))
		must(t, f.SetCellRichText(s, "H2", []excelize.RichTextRun{{Text: "Nguyễn "}, {Text: "Thị", Font: &excelize.Font{Bold: true}}}))
		must(t, f.SetCellValue(s, "B5", "e\u0302\u0301 ")) // ế in pieces
	})
	got, remarks, err := all(file, Default())
	if err != nil || len(remarks) != 0 {
		t.Fatal(remarks, err)
	}
	same(t, got, "A2 text Đỗ  Văn A", "B2 number 38205001234", "C2 number 0.5", "D2 bool 1", "E2 day 32907", "F2 day 32907",
		"G2 unset ", "H2 text Nguyễn Thị", "B5 text ế")
}

// What other programs write: prefixes, absent references, texts in place,
// readings beside texts, cached values of formulas, errors, rows of drawings
// behind the data.
func TestSheetsOfOtherPrograms(t *testing.T) {
	t.Parallel()
	rows := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>` +
		`<row><c t="inlineStr"><is><t xml:space="preserve"> tại chỗ </t><rPh><t>đọc</t></rPh></is></c><c><v>3.8205001234E10</v></c></row>` +
		`<row r="4"><c r="A4" t="str"><f>UPPER("a")</f><v>A_x000D_</v></c><c r="B4" t="e"><v>#REF!</v></c><c r="C4" s="1"><v>32907</v></c><c r="D4" t="b"><v>0</v></c></row>` +
		`<row r="5" spans="1:4"/><row r="6"><c r="A6" s="1"/></row>`
	file := pack(t, parts(`<x:worksheet xmlns:x="m"><x:sheetData>`+prefixed(rows)+`</x:sheetData><x:mergeCells><x:mergeCell ref="B2:C3"/></x:mergeCells>`+
		`<controls><anchor><from><row>9</row></from></anchor></controls></x:worksheet>`,
		part{"xl/sharedStrings.xml", `<sst><si><t>chung</t></si><si><r><t>hai </t></r><r><t>mảnh</t></r></si></sst>`},
		part{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-42A]dd/mm/yyyy;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`},
		part{"xl/workbook.xml", `<workbook xmlns:r="r"><workbookPr date1904="0"/><sheets><sheet name="Ẩn" state="hidden" r:id="rId9"/><sheet name="Một" r:id="rId1"/><sheet name="Hai" r:id="rId9"/></sheets></workbook>`},
		part{"xl/_rels/workbook.xml.rels", relsHead + `<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Type="x/worksheet" Target="worksheets/sheet2.xml"/>` +
			`<Relationship Id="rId2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>`},
		part{"xl/worksheets/sheet2.xml", sheetXML(`<row r="1"><c r="A1"><v>2</v></c></row>`)})...)
	got, remarks, err := all(file, Default())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, "A1 text chung", "C1 text hai mảnh", "A2 text tại chỗ", "B2 number 3.8205001234E10",
		"A4 text A", "B4 failed #REF!", "C4 day 32907", "D4 bool 0")
	if len(remarks) != 2 || remarks[0].Code != "merged_cells" || remarks[0].Row != 2 || remarks[0].Column != "B" || remarks[1].Code != "other_sheets" {
		t.Fatalf("remarks %+v", remarks)
	}
}

// prefixed puts the prefix x: on the tags of rows and cells.
func prefixed(xml string) string {
	var out []byte
	for i := 0; i < len(xml); i++ {
		out = append(out, xml[i])
		if xml[i] == '<' {
			if xml[i+1] == '/' {
				i++
				out = append(out, '/')
			}
			out = append(out, "x:"...)
		}
	}
	return string(out)
}

func TestHiddenRowsAndDaysFrom1904(t *testing.T) {
	t.Parallel()
	file := pack(t, parts(sheetXML(`<row r="3" hidden="1"><c r="A3" s="1"><v>31445</v></c><c r="B3"><v>31445</v></c></row>`),
		part{"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`},
		part{"xl/workbook.xml", `<workbook xmlns:r="r"><workbookPr date1904="true"/><sheets><sheet name="Một" r:id="rId1"/></sheets></workbook>`})...)
	got, remarks, err := all(file, Default())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, "A3 day 32907", "B3 number 31445")
	if len(remarks) != 1 || remarks[0].Code != "hidden_rows" || remarks[0].Row != 3 {
		t.Fatalf("remarks %+v", remarks)
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	for column, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := Letters(column); got != want || columnOf([]byte(want+"7")) != column {
			t.Errorf("%d: %s, and back %d", column, got, columnOf([]byte(want+"7")))
		}
	}
	for _, ref := range []string{"", "12", "XFE1", "ZZZZZZZZZZZZ1", "a1"} {
		if got := columnOf([]byte(ref)); got != -1 {
			t.Errorf("%s is column %d", ref, got)
		}
	}
}

func TestNumberFormatsThatShowDates(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"dd/mm/yyyy": true, "[$-42A]d mmmm yyyy": true, "yyyy": true, `"ngày" dd`: true, "m/d/yy h:mm": true,
		"General": false, "0.00": false, `"day"0`: false, "[Red]0": false, "#,##0 \\d": false, "hh:mm:ss": false, "mmss": false, "@": false, "0;dd": false} {
		if got := showsDate(code); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}
