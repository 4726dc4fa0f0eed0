// Package suppress says whose counts are not told in public: those of small
// groups, and of others that would tell them.
package suppress
