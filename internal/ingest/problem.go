package ingest

// Problem is one thing wrong with a file. A file with a problem that is not a
// warning must not be imported.
type Problem struct {
	// Line counts from 1 in the file; 0 when no line can be named.
	Line int
	// Field is the front matter key ("source.date"), or "body", or "file".
	Field string
	// Code is stable, for programs.
	Code string
	// VI and EN are sentences for people.
	VI, EN string
	// Warning marks what was mended or left out without harm.
	Warning bool
}

// Failed reports whether any problem is more than a warning.
func Failed(problems []Problem) bool {
	for _, p := range problems {
		if !p.Warning {
			return true
		}
	}
	return false
}

// maxProblems bounds the list: nobody reads more, and a hostile file could
// have one on every line.
const maxProblems = 100

// report gathers problems.
type report struct {
	list []Problem
}

func (r *report) fail(line int, field, code, vi, en string) {
	r.add(Problem{Line: line, Field: field, Code: code, VI: vi, EN: en})
}

func (r *report) warn(line int, field, code, vi, en string) {
	r.add(Problem{Line: line, Field: field, Code: code, VI: vi, EN: en, Warning: true})
}

// add keeps errors over warnings when the list is full, so that a flood of
// warnings cannot hide that the file is bad.
func (r *report) add(p Problem) {
	if len(r.list) < maxProblems {
		r.list = append(r.list, p)
		return
	}
	if !p.Warning && !Failed(r.list) {
		r.list[maxProblems-1] = p
	}
}
