package account

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"sotay/internal/effect"
	"sotay/internal/fault"
)

// NoticeVersion is the privacy notice that is agreed to now: the day of its
// text.
const NoticeVersion = "2026-11-29"

//go:embed notice.vi.md
var noticeVI string

//go:embed notice.en.md
var noticeEN string

// Notice is the privacy notice, in Markdown.
type Notice struct{ Version, VI, EN string }

// PrivacyNotice returns the notice that is agreed to now.
func PrivacyNotice() Notice { return Notice{NoticeVersion, noticeVI, noticeEN} }

// ConsentRequired answers who has not agreed to the privacy notice as it is
// now.
var ConsentRequired = fault.New(fault.Unsuited, "consent_required",
	"Bạn cần đọc và đồng ý với thông báo về dữ liệu cá nhân trước khi bắt đầu.",
	"You need to read the privacy notice and agree to it before you begin.").
	At("/privacyNotice", "required", "Hãy nêu phiên bản thông báo mà bạn đồng ý: "+NoticeVersion+".",
		"Name the version of the notice that you agree to: "+NoticeVersion+".")

func checkNotice(version string) error {
	if version != NoticeVersion {
		return ConsentRequired
	}
	return nil
}

// Consents keeps who agreed to which privacy notice. RecordConsent may run
// twice.
type Consents interface {
	RecordConsent(ctx context.Context, memberID, version string, at time.Time) error
}

// consent is the agreement to a privacy notice.
type consent struct {
	Version string    `bson:"version"`
	At      time.Time `bson:"at"`
}

// agree notes the consent in the write at hand, from where the directory gets
// it as an effect.
func (s *Service) agree(t *credential, version string, now time.Time) {
	t.Consent = &consent{Version: version, At: now}
	if s.consents != nil {
		t.Add(now, fxConsent, map[string]string{"version": version, "at": now.UTC().Format(time.RFC3339Nano)})
	}
}

func (s *Service) performConsent(ctx context.Context, row credential, e effect.Effect) error {
	at, err := time.Parse(time.RFC3339Nano, e.Args["at"])
	if err != nil {
		return fmt.Errorf("time of a consent: %w", err)
	}
	if s.consents == nil { // a replica that is older than the one that wrote it
		return fmt.Errorf("no room for consents")
	}
	return s.consents.RecordConsent(ctx, row.ID, e.Args["version"], at)
}
