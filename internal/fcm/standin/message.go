package standin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
)

// The limits that FCM documents.
const (
	maxPayload  = 4096
	maxTTL      = 28 * 24 * time.Hour
	maxCollapse = 64
)

// request is what may stand in a request; FCM refuses what it does not know.
type request struct {
	ValidateOnly bool    `json:"validate_only"`
	Message      message `json:"message"`
}

type message struct {
	Token        string            `json:"token"`
	Data         map[string]string `json:"data"`
	Notification *notification     `json:"notification"`
	Android      *struct {
		CollapseKey  string `json:"collapse_key"`
		Priority     string `json:"priority"`
		TTL          string `json:"ttl"`
		Notification *struct {
			notification
			Tag string `json:"tag"`
		} `json:"notification"`
	} `json:"android"`
	APNS *struct {
		Headers map[string]string `json:"headers"`
		Payload map[string]any    `json:"payload"`
	} `json:"apns"`
}

type notification struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

// reserved are keys that FCM does not take in data.
var reserved = []string{"from", "message_type", "notification"}

func parse(body []byte) (request, error) {
	var r request
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return r, errors.New("more than one value")
	}
	return r, nil
}

// fault tells what FCM would refuse in a message, "" for nothing.
func (m *message) fault() string {
	size := 0
	for k, v := range m.Data {
		size += len(k) + len(v)
		if slices.Contains(reserved, k) || strings.HasPrefix(k, "google") || strings.HasPrefix(k, "gcm") {
			return "a reserved key in data"
		}
	}
	if m.Notification != nil {
		size += len(m.Notification.Title) + len(m.Notification.Body)
	}
	switch {
	case m.Token == "":
		return "no token"
	case size > maxPayload:
		return "the payload is too long"
	}
	return m.androidFault() + m.appleFault()
}

func (m *message) androidFault() string {
	a := m.Android
	if a == nil {
		return ""
	}
	if a.TTL != "" {
		ttl, err := time.ParseDuration(a.TTL)
		if err != nil || !strings.HasSuffix(a.TTL, "s") || ttl < 0 || ttl > maxTTL {
			return "android.ttl"
		}
	}
	if !slices.Contains([]string{"", "normal", "high", "NORMAL", "HIGH"}, a.Priority) {
		return "android.priority"
	}
	return ""
}

func (m *message) appleFault() string {
	if m.APNS == nil {
		return ""
	}
	priority := m.APNS.Headers["apns-priority"]
	switch {
	case len(m.APNS.Headers["apns-collapse-id"]) > maxCollapse:
		return "apns-collapse-id"
	case !slices.Contains([]string{"", "1", "5", "10"}, priority):
		return "apns-priority"
	case m.Notification == nil && priority == "10":
		return "data alone at priority 10"
	}
	return ""
}
