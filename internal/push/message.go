package push

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Title and Body are what every message shows. They are the same for all: a lock
// screen tells neither what was published nor what its owner is.
const (
	Title = "Thông báo mới"
	Body  = "Vui lòng mở ứng dụng để xem nội dung."
)

// MaxTTL is the longest that FCM keeps a message.
const MaxTTL = 28 * 24 * time.Hour

// Message is what the app needs to fetch the notice, and nothing that a person
// could read.
type Message struct {
	NotificationID string
	Kind           string
	// DocumentID and Version are of what the notice is about; "" for none.
	DocumentID string
	Version    int64
	// TTL is what is left of the message's life at this try.
	TTL time.Duration
	// Collapse replaces an earlier message under the same key, so that a second
	// try after an unknown outcome is not seen as a second notice.
	Collapse string
	// High wakes a sleeping phone: for notices that are worth it alone.
	High bool
}

// code is what ids and keys look like. Titles and names don't: a slip that would
// put one of them into a message is caught here. Apple takes keys of 64 bytes.
var code = regexp.MustCompile(`^[A-Za-z0-9._:/-]+$`)

const (
	maxID       = 200
	maxCollapse = 64
)

// Check tells why a message can't be sent. The error does not repeat what is
// wrong: it may be what must not be told.
func (m *Message) Check() error {
	if m == nil {
		return errors.New("no message")
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{
		{"notification id", m.NotificationID, maxID},
		{"kind", m.Kind, maxCollapse},
		{"collapse key", m.Collapse, maxCollapse},
	} {
		if len(f.value) > f.most || !code.MatchString(f.value) {
			return fmt.Errorf("the %s is none", f.name)
		}
	}
	if m.DocumentID != "" && (len(m.DocumentID) > maxID || !code.MatchString(m.DocumentID)) {
		return errors.New("the document id is none")
	}
	if m.TTL <= 0 || m.TTL > MaxTTL {
		return fmt.Errorf("a life of %s", m.TTL)
	}
	return nil
}
