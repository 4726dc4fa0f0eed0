package directory

import (
	"slices"
	"strings"
	"time"

	"sotay/internal/directory/tree"
	"sotay/internal/effect"
	"sotay/internal/store"
)

// Act is one decision about the organisations: what it changes, from which
// day, under which decision number. Acts are only ever added; the tree of any
// day is their sum (package tree). Seq numbers them without gaps: whoever adds
// one has judged it against all before.
type Act struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	Seq            int64         `bson:"seq"`
	Kind           string        `bson:"kind"`
	On             string        `bson:"on"` // YYYY-MM-DD, the first day
	DecisionNo     string        `bson:"decisionNo"`
	By             string        `bson:"by"` // member id, "" for the command line
	At             time.Time     `bson:"at"`
	Changes        []tree.Change `bson:"changes"`
	// Moves assign members to the parts of a split.
	Moves []Move `bson:"moves"`
	// Request is a keyed hash of what was asked, so that a repeat is known.
	Request string `bson:"request"`
}

// The kinds of acts.
const (
	ActCreate   = "create"
	ActChange   = "change" // name, kind or code
	ActMove     = "move"
	ActMerge    = "merge"
	ActSplit    = "split"
	ActDissolve = "dissolve"
	ActImport   = "import"
)

// Move puts a member into an organisation.
type Move struct {
	MemberID string `bson:"memberId"`
	OrgID    string `bson:"orgId"`
}

func (a *Act) pure() tree.Act { return tree.Act{Seq: a.Seq, On: a.On, Changes: a.Changes} }

// Place is where a member belongs from a day on. Key names what put the member
// there, so that the same cause is written once.
type Place struct {
	Key        string `bson:"key"`
	OrgID      string `bson:"orgId"`
	From       string `bson:"from"` // YYYY-MM-DD
	DecisionNo string `bson:"decisionNo"`
	// Request is a keyed hash of what was asked under Key.
	Request string `bson:"request"`
}

// Status is one span of a member's history. The latest begun of those that
// cover a day is in force on it.
type Status struct {
	Key        string `bson:"key"`
	Status     string `bson:"status"`
	From       string `bson:"from"`      // YYYY-MM-DD
	To         string `bson:"to"`        // the last day, "" for none
	DecidedBy  string `bson:"decidedBy"` // an organisation's id
	DecisionNo string `bson:"decisionNo"`
	// HostID is the organisation of a temporary attachment.
	HostID string `bson:"hostId"`
	// RecordedBy is the member who entered it, "" for imports and seeds.
	RecordedBy string    `bson:"recordedBy"`
	RecordedAt time.Time `bson:"recordedAt"`
}

// Role is a role over an organisation's subtree, or over the members of an
// enterprise: one of the two ids is given.
type Role struct {
	Role         string `bson:"role"`
	OrgID        string `bson:"orgId"`
	EnterpriseID string `bson:"enterpriseId"`
	From         string `bson:"from"` // YYYY-MM-DD
	To           string `bson:"to"`   // YYYY-MM-DD, the last day; "" for none
}

// Consent is a member's agreement to one version of the privacy notice.
type Consent struct {
	Version string    `bson:"version"`
	At      time.Time `bson:"at"`
}

// Member is a party member: as little as the screens and the reports need.
type Member struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	Name           string `bson:"name"`
	// NameKey sorts by given name in the order of the Vietnamese alphabet.
	NameKey string `bson:"nameKey"`
	// Kind is official or probationary; from OfficialOn on, when it is given,
	// official.
	Kind       string `bson:"kind"`
	JoinedOn   string `bson:"joinedOn"`   // YYYY-MM-DD or ""
	OfficialOn string `bson:"officialOn"` // YYYY-MM-DD or ""
	// CardNo is the party card's number, free text: probationary members have
	// none, and all cards were replaced in 2025.
	CardNo string `bson:"cardNo"`
	// Code is the member's key in the province's own lists, "" for none;
	// CodeKey is it folded, or the member's id.
	Code    string `bson:"code"`
	CodeKey string `bson:"codeKey"`
	// CitizenKey is a keyed hash of the citizen id, or the member's own id
	// when there is none. The number itself is not held.
	CitizenKey string `bson:"citizenKey"`
	// PhoneKey is a keyed hash of the phone number, "" when there is none.
	PhoneKey string   `bson:"phoneKey"`
	Places   []Place  `bson:"places"`
	Statuses []Status `bson:"statuses"`
	Tags     []string `bson:"tags"`
	Roles    []Role   `bson:"roles"`
	// EnterpriseID is the one enterprise that the member works at, Shift the
	// id of the shift there; "" for none.
	EnterpriseID     string    `bson:"enterpriseId"`
	Shift            string    `bson:"shift"`
	Locale           string    `bson:"locale"`
	WantsInformation bool      `bson:"wantsInformation"`
	Consents         []Consent `bson:"consents"`
	AuthRev          int64     `bson:"authRev"`
	// ErasedAt is when the person was taken out of the record; the zero time
	// while they are in it. Places and statuses stay: counts rest on them.
	ErasedAt time.Time `bson:"erasedAt"`
	// Request is a keyed hash of what made the member, so that a repeat is
	// known.
	Request string `bson:"request"`
	// Revision counts the acts on the member, for If-Match.
	Revision  int64     `bson:"revision"`
	UpdatedAt time.Time `bson:"updatedAt"`
}

