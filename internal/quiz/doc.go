// Package quiz is the room of questions, quizzes and contests, and of the
// attempts that members make at them.
//
// Editors write questions into a bank, and quizzes and contests that are made
// of them, all through the publication machine. When a quiz goes out its paper
// is written: the faces of its questions in one document, their keys in
// another. A member's attempt pins a paper; starting, saving and reading load
// faces alone, and the keys are read when an attempt is graded, which happens
// once. What ends a member's right to change an answer is the server's clock.
//
// A contest is rounds, each a sitting like a quiz with a window, a guess and a
// ranking that is computed after its close from stored facts.
//
// What a passed quiz means for a study drive belongs to the room of study;
// documents and their sections to the library.
package quiz
