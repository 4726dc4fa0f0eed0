package fcm

import (
	"strconv"
	"time"

	"firebase.google.com/go/v4/messaging"

	"sotay/internal/push"
)

// compose makes the SDK's messages for those targets that can be addressed, and
// gives the others their outcomes. What is the same for all is made once.
//
// Version 4.19 of the SDK has no field for an installation id: it wants exactly
// one of token, topic and condition. Such targets are kept for a version that
// has one.
func compose(m *push.Message, targets []push.Target, out []push.Outcome, now time.Time) []*messaging.Message {
	var (
		show    = &messaging.Notification{Title: push.Title, Body: push.Body}
		data    = payload(m)
		android = forAndroid(m)
		apple   = forApple(m, now)
	)
	messages := make([]*messaging.Message, 0, len(targets))
	for i, t := range targets {
		switch {
		case t.Kind != push.Token:
			out[i] = push.Outcome{Class: push.Unsupported, Code: "target_kind"}
			continue
		case t.Address == "": // the SDK would refuse the whole page for it
			out[i] = push.Outcome{Class: push.Invalid, Code: "empty_address"}
			continue
		}
		one := &messaging.Message{Token: t.Address, Notification: show, Data: data}
		if t.Platform != push.IOS {
			one.Android = android
		}
		if t.Platform != push.Android {
			one.APNS = apple
		}
		messages = append(messages, one)
	}
	return messages
}

// payload is what the app reads.
func payload(m *push.Message) map[string]string {
	data := map[string]string{"notificationId": m.NotificationID, "kind": m.Kind}
	if m.DocumentID != "" {
		data["documentId"] = m.DocumentID
		data["version"] = strconv.FormatInt(m.Version, 10)
	}
	return data
}

// forAndroid: the collapse key replaces what still waits at FCM, the tag what is
// already shown.
func forAndroid(m *push.Message) *messaging.AndroidConfig {
	priority := "normal"
	if m.High {
		priority = "high"
	}
	return &messaging.AndroidConfig{CollapseKey: m.Collapse, Priority: priority, TTL: &m.TTL,
		Notification: &messaging.AndroidNotification{Tag: m.Collapse}}
}

func forApple(m *push.Message, now time.Time) *messaging.APNSConfig {
	priority := "5"
	if m.High {
		priority = "10"
	}
	return &messaging.APNSConfig{Headers: map[string]string{
		"apns-push-type":   "alert",
		"apns-priority":    priority,
		"apns-collapse-id": m.Collapse,
		"apns-expiration":  strconv.FormatInt(now.Add(m.TTL).Unix(), 10),
	}}
}
