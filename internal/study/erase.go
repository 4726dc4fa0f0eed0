package study

import (
	"context"
	"fmt"

	"sotay/internal/store"
)

// forget takes out what a completion says of the member, and voids its code. It
// tells whether there was anything.
func (c *Completion) forget() bool {
	before := c.Reason + c.Code
	c.Reason, c.Code = "", c.ID
	changed := before != c.Code
	for i := range c.Corrections {
		x := &c.Corrections[i]
		changed = changed || x.Reason != ""
		x.Reason = ""
	}
	return changed
}

// Erase takes a member's evidence out, and what was said of them, and voids
// their certificates. What was counted stays counted: rows and completions hold
// an id that names nobody any more. May run twice.
func (s *Service) Erase(ctx context.Context, memberID string) error {
	err := s.records.All(ctx, store.Query{Index: "member", Eq: []any{memberID}}, func(e Evidence) error {
		// What it has shown and nothing has counted yet is counted first.
		e, err := s.recordFx.Perform(ctx, e.ID, e)
		if err != nil {
			return err
		}
		return s.records.DeleteIf(ctx, e.ID, e.Rev)
	})
	var held []string
	if err == nil {
		err = s.completions.All(ctx, store.Query{Index: "member", Eq: []any{memberID}}, func(c Completion) error {
			held = append(held, c.ID)
			return nil
		})
	}
	for _, id := range held {
		if err == nil {
			_, err = s.completions.Update(ctx, id, func(c *Completion) error {
				if !c.forget() {
					return store.ErrUnchanged
				}
				return nil
			})
		}
	}
	if err == nil {
		err = s.forgetRollActs(ctx, memberID)
	}
	if err != nil {
		return fmt.Errorf("erase study of %s: %w", memberID, err)
	}
	return nil
}
