package directory

import (
	"time"

	"sotay/internal/effect"
	"sotay/internal/store"
)

// Org is a party organisation. Kinds are data, not behaviour: the law about
// them changes.
type Org struct {
	store.Meta `bson:",inline"`
	Name       string `bson:"name"`
	Kind       string `bson:"kind"`
	ParentID   string `bson:"parentId"`
	// Path is from the root to the organisation itself.
	Path      []string  `bson:"path"`
	From      string    `bson:"from"` // YYYY-MM-DD
	To        string    `bson:"to"`   // YYYY-MM-DD, the last day; "" while it exists
	UpdatedAt time.Time `bson:"updatedAt"`
}

// Status is one span of a member's history; the last one is in force.
type Status struct {
	Status     string `bson:"status"`
	From       string `bson:"from"` // YYYY-MM-DD
	To         string `bson:"to"`
	DecidedBy  string `bson:"decidedBy"` // an organisation's id
	DecisionNo string `bson:"decisionNo"`
}

// Role is a role over an organisation's subtree.
type Role struct {
	Role  string `bson:"role"`
	OrgID string `bson:"orgId"`
	From  string `bson:"from"` // YYYY-MM-DD
	To    string `bson:"to"`   // YYYY-MM-DD, the last day; "" for none
}

// Member is a party member.
type Member struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	Name           string `bson:"name"`
	// NameKey sorts by given name in the order of the Vietnamese alphabet.
	NameKey          string    `bson:"nameKey"`
	OrgID            string    `bson:"orgId"`
	Kind             string    `bson:"kind"`
	Statuses         []Status  `bson:"statuses"`
	Tags             []string  `bson:"tags"`
	Roles            []Role    `bson:"roles"`
	Locale           string    `bson:"locale"`
	WantsInformation bool      `bson:"wantsInformation"`
	AuthRev          int64     `bson:"authRev"`
	UpdatedAt        time.Time `bson:"updatedAt"`
}

// The kinds of members.
const (
	Official     = "official"
	Probationary = "probationary"
)

// The statuses of members.
const (
	Active              = "active"
	Exempt              = "exempt"
	TemporarilyExempt   = "temporarilyExempt"
	TemporaryAttachment = "temporaryAttachment"
	Transfer            = "transfer"
	Suspended           = "suspended"
	StruckOff           = "struckOff"
	Expelled            = "expelled"
	Resigned            = "resigned"
	Deceased            = "deceased"
)

// hasLeft tells whether a status ends membership; such members may not sign
// in. A suspended member still may read.
func hasLeft(status string) bool {
	switch status {
	case StruckOff, Expelled, Resigned, Deceased:
		return true
	}
	return false
}

// Current returns the status in force on a day.
func (m *Member) Current(day string) Status {
	cur := Status{Status: Active}
	for _, s := range m.Statuses {
		if s.From <= day {
			cur = s
		}
	}
	return cur
}

// Schemas declares the room's collections.
func Schemas() []*store.Schema {
	updated := store.Field{Path: "updatedAt", Type: store.Date}
	return []*store.Schema{
		{Name: "orgs", Indexes: []store.Index{{Name: "updatedAt", Fields: []store.Field{updated}}}},
		{Name: "members", Indexes: []store.Index{
			{Name: "updatedAt", Fields: []store.Field{updated}},
			{Name: "org", Fields: []store.Field{{Path: "orgId", Type: store.String}, {Path: "nameKey", Type: store.String}}},
			effect.Index(),
		}},
	}
}
