// Package library is the room of what members read: documents, materials and
// Q&A sets, their search, their sync to phones, and bookmarks.
//
// What is out is an immutable catalogue in memory, swapped as a whole when the
// change log moves on; a read touches no database. Editors work on items of the
// publication machine. Quizzes, study drives and notices belong to other rooms.
package library
