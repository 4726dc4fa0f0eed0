package directory

import (
	"reflect"
	"slices"
	"strings"

	"sotay/internal/directory/tree"
	"sotay/internal/fault"
	"sotay/internal/sheet"
	"sotay/internal/viet"
)

// memberRow is what one row says of a member; "" and nil say nothing.
type memberRow struct {
	number                           int
	citizenKey, codeKey              string
	code, name, kind, card, phoneKey string
	orgID, orgSince, since           string
	joined, official                 string
	status, from, to, decision, host string
	enterpriseID, shift              string
	tags                             []string
	informed                         *bool
	derivedID                        string
	record                           *sheet.Record
}

// maxNote bounds short texts of a row, in characters.
const maxNote = 200

// short reads a text that may not be long.
func short(r *sheet.Record, key string) string {
	s := r.Text(key)
	if len([]rune(s)) > maxNote {
		r.Fail(key, "too_long", "Tối đa 200 ký tự.", "It may have at most 200 characters.")
		return ""
	}
	return s
}

// readMember reads a row. What is wrong is put on the record.
func (im *memberImport) readMember(r *sheet.Record) *memberRow {
	m := &memberRow{number: r.Row, record: r, name: short(r, "name"), code: r.Code("code"), kind: r.Choice("kind", kindChoices),
		card: r.Code("card"), since: r.Day("since"), joined: r.Day("joined"), official: r.Day("official"),
		status: r.Choice("status", statusChoices), from: r.Day("from"), to: r.Day("to"), decision: short(r, "decision")}
	if yes, ok := r.Bool("informed"); ok {
		m.informed = &yes
	}
	im.readNumbers(r, m)
	im.readPlaces(r, m)
	im.readWork(r, m)
	m.checkDays(r, im.day)
	if m.name == "" && !r.Failed("name") {
		r.Fail("name", "required", "Thiếu họ và tên.", "The name is missing.")
	}
	return m
}

// readNumbers reads what identifies a member and keeps the keyed hashes alone.
func (im *memberImport) readNumbers(r *sheet.Record, m *memberRow) {
	if number := r.Code("citizen"); number != "" {
		id, ok := CitizenID(number)
		switch {
		case ok:
			m.citizenKey = im.service.keys.citizen(id)
		case len(id11(number)) == 11:
			r.Fail("citizen", "leading_zero_lost", "Chỉ có 11 chữ số: chương trình bảng tính có thể đã bỏ số 0 ở đầu. Hãy định dạng cột là Văn bản (Text) và nhập lại.",
				"There are 11 digits: the spreadsheet program may have dropped a leading zero. Format the column as text and enter it again.")
		default:
			r.Fail("citizen", "invalid", "Số căn cước phải có 12 chữ số.", "A citizen id has 12 digits.")
		}
	}
	if m.code != "" {
		m.codeKey = codeKey(m.code)
	}
	if m.citizenKey == "" && m.code == "" && !r.Failed("citizen") && !r.Failed("code") {
		r.Fail("citizen", "required", "Cần Số căn cước hoặc Mã đảng viên.", "The citizen id or the member's code is needed.")
	}
	if phone := r.Code("phone"); phone != "" {
		n, ok := Phone(phone)
		if !ok && len(phone) == 9 && strings.Trim(phone, "0123456789") == "" {
			n, ok = Phone("0" + phone) // a number that lost its zero can be nothing else
		}
		if ok {
			m.phoneKey = im.service.keys.phone(n)
		} else {
			r.Fail("phone", "invalid", "Số điện thoại không đúng.", "This is not a phone number.")
		}
	}
	if m.citizenKey != "" {
		m.derivedID = derivedMember(m.citizenKey)
	} else if m.codeKey != "" {
		m.derivedID = derivedMember(m.codeKey)
	}
}

