package sheet

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

func TestCSVInEveryCoding(t *testing.T) {
	t.Parallel()
	text := "Họ và tên;Ngày\r\n\"Đỗ; Văn \"\"A\"\"\";03/02/1990\r\n"
	want := []string{"A1 text Họ và tên", "B1 text Ngày", `A2 text Đỗ; Văn "A"`, "B2 text 03/02/1990"}
	encode := func(e unicode.Endianness) string {
		s, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(text)
		must(t, err)
		return s
	}
	for name, file := range map[string]string{"plain": text, "marked": "\ufeff" + text, "LE": encode(unicode.LittleEndian), "BE": encode(unicode.BigEndian),
		"comma": strings.NewReplacer(";Ngày", ",Ngày", ";03", ",03").Replace(text), "tab": strings.NewReplacer(";Ngày", "\tNgày", ";03", "\t03").Replace(text)} {
		got, _, err := all([]byte(file), Default())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same(t, got, want...)
	}
}

func TestRowsOfCSVAreThoseThatTheOfficeSees(t *testing.T) {
	t.Parallel()
	got, _, err := all([]byte("a;b\n\n\"hai\ndòng\";1\n;\n'=x;'+84;'y"), Default())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, "A1 text a", "B1 text b", "A3 text hai\ndòng", "B3 text 1", "A5 text =x", "B5 text +84", "C5 text 'y")
	got, _, err = all([]byte("sep=;\na;b,c,d\n"), Default())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, "A1 text a", "B1 text b,c,d")
	got, _, err = all([]byte("ĐẢNG BỘ TỈNH\n\nMã;Tên\n1,5;x"), Default())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, "A1 text ĐẢNG BỘ TỈNH", "A3 text Mã", "B3 text Tên", "A4 text 1,5", "B4 text x")
}

func TestHostileCSVIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, code string }{
		"no closing quote":  {`a;"` + strings.Repeat("x\n", 200_000), "file_row_too_long"},
		"a stray quote":     {"a;b\nx\"y;1\n", "file_bad_quotes"},
		"too many rows":     {strings.Repeat("1\n", 101), "file_too_many_rows"},
		"too many columns":  {strings.Repeat("1;", 9), "file_too_many_columns"},
		"many empty fields": {strings.Repeat(";", 900_000), "file_row_too_long"},
		"late bytes":        {strings.Repeat("a;b\n", 40) + strings.Repeat(" ", 5000) + "H\xf2a", "file_not_utf8"},
	} {
		if _, _, err := all([]byte(c.file), small()); codeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, codeOf(err), c.code)
		}
	}
	got, _, err := all([]byte(strings.Repeat("x", 51)+";1;;;;;;;;;;\n"), small())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, "A1 long "+strings.Repeat("x", 50), "B1 text 1")
}
