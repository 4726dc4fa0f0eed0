package sheet

// Limits bound what a file may cost. They are data, so that a test can show
// each of them with a small file.
type Limits struct {
	FileBytes     int64 // the file as handed in
	UnpackedBytes int64 // all parts of a workbook that are read, together
	Entries       int   // parts of the archive
	// Ratio bounds how far a part of more than RatioFrom bytes may be packed:
	// sheets reach 40, bombs 1,000.
	Ratio     int64
	RatioFrom int64
	// TextBytes bounds the table of texts that the cells of a workbook share;
	// it is the one part that is kept in memory.
	TextBytes int
	TextCount int
	Token     int // bytes of one tag or one run of text
	Depth     int // nesting
	Styles    int
	Rows      int // with something in them
	Columns   int
	CellChars int
}

// Default are the limits of the product.
func Default() Limits {
	return Limits{
		FileBytes: 64 << 20, UnpackedBytes: 512 << 20, Entries: 2000, Ratio: 250, RatioFrom: 1 << 20,
		TextBytes: 128 << 20, TextCount: 8 << 20, Token: 256 << 10, Depth: 64, Styles: 65_000,
		Rows: 250_000, Columns: 64, CellChars: 2000,
	}
}

// maxRow is the last row that any program numbers.
const maxRow = 1 << 20
