// Package paper makes what is printed: PDF with the whole Vietnamese alphabet
// and the letters of the other peoples of the country, in type that can be set
// larger.
//
// Document knows fonts, the frame of a page, headings and paragraphs; a file
// of its own holds each kind of paper, such as the sheet of activation codes.
// What stands on a paper is decided by the rooms, and who may have it.
//
// Texts of the handbook go through these files: markup reads HTML into blocks,
// grid its tables; flow breaks runs of type into lines, block sets lines, pages
// puts blocks on pages, and table, rows and stack do so for tables.
package paper
