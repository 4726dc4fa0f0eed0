package sheet

import (
	"bytes"
	"fmt"
	"testing"
)

// provinceFile is a sheet of n members with 16 columns.
func provinceFile(tb testing.TB, n int) []byte {
	tb.Helper()
	var heads []Heading
	for i := range 16 {
		heads = append(heads, Heading{Title: fmt.Sprintf("Cột %d", i)})
	}
	rows := func(yield func([]any) bool) {
		for i := range n {
			row := []any{fmt.Sprintf("0%011d", 38_000_000_000+i), fmt.Sprintf("Nguyễn Thị Thanh %d", i), fmt.Sprintf("CB%04d", i%4000), "chính thức",
				"03/02/1990", "03/02/1991", fmt.Sprintf("19.%06d", i), "đang sinh hoạt", "03/02/1990", "", "", fmt.Sprintf("09%08d", i), "", "", "", "có"}
			if !yield(row) {
				return
			}
		}
	}
	var b bytes.Buffer
	if err := WriteBook(&b, Page{Name: "Dữ liệu", Headings: heads, Rows: rows}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func BenchmarkReadBook(b *testing.B) {
	file := provinceFile(b, 20_000)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		book, err := Open(bytes.NewReader(file), int64(len(file)), Default())
		if err != nil {
			b.Fatal(err)
		}
		r, err := book.read()
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for row, err := r.next(); row != nil || err != nil; row, err = r.next() {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		r.close()
		if n != 20_001 {
			b.Fatalf("%d rows", n)
		}
	}
}
