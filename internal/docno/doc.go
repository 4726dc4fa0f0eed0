// Package docno reads and writes the number and symbol of Party documents,
// such as 57-NQ/TW, and lists the document types with their symbols.
//
// It is part of the kit. It does not know which organisation an issuer code
// stands for: every province writes TU, every ward ĐU.
package docno
