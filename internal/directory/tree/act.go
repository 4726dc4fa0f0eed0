package tree

// Op is what a change does to its organisation.
type Op string

// The operations of a change.
const (
	Open  Op = "open"  // the organisation begins
	Set   Op = "set"   // fields that are given replace the older ones
	Close Op = "close" // the organisation ends; Heirs take over
)

// Change is what an act does to one organisation from its day on. Of a Set,
// empty fields leave things as they are, so that acts entered later for an
// earlier day do not undo what came after.
type Change struct {
	OrgID string `bson:"orgId"`
	Op    Op     `bson:"op"`
	// Code is the organisation's key in the province's own lists, "" for none.
	Code     string `bson:"code"`
	Name     string `bson:"name"`
	Kind     string `bson:"kind"`
	ParentID string `bson:"parentId"`
	// Heirs are the organisations that succeed a closed one. The first takes
	// over what is not assigned otherwise; all of them inherit what was
	// published to it. None: the unit above takes over.
	Heirs []string `bson:"heirs"`
}

// Act is a decision about the tree with the day from which it holds
// (YYYY-MM-DD). Acts of one day hold in the order of Seq.
type Act struct {
	Seq     int64
	On      string
	Changes []Change
}

// Fault says which act of a history contradicts the ones before it, and how.
type Fault struct {
	Seq   int64
	OrgID string
	Code  string
}

func (f *Fault) Error() string { return "organisation " + f.OrgID + ": " + f.Code }

// What may be wrong with a change; the codes go out to clients.
const (
	Exists       = "org_exists"           // opened twice
	NotOpen      = "org_not_open"         // not there on that day
	NoParent     = "parent_not_open"      // the organisation above is not there
	SecondRoot   = "second_root"          // there is one organisation without one above
	Cycle        = "below_itself"         // it would stand below itself
	HeirNotOpen  = "heir_not_open"        // the successor is not there
	HasChildren  = "has_children"         // dissolved, with organisations below it
	TooDeep      = "too_deep"             // more than MaxDepth levels
	CodeTaken    = "code_taken"           // two open organisations with one code
	RootCloses   = "root_cannot_close"    // the province itself
	NothingGiven = "nothing_to_change"    // a Set without a field
	UnknownOp    = "unknown_op"           // none of the operations
	NameMissing  = "name_or_kind_missing" // opened without
)

// MaxDepth is how many levels there may be from the root down. The rules know
// five at most.
const MaxDepth = 8