// id11 is a number without the signs that people put between its digits.
func id11(s string) string {
	s = strings.NewReplacer(" ", "", ".", "", "-", "").Replace(s)
	if strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// readPlaces finds the organisations that the row names, as far as the caller
// may import into them.
func (im *memberImport) readPlaces(r *sheet.Record, m *memberRow) {
	find := func(key string, scoped bool) *tree.Org {
		code := r.Code(key)
		if code == "" {
			return nil
		}
		o := im.codes[viet.Fold(code)]
		if o == nil || scoped && !covers(im.who, o.Path, admins...) {
			r.Fail(key, "org_not_found", "Không có tổ chức mang mã này trong phạm vi của bạn.", "There is no organisation with this code within your scope.")
			return nil
		}
		return o
	}
	if o := find("org", true); o != nil {
		m.orgID, m.orgSince = o.ID, o.Since
	} else if !r.Failed("org") {
		r.Fail("org", "required", "Thiếu mã chi bộ.", "The branch's code is missing.")
	}
	if o := find("host", false); o != nil {
		m.host = o.ID
	}
	switch {
	case m.status == TemporaryAttachment && m.host == "" && !r.Failed("host"):
		r.Fail("host", "required", "Cần mã nơi sinh hoạt tạm thời.", "The host organisation's code is needed.")
	case m.status != TemporaryAttachment && m.host != "":
		r.Fail("host", "not_allowed", "Chỉ dùng khi tình trạng là sinh hoạt tạm thời.", "Only with the status of a temporary attachment.")
	}
}

func (im *memberImport) readWork(r *sheet.Record, m *memberRow) {
	code, shift := r.Code("enterprise"), r.Text("shift")
	if code == "" && shift != "" {
		r.Fail("shift", "no_enterprise", "Ca làm việc chỉ có khi có mã doanh nghiệp.", "A shift needs an enterprise.")
	}
	if code != "" {
		e := im.enterprises[codeKey(code)]
		if e == nil {
			r.Fail("enterprise", "not_found", "Không có doanh nghiệp mang mã này.", "There is no enterprise with this code.")
			return
		}
		m.enterpriseID = e.ID
		at := slices.IndexFunc(e.Shifts, func(x Shift) bool { return viet.Fold(x.Name) == viet.Fold(shift) || x.ID == shift })
		switch {
		case at >= 0:
			m.shift = e.Shifts[at].ID
		case shift != "":
			r.Fail("shift", "not_found", "Doanh nghiệp không có ca này.", "The enterprise has no such shift.")
		}
	}
	for word := range strings.FieldsFuncSeq(r.Text("tags"), func(c rune) bool { return c == ';' || c == ',' || c == '/' || c == '+' }) {
		tag, ok := sheet.ChoiceOf(word, tagChoices)
		if !ok && strings.TrimSpace(word) != "" {
			r.Fail("tags", "not_allowed", "Không có đối tượng này; xem trang Hướng dẫn của tệp mẫu.", "There is no such tag; see the template's guide.")
			continue
		}
		if ok && !slices.Contains(m.tags, tag) {
			m.tags = append(m.tags, tag)
		}
	}
	slices.Sort(m.tags)
}

// checkDays tests the days of a row against each other.
func (m *memberRow) checkDays(r *sheet.Record, today string) {
	if m.joined > today {
		r.Fail("joined", "in_future", "Ngày vào Đảng ở tương lai.", "The day lies in the future.")
	}
	if m.official != "" && m.joined != "" && m.official < m.joined {
		r.Fail("official", "before_joined", "Ngày chính thức trước ngày vào Đảng.", "It is before the day of joining.")
	}
	if m.to != "" && m.from != "" && m.to < m.from {
		r.Fail("to", "before_from", "Ngày cuối phải từ ngày đầu trở đi.", "The last day is before the first.")
	}
	if m.to != "" && hasLeft(m.status) {
		r.Fail("to", "not_allowed", "Người đã ra khỏi Đảng không có ngày kết thúc.", "Leaving has no last day.")
	}
	if m.status == "" && (m.from != "" || m.to != "" || m.decision != "") && !r.Failed("status") {
		r.Fail("status", "required", "Có ngày hoặc quyết định nhưng thiếu tình trạng.", "There is a day or a decision, but no status.")
	}
	if m.status != "" && m.status != Active && m.from == "" && !r.Failed("from") {
		r.Fail("from", "required", "Cần ngày đầu của tình trạng này.", "The first day of this status is needed.")
	}
}

// newMember is the member that a row makes.
func (im *memberImport) newMember(row *memberRow) *Member {
	m := &Member{Kind: Official, Locale: "vi", AuthRev: 1, Revision: 1, Request: im.mark}
	m.ID = row.derivedID
	m.CitizenKey, m.CodeKey = m.ID, m.ID
	from := row.since
	if from == "" {
		from = max(row.joined, row.orgSince)
	}
	m.Places = []Place{{Key: "first", OrgID: row.orgID, From: from}}
	im.put(m, row)
	if len(m.Statuses) == 0 {
		m.Statuses = []Status{{Key: "first", Status: Active, From: from, RecordedAt: im.at}}
	}
	m.UpdatedAt = im.service.now()
	return m
}

// put writes a row into a member and tells whether that changed anything. It
// states a result: put again, it changes nothing.
func (im *memberImport) put(m *Member, row *memberRow) (changed bool) {
	before := *m
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	set(&m.Name, row.name)
	if m.Name != before.Name || m.NameKey == "" { // a key costs more than all other fields
		m.NameKey = viet.NameKey(m.Name)
	}
	set(&m.Kind, row.kind)
	set(&m.JoinedOn, row.joined)
	set(&m.OfficialOn, row.official)
	set(&m.CardNo, row.card)
	set(&m.Code, row.code)
	set(&m.CodeKey, row.codeKey)
	set(&m.CitizenKey, row.citizenKey)
	set(&m.PhoneKey, row.phoneKey)
	if row.enterpriseID != "" {
		if m.EnterpriseID != row.enterpriseID || row.shift != "" {
			m.Shift = row.shift
		}
		m.EnterpriseID = row.enterpriseID
	}
	if row.tags != nil {
		m.Tags = row.tags
	}
	if row.informed != nil {
		m.WantsInformation = *row.informed
	}
	im.putRowPlace(m, row)
	im.putRowStatus(m, row)
	before.Tags = emptyAsNil(before.Tags)
	after := *m
	after.Tags = emptyAsNil(after.Tags)
	return !reflect.DeepEqual(before, after)
}

func emptyAsNil(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	return s
}

// putRowPlace moves a member whom the row has in another organisation.
func (im *memberImport) putRowPlace(m *Member, row *memberRow) {
	from := row.since
	if from == "" {
		from = im.day
	}
	day := max(from, im.day)
	if im.tree.Resolve(placeOn(m.Places, day)) == row.orgID {
		return
	}
	m.Places = slices.Clone(m.Places)
	m.putPlace(Place{Key: "import/" + im.run.ID(), OrgID: row.orgID, From: from})
}

// putRowStatus records the status of a row. What the row leaves open of a span
// that is there stays.
func (im *memberImport) putRowStatus(m *Member, row *memberRow) {
	if row.status == "" {
		return
	}
	span := Status{Key: "import/" + row.from, Status: row.status, From: row.from, To: row.to, DecisionNo: row.decision, HostID: row.host, RecordedAt: im.at}
	if span.From == "" { // active, from whenever
		if len(m.Statuses) == 0 || m.Current(im.day).Status == span.Status {
			return
		}
		span.From, span.Key = im.day, "import/"+im.day
	}
	if at := slices.IndexFunc(m.Statuses, func(o Status) bool { return o.From == span.From }); at >= 0 && m.Statuses[at].Status == span.Status {
		old := m.Statuses[at]
		same := old
		if span.To != "" {
			same.To = span.To
		}
		if span.DecisionNo != "" {
			same.DecisionNo = span.DecisionNo
		}
		if span.HostID != "" {
			same.HostID = span.HostID
		}
		if same == old {
			return
		}
		span = same
	}
	m.putStatus(span)
}

// What a row may be refused for once it is compared with what is held.
var (
	twoMembers = fault.New(fault.Conflict, "two_members", "Số căn cước và mã này thuộc hai đảng viên khác nhau.", "The citizen id and the code belong to two members.")
	otherID    = fault.New(fault.Conflict, "citizen_id_differs", "Mã này thuộc đảng viên có số căn cước khác.", "The code belongs to a member with another citizen id.")
	otherName  = fault.New(fault.Conflict, "name_differs", "Mã này thuộc đảng viên mang tên khác và chưa có số căn cước; hãy kiểm tra.", "The code belongs to a member of another name without a citizen id: look into it.")
	elsewhere  = fault.New(fault.Conflict, "member_elsewhere", "Người này đã có ở tổ chức ngoài phạm vi của bạn; hãy chuyển sinh hoạt qua cấp trên.",
		"This person is in an organisation outside your scope; let the level above transfer them.")
)
