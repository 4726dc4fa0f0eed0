// Command api is Sổ tay: the server behind an electronic party member
// handbook. main handles signals and the exit code; run does everything else;
// wire.go is where the rooms meet.
package main
