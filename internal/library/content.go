package library

import (
	"time"

	"sotay/internal/publication"
	"sotay/internal/richtext"
	"sotay/internal/viet"
)

// The kinds in the change log.
const (
	KindDocument = "document"
	KindMaterial = "material"
)

// The kinds of material.
const (
	Learning = "learning"
	Research = "research"
	QA       = "qa"
)

// Section is one part of a text, addressed by an id that stays across
// versions, so that progress, links and differences survive an edit.
type Section struct {
	ID      string `bson:"id"`
	Level   int64  `bson:"level"`
	Label   string `bson:"label"` // such as "Điều 5"
	Heading string `bson:"heading"`
	HTML    string `bson:"html"` // sanitised
	Words   int64  `bson:"words"`
}

// QAItem is a question with its answer.
type QAItem struct {
	ID         string   `bson:"id"`
	Question   string   `bson:"question"`
	AnswerHTML string   `bson:"answerHtml"`
	SectionIDs []string `bson:"sectionIds"`
}

// Source says where the facts of a text come from.
type Source struct {
	Author    string `bson:"author"`
	Title     string `bson:"title"`
	Publisher string `bson:"publisher"`
	Date      string `bson:"date"`
}

// Document is the content of one version of a document.
type Document struct {
	Type        string    `bson:"type"`
	Number      string    `bson:"number"` // canonical, such as "57-NQ/TW"
	Title       string    `bson:"title"`
	Abstract    string    `bson:"abstract"`
	Issuer      string    `bson:"issuer"`
	IssuedOn    string    `bson:"issuedOn"`
	EffectiveOn string    `bson:"effectiveOn"`
	Term        string    `bson:"term"`
	Place       string    `bson:"place"`
	Signer      string    `bson:"signer"`
	Language    string    `bson:"language"`
	Topics      []string  `bson:"topics"`
	Source      Source    `bson:"source"`
	Sections    []Section `bson:"sections"`
	// NextID numbers the sections that were ever made, so that no id returns.
	NextID      int64        `bson:"nextId"`
	Relations   []Relation   `bson:"relations"`
	Attachments []Attachment `bson:"attachments"`
}

// Material is the content of one version of a study material.
type Material struct {
	Kind       string    `bson:"kind"`
	DocumentID string    `bson:"documentId"` // "" when it belongs to none
	Title      string    `bson:"title"`
	Audience   []string  `bson:"audience"`
	Topics     []string  `bson:"topics"`
	Language   string    `bson:"language"`
	Source     Source    `bson:"source"`
	Sections   []Section `bson:"sections"`
	Items      []QAItem  `bson:"items"`
	NextID     int64     `bson:"nextId"`
	// Format is "" in what was kept before formats; see FormatOf.
	Format          string       `bson:"format"`
	DurationSeconds int64        `bson:"durationSeconds"`
	Attachments     []Attachment `bson:"attachments"`
}

// The formats of material.
const (
	FormatText   = "text"
	FormatAudio  = "audio"
	FormatVideo  = "video"
	FormatSlides = "slides"
)

// FormatOf is the material's format.
func (m *Material) FormatOf() string {
	if m.Format == "" {
		return FormatText
	}
	return m.Format
}

// The items and versions of the two kinds.
type (
	DocumentItem    = publication.Item[Document]
	DocumentVersion = publication.Version[Document]
	MaterialItem    = publication.Item[Material]
	MaterialVersion = publication.Version[Material]
)

// Words counts the syllables of a text, headings included.
func (d *Document) Words() int64 { return sectionWords(d.Sections) }

// Words counts the syllables of a material, questions included.
func (m *Material) Words() int64 {
	n := sectionWords(m.Sections)
	for i := range m.Items {
		n += int64(viet.Syllables(m.Items[i].Question) + viet.Syllables(richtext.PlainText(m.Items[i].AnswerHTML)))
	}
	return n
}

func sectionWords(sections []Section) (n int64) {
	for i := range sections {
		n += sections[i].Words
	}
	return n
}

// MaterialRef is what a document's body says of a material.
type MaterialRef struct {
	ID, Kind, Title, Language string
	Audience                  []string
	Version                   int64
}

// Standing is what a document's body says beside its own version: what others
// say of it, and what is known of those that it names.
type Standing struct {
	Materials []MaterialRef
	Relations []RelationRef // its own first
	// Until is the first day on which it is no longer in force, "" for none.
	Until string
}

// Encoder turns versions into the bodies that the contract promises. The edge
// implements it, so that the contract's types shape what is stored.
type Encoder interface {
	Document(id string, v *DocumentVersion, st *Standing) ([]byte, error)
	// DocumentVersion gets the version's own relations.
	DocumentVersion(id string, v *DocumentVersion, relations []RelationRef) ([]byte, error)
	Material(id string, v *MaterialVersion) ([]byte, error)
}

// DocumentSummary is a document in a list.
type DocumentSummary struct {
	ID          string
	Type        string
	Number      string
	Title       string
	Abstract    string
	Issuer      string
	IssuedOn    string
	Topics      []string
	Version     int64
	PublishedAt time.Time
	Words       int64
	// From is the first day in force, Until the first day no longer, "" for
	// none.
	From, Until string
}

// InForce tells whether the document is in force on a day.
func (d *DocumentSummary) InForce(day string) bool {
	return d.From <= day && (d.Until == "" || day < d.Until)
}

// MaterialSummary is a material in a list.
type MaterialSummary struct {
	ID, Kind, Title, DocumentID, Language string
	Format                                string
	DurationSeconds                       int64
	Audience, Topics                      []string
	Version                               int64
	PublishedAt                           time.Time
	Words                                 int64
}
