package question

// Kind says how a question is answered.
type Kind string

// The kinds.
const (
	Single      Kind = "single"      // one right choice
	Multiple    Kind = "multiple"    // one or more right choices
	TrueFalse   Kind = "trueFalse"   // right or wrong
	Matching    Kind = "matching"    // an option for each prompt
	Ordering    Kind = "ordering"    // steps put in order
	ShortAnswer Kind = "shortAnswer" // a few words, compared without marks
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{Single, Multiple, TrueFalse, Matching, Ordering, ShortAnswer} }

// Difficulty is an editor's estimate; what members' answers say of it is a
// statistic.
type Difficulty string

// The difficulties.
const (
	Easy   Difficulty = "easy"
	Medium Difficulty = "medium"
	Hard   Difficulty = "hard"
)

// Difficulties lists the difficulties.
func Difficulties() []Difficulty { return []Difficulty{Easy, Medium, Hard} }

// The choices of a true/false question; their texts are given by the client's
// language.
const (
	TrueID  = "true"
	FalseID = "false"
)

// Choice is one of the choices of a single or multiple question.
type Choice struct {
	ID    string `bson:"id"`
	Text  string `bson:"text"`
	Right bool   `bson:"right"`
}

// Pair is a prompt of a matching question with the option that belongs to it.
type Pair struct {
	PromptID string `bson:"promptId"`
	Prompt   string `bson:"prompt"`
	OptionID string `bson:"optionId"`
	Option   string `bson:"option"`
}

// Option is a text with its id.
type Option struct {
	ID   string `bson:"id"`
	Text string `bson:"text"`
}

// Question is the content of one version of a question, its key included. What
// its kind has no use for is empty. All texts are plain, NFC and trimmed.
//
// Ids are opaque and random (but for true and false), so that neither their
// order nor their likeness tells what belongs together.
type Question struct {
	Kind Kind   `bson:"kind"`
	Text string `bson:"text"`
	// Choices are those of single and multiple, in the author's order.
	Choices []Choice `bson:"choices"`
	// True is the answer of true/false.
	True bool `bson:"true"`
	// Pairs and Spare are those of matching; spare options belong to no prompt.
	Pairs []Pair   `bson:"pairs"`
	Spare []Option `bson:"spare"`
	// Steps are those of ordering, in the right order.
	Steps []Option `bson:"steps"`
	// Accepted are the short answers that are right.
	Accepted []string `bson:"accepted"`
	// Partial gives part of the mark for part of the answer: multiple, matching
	// and ordering only.
	Partial bool `bson:"partial"`

	Explanation string     `bson:"explanation"`
	Topic       string     `bson:"topic"`
	Difficulty  Difficulty `bson:"difficulty"`
	// DocumentID and SectionID say where the answer stands, "" for nowhere.
	DocumentID string `bson:"documentId"`
	SectionID  string `bson:"sectionId"`
}
