package httpapi

import (
	"context"
	"fmt"
	"time"

	"sotay/internal/fault"
	"sotay/internal/httpapi/contract"
	"sotay/internal/quiz"
)

// GetQuizOverrides implements the contract.
func (s *Server) GetQuizOverrides(ctx context.Context, r contract.GetQuizOverridesRequestObject) (contract.GetQuizOverridesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	o, err := s.Quizzes.EditorOverrides(ctx, who, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetQuizOverrides200JSONResponse{QuizOverridesJSONResponse: overridesOf(&o)}, nil
}

// SetQuizOverrides implements the contract.
func (s *Server) SetQuizOverrides(ctx context.Context, r contract.SetQuizOverridesRequestObject) (contract.SetQuizOverridesResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	rev, err := revision(&r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	rows, err := overrideInput(r.Body.Items)
	if err != nil {
		return nil, err
	}
	o, err := s.Quizzes.SetOverrides(ctx, who, r.Id, rev, rows)
	if err != nil {
		return nil, err
	}
	return contract.SetQuizOverrides200JSONResponse{QuizOverridesJSONResponse: overridesOf(&o)}, nil
}

func overrideInput(list []contract.QuizOverride) ([]quiz.Override, error) {
	f := fault.BadInput
	out := make([]quiz.Override, len(list))
	for i := range list {
		b := &list[i]
		at := fmt.Sprintf("/items/%d", i)
		o := quiz.Override{MemberID: text(b.MemberId), OrgID: text(b.OrgId), EnterpriseID: text(b.EnterpriseId),
			TimeLimitSeconds: b.TimeLimitSeconds, Attempts: b.Attempts}
		if b.Tag != nil {
			o.Tag = string(*b.Tag)
		}
		if b.Status != nil {
			o.Status = string(*b.Status)
		}
		o.OpensAt, f = bound(f, at+"/opensAt", b.OpensAt)
		o.ClosesAt, f = bound(f, at+"/closesAt", b.ClosesAt)
		out[i] = o
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return out, nil
}

// bound is an instant that says that there is no bound when it is empty, and
// nothing when it is absent.
func bound(f *fault.Fault, pointer string, s *string) (*time.Time, *fault.Fault) {
	if s == nil {
		return nil, f
	}
	t, f := instant(f, pointer, s)
	return &t, f
}

func overridesOf(o *quiz.Overrides) contract.QuizOverridesJSONResponse {
	tag := revisionTag(o.Revision)
	out := contract.QuizOverrides{Revision: o.Revision, Items: make([]contract.QuizOverride, len(o.Rows))}
	for i := range o.Rows {
		r := &o.Rows[i]
		b := contract.QuizOverride{MemberId: optional(r.MemberID), OrgId: optional(r.OrgID), EnterpriseId: optional(r.EnterpriseID),
			OpensAt: boundOf(r.OpensAt), ClosesAt: boundOf(r.ClosesAt), TimeLimitSeconds: r.TimeLimitSeconds, Attempts: r.Attempts}
		if r.Tag != "" {
			t := contract.MemberTag(r.Tag)
			b.Tag = &t
		}
		if r.Status != "" {
			st := contract.MemberStatus(r.Status)
			b.Status = &st
		}
		out.Items[i] = b
	}
	return contract.QuizOverridesJSONResponse{Body: out, Headers: contract.QuizOverridesResponseHeaders{ETag: &tag}}
}

// boundOf writes what bound reads.
func boundOf(t *time.Time) *string {
	if t == nil {
		return nil
	}
	if t.IsZero() {
		none := ""
		return &none
	}
	return stampOf(*t)
}
