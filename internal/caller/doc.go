// Package caller says who asks and what that person may do.
package caller
