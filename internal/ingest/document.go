package ingest

// Document is what a file holds.
type Document struct {
	Meta Meta
	// Sections is the body of a document or a learning or research material.
	Sections []Section
	// Items is the body of a material of questions and answers.
	Items []Item
}

// Meta is the front matter. Dates are YYYY-MM-DD and real days.
type Meta struct {
	// Kind is "document" or "material".
	Kind string
	// Key is the editor's own name for the thing, the same in every import.
	Key      string
	Title    string
	Abstract string
	// DocType is a type identifier of package docno, such as "resolution".
	DocType string
	Issuer  string
	// Number is the number and symbol in the canonical form.
	Number      string
	IssuedOn    string
	EffectiveOn string
	Term        string
	Place       string
	Signer      string
	// Language is "vi" unless the file says otherwise.
	Language string
	Topics   []string
	Audience []string
	// MaterialKind is "learning", "research" or "qa".
	MaterialKind string
	// DocumentKey names the document a material belongs to.
	DocumentKey string
	Visibility  Visibility
	Source      Source
	// Secrecy is empty or says that the file is not secret.
	Secrecy string
}

// Visibility says who may read it.
type Visibility struct {
	// Kind is "all", "orgs" or "roles".
	Kind        string
	Orgs, Roles []string
}

// Source says where a text was taken from.
type Source struct {
	Author, Title, Publisher, Date string
}

// Section is a heading with the text up to the next one.
type Section struct {
	// ID is the id the author gave with {#id}, or empty.
	ID string
	// Level is 1 to 6. Text before the first heading has level 1.
	Level int
	// Label is the numbering lifted from the heading: "Điều 5", "II", "a)".
	Label   string
	Heading string
	HTML    string
}

// Item is a question with its answer.
type Item struct {
	ID, Question, AnswerHTML string
	// SectionIDs are the sections the answer rests on.
	SectionIDs []string
}
