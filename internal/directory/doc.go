// Package directory is the room of organisations and members: the tree of
// party organisations, who belongs where in which status, and who holds which
// role over which subtree from when to when.
//
// Its table holds every member in memory as the visibility rules need them
// (organisation, status, kind, tags, roles, authRev), loaded at start and kept
// fresh by polling. Names stay in the store and are read where a screen needs
// them. Signing in belongs to the account room.
package directory
