package sheet

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"sotay/internal/fault"
	"sotay/internal/viet"
)

// sound fails unless the reading of a file ended in good cells within the
// limits, or in a refusal that people may see.
func sound(t *testing.T, file []byte, l Limits) {
	b, err := Open(bytes.NewReader(file), int64(len(file)), l)
	if err != nil {
		refused(t, err)
		return
	}
	tb, missing, err := b.Read(people)
	if err != nil {
		refused(t, err)
		return
	}
	if tb == nil {
		if len(missing) == 0 {
			t.Fatal("no table, and nothing missing")
		}
		return
	}
	defer tb.Close()
	last, n := 0, 0
	for {
		r, err := tb.Next()
		if err != nil {
			refused(t, err)
			return
		}
		if r == nil {
			break
		}
		if n++; r.Row <= last || n > l.Rows || len(r.row.Cells) > l.Columns {
			t.Fatalf("row %d after %d, %d rows, %d cells", r.Row, last, n, len(r.row.Cells))
		}
		last = r.Row
		for _, c := range r.row.Cells {
			if !utf8.ValidString(c.Value) || !viet.IsNFC(c.Value) || strings.ContainsRune(c.Value, 0) || utf8.RuneCountInString(c.Value) > 4*l.CellChars+8 {
				t.Fatalf("a bad cell %q", c.Value)
			}
		}
		day := r.Day("on")
		if day != "" && len(day) != 10 {
			t.Fatalf("day %q", day)
		}
		_, _, _ = r.Code("id"), r.Text("name"), r.Text("no")
	}
	tb.Remarks()
}

func refused(t *testing.T, err error) {
	if fault.As(err) == nil {
		t.Fatalf("an error that nobody may see: %v", err)
	}
}

// FuzzBook changes bytes of whole files.
func FuzzBook(f *testing.F) {
	f.Add(pack(f, parts(sheetXML(`<row><c t="str"><v>Họ tên</v></c><c t="str"><v>Ngày vào Đảng</v></c></row><row><c t="str"><v>A</v></c><c><v>32907</v></c></row>`))...))
	f.Add(saved(f, func(x *excelize.File, s string) {
		must(f, x.SetSheetRow(s, "A1", &[]any{"Họ và tên", "Ngày vào Đảng", "CCCD"}))
		must(f, x.SetSheetRow(s, "A2", &[]any{"Lê A", "03/02/1990", 38205001234}))
		must(f, x.SetCellFormula(s, "D2", "A1"))
	}))
	f.Add([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	f.Fuzz(func(t *testing.T, file []byte) { sound(t, file, small()) })
}

// FuzzSheet changes the parts of a workbook before they are packed, so that it
// gets past the checksums.
func FuzzSheet(f *testing.F) {
	head := `<row><c t="str"><v>Họ tên</v></c><c t="s"><v>0</v></c></row>`
	texts := `<sst><si><t>Ngày vào Đảng</t></si></sst>`
	styles := `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>`
	for _, row := range []string{`<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>A</t></is></c><c r="B2" s="0"><v>32907</v></c></row>`,
		`<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c><f>x</f></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells><sheetData>`,
		`<row><c t="d"><v>1990-02-03T</v></c><c r="ZZZ1"/></row>`} {
		f.Add(sheetXML(head+row), texts, styles)
	}
	f.Fuzz(func(t *testing.T, data, texts, styles string) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, p := range parts(data, part{"xl/sharedStrings.xml", texts}, part{"xl/styles.xml", styles}) {
			w, err := z.CreateHeader(&zip.FileHeader{Name: p.name})
			must(t, err)
			_, err = w.Write([]byte(p.text))
			must(t, err)
		}
		must(t, z.Close())
		sound(t, b.Bytes(), small())
	})
}

// FuzzCSV changes text files.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"Họ tên;Ngày vào Đảng\nA;03/02/1990\n", "sep=,\nHọ tên,Ngày vào Đảng\n\"a\n\"\"\",'=1\n", "\ufeffHọ tên\tNgày vào Đảng\n", "\xff\xfea\x00;\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if bytes.HasPrefix(file, zipMark) {
			return
		}
		sound(t, file, small())
	})
}
