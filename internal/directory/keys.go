package directory

import (
	"context"
	"encoding/hex"
	"strings"

	"sotay/internal/secret"
	"sotay/internal/store"
	"sotay/internal/viet"
)

// keys makes the keyed hashes that stand for numbers which are not held.
type keys struct{ secret *secret.Secret }

// citizen returns the key of a citizen id, which must be 12 digits.
func (k keys) citizen(id string) string {
	return hex.EncodeToString(k.secret.Hash(secret.CitizenIDs, []byte(id)))
}

func (k keys) phone(e164 string) string {
	return hex.EncodeToString(k.secret.Hash(secret.Phones, []byte(e164)))
}

// CitizenID reads a citizen id as people write it; ok is false unless it has
// 12 digits.
func CitizenID(s string) (id string, ok bool) {
	id = strings.NewReplacer(" ", "", ".", "", "-", "").Replace(strings.TrimSpace(s))
	if len(id) != 12 {
		return "", false
	}
	for i := range len(id) {
		if id[i] < '0' || id[i] > '9' {
			return "", false
		}
	}
	return id, true
}

// Phone reads a phone number as people write it and returns it in E.164; a
// number without a country is Vietnamese.
func Phone(s string) (e164 string, ok bool) {
	n := strings.NewReplacer(" ", "", ".", "", "-", "", "(", "", ")", "").Replace(strings.TrimSpace(s))
	switch {
	case strings.HasPrefix(n, "+"):
	case strings.HasPrefix(n, "00"):
		n = "+" + n[2:]
	case strings.HasPrefix(n, "0"):
		n = "+84" + n[1:]
	case strings.HasPrefix(n, "84") && len(n) >= 11:
		n = "+" + n
	default:
		return "", false
	}
	if len(n) < 9 || len(n) > 16 {
		return "", false
	}
	for i := 1; i < len(n); i++ {
		if n[i] < '0' || n[i] > '9' {
			return "", false
		}
	}
	return n, true
}

func codeKey(code string) string { return "code/" + viet.Fold(code) }

// MemberByCitizenID finds the member with a citizen id; false when there is
// none.
func (s *Service) MemberByCitizenID(ctx context.Context, citizenID string) (string, bool, error) {
	id, ok := CitizenID(citizenID)
	if !ok {
		return "", false, nil
	}
	page, err := s.members.Find(ctx, store.Query{Index: "citizenKey", Eq: []any{s.keys.citizen(id)}, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return "", false, doing("find by citizen id", err)
	}
	return page.Items[0].ID, true, nil
}

// MembersByPhone lists the members with a phone number, in E.164: families
// share one. At most ten are looked up.
func (s *Service) MembersByPhone(ctx context.Context, e164 string) ([]string, error) {
	n, ok := Phone(e164)
	if !ok {
		return nil, nil
	}
	page, err := s.members.Find(ctx, store.Query{Index: "phoneKey", Eq: []any{s.keys.phone(n)}, Limit: 10})
	var ids []string
	for i := range page.Items {
		ids = append(ids, page.Items[i].ID)
	}
	return ids, doing("find by phone", err)
}
