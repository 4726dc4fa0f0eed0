package directory

import (
	"fmt"

	"sotay/internal/store"
)

// inLists reads of a stored member what lists show. To decode whole members cost
// more than half of a list's time.
func inLists(doc store.Raw) (Member, error) {
	var m Member
	var inner error
	each := func(v store.Value, add func() func(name []byte, v store.Value)) {
		if err := store.Walk(v.Doc(), func(_ []byte, v store.Value) {
			if err := store.Walk(v.Doc(), add()); err != nil {
				inner = err
			}
		}); err != nil {
			inner = err
		}
	}
	err := store.Walk(doc, func(name []byte, v store.Value) {
		switch string(name) {
		case "_id":
			m.ID = string(v.Text())
		case "name":
			m.Name = string(v.Text())
		case "kind":
			m.Kind = string(v.Text())
		case "officialOn":
			m.OfficialOn = string(v.Text())
		case "enterpriseId":
			m.EnterpriseID = string(v.Text())
		case "shift":
			m.Shift = string(v.Text())
		case "wantsInformation":
			m.WantsInformation = v.Bool()
		case "tags":
			inner = store.Walk(v.Doc(), func(_ []byte, v store.Value) { m.Tags = append(m.Tags, string(v.Text())) })
		case "places":
			each(v, m.listedPlace)
		case "statuses":
			each(v, m.listedStatus)
		case "roles":
			each(v, m.listedRole)
		}
	})
	if err == nil {
		err = inner
	}
	if err != nil {
		return m, fmt.Errorf("member %s: %w", m.ID, err)
	}
	return m, nil
}

// listedPlace begins another place and returns what takes its fields; the other
// two do the same.
func (m *Member) listedPlace() func([]byte, store.Value) {
	m.Places = append(m.Places, Place{})
	p := &m.Places[len(m.Places)-1]
	return func(name []byte, v store.Value) {
		switch string(name) {
		case "orgId":
			p.OrgID = string(v.Text())
		case "from":
			p.From = string(v.Text())
		}
	}
}

func (m *Member) listedStatus() func([]byte, store.Value) {
	m.Statuses = append(m.Statuses, Status{})
	s := &m.Statuses[len(m.Statuses)-1]
	return func(name []byte, v store.Value) {
		switch string(name) {
		case "status":
			s.Status = string(v.Text())
		case "from":
			s.From = string(v.Text())
		case "to":
			s.To = string(v.Text())
		case "hostId":
			s.HostID = string(v.Text())
		}
	}
}

func (m *Member) listedRole() func([]byte, store.Value) {
	m.Roles = append(m.Roles, Role{})
	r := &m.Roles[len(m.Roles)-1]
	return func(name []byte, v store.Value) {
		switch string(name) {
		case "role":
			r.Role = string(v.Text())
		case "orgId":
			r.OrgID = string(v.Text())
		case "enterpriseId":
			r.EnterpriseID = string(v.Text())
		case "from":
			r.From = string(v.Text())
		case "to":
			r.To = string(v.Text())
		}
	}
}
