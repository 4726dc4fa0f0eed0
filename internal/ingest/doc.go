// Package ingest reads the Markdown files editors hand in: front matter that
// describes a document or a material, and a body cut into sections or into
// questions and answers.
//
// It stands at the edge and imports only the kit. It stores nothing and
// decides nothing about who may see what; it says what a file holds and what
// is wrong with it, in Vietnamese for editors and in English for programs'
// authors. Every text that comes out is NFC, every HTML sanitised.
package ingest
