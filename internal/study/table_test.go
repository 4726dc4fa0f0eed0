package study

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"sotay/internal/study/tally"
)

func TestTable(t *testing.T) {
	below := tally.Counts{Total: 4, Exempt: 1, TemporarilyExempt: 1, Obliged: 3, CompletedObliged: 2, CompletedExempt: 1, OnBehalf: 5, Session: 6, Voluntary: 7,
		InProgress: 8, QuizPassed: 9, Added: 10, Removed: 11, ExemptedSince: 12, MovedSince: 13, SuspendedSince: 14, LeftSince: 15, DiedSince: 16}
	r := &Report{Unit: Unit{Name: "Đảng bộ", Counts: tally.Counts{Total: 8, Obliged: 8, CompletedObliged: 1}, Units: []Unit{
		{Name: `=HYPERLINK("x";"y")`, Counts: below, Units: []Unit{{Name: "-1"}}}, {Name: "@b"}, {Name: "+c"}, {Name: "\td"}, {Name: "\re"}, {Name: "Chi bộ; 2"},
	}}}
	table := r.Table()
	want := [][]string{
		strings.Split("0|Đảng bộ|8|0|0|8|1|0|0|0|0|0|0|0|0|0|0|0|0|0|12,5|12,5|12,5", "|"),
		strings.Split(`1|'=HYPERLINK("x";"y")|4|1|1|3|2|1|5|6|7|8|9|10|11|12|13|14|15|16|75,0|66,7|75,0`, "|"),
		strings.Split("2|'-1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|||", "|"),
	}
	if len(table) != 9 || len(table[0]) != len(want[0]) || table[0][1] != "Tổ chức" {
		t.Fatalf("table: %q", table)
	}
	for i := range want {
		if !slices.Equal(table[i+1], want[i]) {
			t.Errorf("line %d: %q, want %q", i+1, table[i+1], want[i])
		}
	}
	for i, name := range []string{"'@b", "'+c", "'\td", "'\re", "Chi bộ; 2"} {
		if table[i+4][1] != name || table[i+4][0] != "1" {
			t.Errorf("line %d: %q, want %q", i+4, table[i+4], name)
		}
	}
	var b bytes.Buffer
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"\ufeffCấp;Tổ chức;Tổng số;", "\r\n0;Đảng bộ;8;", "\r\n1;\"'=HYPERLINK(\"\"x\"\";\"\"y\"\")\";4;", ";75,0;66,7;75,0\r\n", "\r\n1;\"Chi bộ; 2\";0;"} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("no %q in %q", part, b.String())
		}
	}
}
