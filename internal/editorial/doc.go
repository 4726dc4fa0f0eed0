// Package editorial is what rooms share of the editors' side: who may take
// which step in the life of what is published, on what an editor may act, and
// to whom an organisation may speak. The life itself is publication's.
package editorial
