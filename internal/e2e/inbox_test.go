package e2e

import (
	"testing"

	"sotay/internal/httpapi/contract"
)

// inboxRows are the rows of the inbox.
func inboxRows() map[string]rule {
	return map[string]rule{
		"listNotifications": {at("/v1/me/notifications"), signedIn(200)},
		"readNotifications": {func(*testing.T, *cast, string) call {
			return call{path: "/v1/me/notifications/read", body: fields{"upTo": in(0)}}
		}, signedIn(200)},
	}
}

// inboxBodies are bodies with every field of these calls.
func inboxBodies() map[string]fields {
	return map[string]fields{"readNotifications": {"ids": []any{"khong-co"}, "upTo": "2026-01-01T00:00:00Z"}}
}

// inbox waits until somebody's inbox is so.
func (c *client) inbox(t *testing.T, what string, so func(*contract.NotificationList) bool) contract.NotificationList {
	t.Helper()
	var out contract.NotificationList
	eventually(t, patience, what, func() (bool, string) {
		a := c.do(t, "GET", "/v1/me/notifications?limit=100", nil).want(t, 200)
		out = parse[contract.NotificationList](t, a)
		return so(&out), string(a.body)
	})
	return out
}

// TestInbox is a publication from the editor to the members' inboxes: who sees it,
// who has read it, what a newer version and a withdrawal do, and a reminder.
func TestInbox(t *testing.T) {
	t.Parallel()
	forEachEngine(t, func(t *testing.T, e *env) {
		s := e.serve(t)
		c := s.as(t, member)
		c.do(t, "POST", "/v1/me/notifications/read", fields{"upTo": in(0)}).want(t, 200)
		d := s.desk(t, "documents")
		id := d.release(t, document("Nghị quyết mới ra")).ID
		elsewhere := d.release(t, with(document("Chỉ cho ủy ban"), fields{"visibility": fields{"kind": "orgs", "orgIds": []any{org("ubnd")}}})).ID
		list := c.inbox(t, "the resolution is in the inbox", func(l *contract.NotificationList) bool { return l.Unread == 1 })
		n := list.Items[0]
		if text(n.DocumentId) != id || n.Kind != contract.NotificationKindDocument || n.Title != "Nghị quyết mới ra" || n.Read || *n.Version != 1 || *n.Updated {
			t.Errorf("notice: %+v", n)
		}
		for _, n := range list.Items {
			if text(n.DocumentId) == elsewhere {
				t.Errorf("not for this member: %+v", n)
			}
		}
		s.as(t, enterprise).inbox(t, "it is for those of that branch", func(l *contract.NotificationList) bool {
			return len(l.Items) > 1 && text(l.Items[0].DocumentId) == elsewhere
		})
		left := parse[contract.UnreadCount](t, c.do(t, "POST", "/v1/me/notifications/read", fields{"ids": []any{n.Id}}).want(t, 200))
		if left.Unread != 0 {
			t.Errorf("after reading: %+v", left)
		}
		if again := c.inbox(t, "it is read", func(l *contract.NotificationList) bool { return l.Unread == 0 }); !again.Items[0].Read {
			t.Errorf("read: %+v", again.Items[0])
		}
		if a := c.do(t, "POST", "/v1/me/notifications/read", fields{"upTo": "hôm qua"}).want(t, 400); !a.names(t, "/upTo") {
			t.Errorf("no instant: %s", a.body)
		}
		c.do(t, "POST", "/v1/me/notifications/read", fields{}).want(t, 400)
		holdInboxOfDrive(t, s)
		d.editor.do(t, "POST", d.path(id, "withdraw"), because).want(t, 200)
		c.inbox(t, "what was withdrawn is gone", func(l *contract.NotificationList) bool {
			for _, n := range l.Items {
				if text(n.DocumentId) == id {
					return false
				}
			}
			return true
		})
		if out := get[contract.MeExport](t, c, "/v1/me/export"); out.NotificationsRead.UpTo == nil {
			t.Errorf("export: %+v", out.NotificationsRead)
		}
	})
}

// holdInboxOfDrive has a drive and a reminder of it in the inbox of who owes it,
// and nothing for who is exempt until they ask.
func holdInboxOfDrive(t *testing.T, s *server) {
	t.Helper()
	id := s.drive(t, driveBody("Đợt học có nhắc", s.twoSections(t).document))
	s.as(t, secretary).do(t, "POST", "/v1/drives/"+id+"/reminders", fields{"orgId": org("kp1")}).want(t, 201)
	kinds := func(l *contract.NotificationList) map[contract.NotificationKind]int {
		out := map[contract.NotificationKind]int{}
		for _, n := range l.Items {
			if text(n.DriveId) == id {
				out[n.Kind]++
			}
		}
		return out
	}
	s.as(t, member).inbox(t, "the drive and its reminder", func(l *contract.NotificationList) bool {
		got := kinds(l)
		return got[contract.NotificationKindDrive] == 1 && got[contract.NotificationKindReminder] == 1
	})
	c := s.as(t, exempt) // has asked to be informed
	c.inbox(t, "for who is exempt and has asked", func(l *contract.NotificationList) bool { return kinds(l)[contract.NotificationKindDrive] == 1 })
	c.do(t, "PATCH", "/v1/me", fields{"wantsInformation": false}).want(t, 200)
	if l := get[contract.NotificationList](t, c, "/v1/me/notifications"); len(l.Items) != 0 || l.Unread != 0 {
		t.Errorf("exempt and asks no more: %+v", l)
	}
}
