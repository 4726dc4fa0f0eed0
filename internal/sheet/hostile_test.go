package sheet

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
)

// small are limits that a test reaches with a small file.
func small() Limits {
	l := Default()
	l.FileBytes, l.UnpackedBytes, l.RatioFrom = 1<<20, 4<<20, 1<<20
	l.TextBytes, l.TextCount, l.Token, l.Rows, l.Columns, l.CellChars, l.Entries = 64<<10, 1000, 16<<10, 100, 8, 50, 20
	return l
}

func rowsOf(n int, row string) string { return sheetXML(strings.Repeat(row, n)) }

func TestHostileWorkbooksAreRefused(t *testing.T) {
	t.Parallel()
	one := `<row><c><v>1</v></c></row>`
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"too many rows":       {pack(t, parts(rowsOf(101, one))...), "file_too_many_rows"},
		"a row too far down":  {pack(t, parts(sheetXML(`<row r="1048577"><c><v>1</v></c></row>`))...), "file_damaged"},
		"a row number too":    {pack(t, parts(sheetXML(`<row r="99999999999999999999"/>`))...), "file_damaged"},
		"rows backwards":      {pack(t, parts(sheetXML(`<row r="2"/><row r="1"/>`))...), "file_damaged"},
		"a row in a row":      {pack(t, parts(sheetXML(`<row><row/></row>`))...), "file_damaged"},
		"a value at XFD1":     {pack(t, parts(sheetXML(`<row r="1"><c r="XFD1"><v>1</v></c></row>`))...), "file_too_many_columns"},
		"cells without end":   {pack(t, parts(sheetXML(`<row>`+strings.Repeat(`<c><v>1</v></c>`, 20_000)+`</row>`))...), "file_too_many_columns"},
		"a text without end":  {pack(t, parts(sheetXML(`<row><c t="inlineStr"><is><t>`+strings.Repeat("a", 20<<10)+`</t></is></c></row>`))...), "file_expands_too_far"},
		"a tag without end":   {pack(t, parts(sheetXML(`<row `+strings.Repeat(`a="1" `, 4000)+`/>`))...), "file_expands_too_far"},
		"a comment too":       {pack(t, parts(sheetXML(`<!--`+strings.Repeat("x", 20<<10)+`-->`))...), "file_expands_too_far"},
		"nesting":             {pack(t, parts(sheetXML(strings.Repeat(`<a>`, 65)))...), "file_expands_too_far"},
		"entities":            {pack(t, parts(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>`)...), "file_not_allowed"},
		"an unknown entity":   {pack(t, parts(sheetXML(`<row><c><v>&b;</v></c></row>`))...), "file_damaged"},
		"external DTD":        {pack(t, parts(`<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>`)...), "file_not_allowed"},
		"a bomb":              {pack(t, parts(sheetXML(strings.Repeat(" ", 3<<20)))...), "file_expands_too_far"},
		"more than unpacked":  {pack(t, parts(sheetXML(one), part{"xl/media/a.bin", strings.Repeat("x", 5<<20)})...), "file_expands_too_far"},
		"shared texts":        {pack(t, parts(sheetXML(one), part{"xl/sharedStrings.xml", "<sst>" + strings.Repeat("<si><t>"+strings.Repeat("x", 100)+"</t></si>", 700) + "</sst>"})...), "file_expands_too_far"},
		"shared texts, many":  {pack(t, parts(sheetXML(one), part{"xl/sharedStrings.xml", "<sst>" + strings.Repeat("<si/>", 1001) + "</sst>"})...), "file_expands_too_far"},
		"a text not there":    {pack(t, parts(sheetXML(`<row><c t="s"><v>7</v></c></row>`))...), "file_damaged"},
		"a negative text":     {pack(t, parts(sheetXML(`<row><c t="s"><v>-1</v></c></row>`))...), "file_damaged"},
		"breaks off":          {pack(t, parts(`<worksheet><sheetData><row><c><v>1</v></c></row>`)...), "file_damaged"},
		"overlapping tags":    {pack(t, parts(`<worksheet><sheetData></worksheet></sheetData>`)...), "file_damaged"},
		"two roots":           {pack(t, parts(sheetXML(one)+`<worksheet/>`)...), "file_damaged"},
		"no root":             {pack(t, parts(``)...), "file_damaged"},
		"another coding":      {pack(t, parts(`<?xml version="1.0" encoding="UTF-7"?><worksheet/>`)...), "file_damaged"},
		"two parts, one name": {pack(t, append(parts(sheetXML(one)), part{"XL\\Workbook.xml", "<a/>"})...), "file_damaged"},
		"many parts":          {pack(t, append(parts(sheetXML(one)), many(20)...)...), "file_expands_too_far"},
		"no sheet":            {pack(t, parts(sheetXML(one), part{"xl/workbook.xml", "<workbook/>"})...), "file_not_workbook"},
		"a document":          {pack(t, append(parts(sheetXML(one)), part{"word/document.xml", "<a/>"})...), "file_not_workbook"},
		"any archive":         {pack(t, part{"a.txt", "a"}), "file_not_workbook"},
		"outside paths":       {pack(t, part{"../../_rels/.rels", relsHead}, part{"[Content_Types].xml", "x"}), "file_not_workbook"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := all(c.file, small()); codeOf(err) != c.code {
				t.Fatalf("got %v, want %s", codeOf(err), c.code)
			}
		})
	}
}

func many(n int) (out []part) {
	for i := range n {
		out = append(out, part{"x/" + Letters(i), "x"})
	}
	return out
}

// A directory that lies about sizes must not help: what counts is what comes
// out.
func TestDirectoriesThatLie(t *testing.T) {
	t.Parallel()
	file := pack(t, parts(sheetXML(strings.Repeat("<row><c><v>1234567</v></c></row> ", 90)+strings.Repeat("<row/>", 500_000)))...)
	l := small()
	l.UnpackedBytes = 1 << 20
	if _, _, err := all(file, l); codeOf(err) != "file_expands_too_far" {
		t.Fatalf("honest: %v", err)
	}
	// Write a small size over the large one in the directory.
	at := bytes.LastIndex(file, []byte("xl/worksheets/sheet1.xml"))
	binary.LittleEndian.PutUint32(file[at-46+24:], 1000)
	if _, _, err := all(file, l); codeOf(err) != "file_expands_too_far" && codeOf(err) != "file_damaged" {
		t.Fatalf("lying: %v", err)
	}
}

func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	file := pack(t, parts(sheetXML(`<row><c><v>1</v></c></row>`))...)
	for name, bad := range map[string][]byte{
		"cut off":      file[:len(file)-30],
		"half":         file[:len(file)/2],
		"head alone":   file[:4],
		"another byte": flip(file, bytes.Index(file, []byte("sheet1.xml"))+30),
	} {
		if _, _, err := all(bad, Default()); codeOf(err) != "file_damaged" {
			t.Errorf("%s: %v", name, codeOf(err))
		}
	}
}

func flip(file []byte, at int) []byte {
	out := bytes.Clone(file)
	out[at] ^= 0x55
	return out
}

func TestWhatIsNoSpreadsheet(t *testing.T) {
	t.Parallel()
	ole := append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 70<<10)...)
	locked := append(bytes.Clone(ole), []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...)
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"old format": {ole, "file_old_format"}, "password": {locked, "file_password_protected"},
		"pdf": {[]byte("%PDF-1.7 x"), "file_not_spreadsheet"}, "html": {[]byte("<HTML><table>"), "file_not_spreadsheet"},
		"bytes": {[]byte("ab\x00\x01\x02"), "file_not_spreadsheet"}, "nothing": {nil, "file_empty"},
		"windows-1258": {[]byte("H\xf2\xd2 t\xean;M\xe3"), "file_not_utf8"}, "large": {make([]byte, 1<<20+1), "file_too_large"},
		"utf-16 unmarked": {[]byte("M\x00\xe3\x00"), "file_not_spreadsheet"},
	} {
		if _, _, err := all(c.file, small()); codeOf(err) != c.code {
			t.Errorf("%s: %v", name, codeOf(err))
		}
	}
}

// A large workbook that says nothing: the memory in use stays
// that of a reader, not of the file. The figure is what the limits allow, with
// room for the collector.
func TestMemoryStaysBounded(t *testing.T) {
	file := pack(t, parts(sheetXML(`<row>`+strings.Repeat(`<c r="A1"><v>1234567890</v></c>`, 700_000)+`</row>`))...)
	l := Default()
	l.Ratio = 2000 // else the archive alone is refused
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	got, _, err := all(file, l)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil || len(got) != 1 {
		t.Fatalf("got %d cells, %v", len(got), err)
	}
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 24<<20 {
		t.Fatalf("the heap grew by %d MiB", grown>>20)
	}
}