// Enterprise is where members work, whatever organisation they belong to.
type Enterprise struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	Name           string `bson:"name"`
	NameKey        string `bson:"nameKey"`
	Code           string `bson:"code"`
	CodeKey        string `bson:"codeKey"` // folded, or the id
	// Ownership is state, private or foreign (foreign-invested).
	Ownership string `bson:"ownership"`
	// OrgID is the organisation whose administrators look after the record.
	OrgID     string    `bson:"orgId"`
	Shifts    []Shift   `bson:"shifts"`
	Request   string    `bson:"request"`
	Revision  int64     `bson:"revision"`
	UpdatedAt time.Time `bson:"updatedAt"`
}

// Shift is a time of work in Vietnam, HH:MM; one that ends before it starts
// runs over midnight.
type Shift struct {
	ID     string `bson:"id"`
	Name   string `bson:"name"`
	Starts string `bson:"starts"`
	Ends   string `bson:"ends"`
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

// The ownerships of enterprises.
const (
	StateOwned   = "state"
	PrivateOwned = "private"
	ForeignOwned = "foreign"
)

var (
	statuses   = []string{Active, Exempt, TemporarilyExempt, TemporaryAttachment, Transfer, Suspended, StruckOff, Expelled, Resigned, Deceased}
	tags       = []string{"ethnicMinority", "remote", "privateEnterprise", "fdiEnterprise"}
	ownerships = []string{StateOwned, PrivateOwned, ForeignOwned}
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
		if covering(s.From, s.To, day) {
			cur = s
		}
	}
	return cur
}

// covering tells whether a span covers a day; to "" is open.
func covering(from, to, day string) bool { return from <= day && (to == "" || day <= to) }

// Erased tells whether the person was taken out of the record.
func (m *Member) Erased() bool { return m.ErasedAt.Unix() > 0 }

// KindOn returns the kind on a day.
func (m *Member) KindOn(day string) string { return kindOn(m.Kind, m.OfficialOn, day) }

func kindOn(kind, officialOn, day string) string {
	switch {
	case officialOn == "":
		return kind
	case officialOn <= day:
		return Official
	}
	return Probationary
}

// placeOn returns the organisation that a member was put into, before closed
// ones are followed; "" before the first place.
func placeOn(places []Place, day string) string {
	org := ""
	for i := range places {
		if places[i].From <= day {
			org = places[i].OrgID
		}
	}
	return org
}

// putPlace adds a place unless its cause is written already, in the order of
// days; of one day the later added holds.
func (m *Member) putPlace(p Place) bool {
	if slices.ContainsFunc(m.Places, func(o Place) bool { return o.Key == p.Key }) {
		return false
	}
	m.Places = append(m.Places, p)
	slices.SortStableFunc(m.Places, func(a, b Place) int { return strings.Compare(a.From, b.From) })
	return true
}

// putStatus adds a span, or replaces the one that begins on the same day.
func (m *Member) putStatus(s Status) {
	m.Statuses = slices.DeleteFunc(slices.Clone(m.Statuses), func(o Status) bool { return o.From == s.From })
	m.Statuses = append(m.Statuses, s)
	slices.SortStableFunc(m.Statuses, func(a, b Status) int { return strings.Compare(a.From, b.From) })
}

// Schemas declares the room's collections.
func Schemas() []*store.Schema {
	str := func(path string) store.Field { return store.Field{Path: path, Type: store.String} }
	updated := store.Index{Name: "updatedAt", Fields: []store.Field{{Path: "updatedAt", Type: store.Date}}}
	return []*store.Schema{
		{Name: "orgacts", Indexes: []store.Index{
			{Name: "seq", Unique: true, Fields: []store.Field{{Path: "seq", Type: store.Int64}}},
			effect.Index(),
		}},
		{Name: "members", Indexes: []store.Index{
			updated,
			{Name: "citizenKey", Unique: true, Fields: []store.Field{str("citizenKey")}},
			{Name: "codeKey", Unique: true, Fields: []store.Field{str("codeKey")}},
			{Name: "phoneKey", Fields: []store.Field{str("phoneKey")}},
			effect.Index(),
		}},
		{Name: "enterprises", Indexes: []store.Index{
			updated,
			{Name: "nameKey", Fields: []store.Field{str("nameKey")}},
			{Name: "codeKey", Unique: true, Fields: []store.Field{str("codeKey")}},
			effect.Index(),
		}},
	}
}
