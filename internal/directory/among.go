package directory

import (
	"context"
	"math"

	"sotay/internal/caller"
)

// EachIn calls fn for everybody who counts in an organisation, or below it,
// today, in the order of names.
func (s *Service) EachIn(orgID string, fn func(*caller.Identity)) {
	t := s.Tree()
	for _, r := range s.roll.members(s.table, t, orgID, place{}, math.MaxInt, counts(t)) {
		fn(r.identity(t))
	}
}

// atOnce bounds the documents of one look-up.
const atOnce = 500

// WantInformation tells which of some members have asked to be informed.
func (s *Service) WantInformation(ctx context.Context, memberIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	for len(memberIDs) > 0 {
		n := min(len(memberIDs), atOnce)
		found, err := s.members.GetMany(ctx, memberIDs[:n])
		if err != nil {
			return nil, doing("read members", err)
		}
		for id := range found {
			m := found[id]
			out[id] = m.WantsInformation
		}
		memberIDs = memberIDs[n:]
	}
	return out, nil
}

// EnterpriseNames returns the names of enterprises, by id.
func (s *Service) EnterpriseNames(ctx context.Context, ids []string) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), atOnce)
		found, err := s.enterprises.GetMany(ctx, ids[:n])
		if err != nil {
			return nil, doing("read enterprises", err)
		}
		for id := range found {
			e := found[id]
			out[id] = e.Name
		}
		ids = ids[n:]
	}
	return out, nil
}
