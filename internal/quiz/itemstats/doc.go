// Package itemstats says of a question what the answers of many say of it: how
// hard it is, whether it tells those who know from those who don't, and what was
// chosen. It is pure, knows no person, and adds up integers, so that neither the
// order of the facts nor how they are divided changes a result.
package itemstats
