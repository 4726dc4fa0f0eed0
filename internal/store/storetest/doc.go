// Package storetest is the store's contract as tests.
//
// Run proves an engine; every ability of the contract has a case here before
// an engine has it. The wrappers Crash and Flaky and the CommandWatch are for
// the tests of the rooms as well: what a room does must survive a crash after
// any write and an answer that never came.
package storetest
