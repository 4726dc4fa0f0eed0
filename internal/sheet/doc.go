// Package sheet reads and writes the spreadsheets that offices hand in and
// take away: .xlsx and .csv.
//
// Reading is a stream. A row is a slice of cells with the row's number as the
// office sees it; a table is the rows below a header that is found by the names
// of its columns. Everything about a file is bounded by Limits before it is
// believed: a workbook is an archive that strangers pack, so nothing is
// unpacked to disk, no part is read that holds no values, and a damaged sheet
// is an error rather than a shorter one. Formulas, macros and links are never
// followed; the value that the office last saw is what counts.
//
// Writing makes every text a text: what begins like a formula stays one in no
// program that opens the file.
//
// It knows nothing of members or organisations, and stores nothing.
package sheet
