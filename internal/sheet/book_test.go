package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"sotay/internal/fault"
)

// part is one part of a workbook that a test packs by hand.
type part struct{ name, text string }

const relsHead = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`

// parts are the least that a workbook has, around the rows of its sheet.
func parts(sheetData string, more ...part) []part {
	out := []part{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", relsHead + `<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="m" xmlns:r="r"><sheets><sheet name="Một" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relsHead +
			`<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/>` +
			`<Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheetData},
	}
	for _, m := range more {
		out = slices.DeleteFunc(out, func(p part) bool { return p.name == m.name })
		out = append(out, m)
	}
	return out
}

func sheetXML(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="m"><sheetData>` + rows + `</sheetData></worksheet>`
}

func pack(t testing.TB, ps ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range ps {
		w, err := z.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// all reads every row of a file as text: "A3=value" for each cell.
func all(file []byte, l Limits) (cells []string, remarks []Problem, err error) {
	b, err := Open(bytes.NewReader(file), int64(len(file)), l)
	if err != nil {
		return nil, nil, err
	}
	r, err := b.read()
	if err != nil {
		return nil, nil, err
	}
	defer r.close()
	for {
		row, err := r.next()
		if err != nil {
			return cells, nil, err
		}
		if row == nil {
			return cells, r.remarks(), nil
		}
		for i, c := range row.Cells {
			if c.Kind != Empty {
				cells = append(cells, fmt.Sprintf("%s%d %s %s", Letters(i), row.Number, kindNames[c.Kind], c.Value))
			}
		}
	}
}

var kindNames = []string{"empty", "text", "number", "day", "bool", "failed", "unset", "long"}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// saved makes a workbook through excelize, as programs save it.
func saved(t testing.TB, fill func(f *excelize.File, sheet string)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	fill(f, "Sheet1")
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// codeOf is the code of a refusal, "" for none and "?" for an error that people
// may not see.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	if f := fault.As(err); f != nil && f.Detail.VI != "" && f.Detail.EN != "" {
		return f.Code
	}
	return "? " + err.Error()
}
