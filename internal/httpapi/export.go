package httpapi

import (
	"cmp"
	"context"
	"slices"

	"sotay/internal/audit"
	"sotay/internal/caller"
	"sotay/internal/httpapi/contract"
	"sotay/internal/ident"
	"sotay/internal/store"
	"sotay/internal/study"
)

// maxExported bounds the acts of an export.
const maxExported = 1000

// ExportMe implements the contract.
func (s *Server) ExportMe(ctx context.Context, _ contract.ExportMeRequestObject) (contract.ExportMeResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.Directory.Profile(ctx, who.MemberID)
	if err != nil {
		return nil, err
	}
	view := s.Directory.View(p.Member)
	out := contract.ExportMe200JSONResponse{ExportedAt: stamp(s.Now()), Member: s.memberRecord(&view), Bookmarks: []contract.Bookmark{}}
	if out.Account, err = s.accountExport(ctx, who.MemberID); err != nil {
		return nil, err
	}
	marks, err := s.Library.ExportBookmarks(ctx, who.MemberID)
	if err != nil {
		return nil, err
	}
	for _, b := range marks {
		out.Bookmarks = append(out.Bookmarks, contract.Bookmark{DocumentId: b.DocumentID, CreatedAt: stamp(b.CreatedAt)})
	}
	if out.Attempts, err = s.attemptsExport(ctx, who); err != nil {
		return nil, err
	}
	if out.Completions, out.Studied, err = s.studyExport(ctx, who); err != nil {
		return nil, err
	}
	if out.RollChanges, out.Reminders, err = s.rollExport(ctx, who); err != nil {
		return nil, err
	}
	readMarks, err := s.Notify.MyMarks(ctx, who)
	if err != nil {
		return nil, err
	}
	out.NotificationsRead = contract.ExportedReadMarks{UpTo: stampOf(readMarks.UpTo), Ids: readMarks.IDs}
	acts, err := s.actsOf(ctx, who.MemberID)
	out.Acts = auditEntries(acts)
	return out, err
}

// actsOf is what the record holds by and about a member, newest first.
func (s *Server) actsOf(ctx context.Context, memberID string) ([]audit.Entry, error) {
	by, _, _, err := s.Audit.List(ctx, audit.Filter{ActorID: memberID}, store.Position{}, maxExported)
	if err != nil {
		return nil, err
	}
	about, _, _, err := s.Audit.List(ctx, audit.Filter{Target: "member/" + memberID}, store.Position{}, maxExported)
	if err != nil {
		return nil, err
	}
	all := append(by, about...)
	slices.SortFunc(all, func(a, b audit.Entry) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	all = slices.CompactFunc(all, func(a, b audit.Entry) bool { return a.ID == b.ID })
	return all[:min(len(all), maxExported)], nil
}

func (s *Server) attemptsExport(ctx context.Context, who *caller.Caller) ([]contract.ExportedAttempt, error) {
	held, err := s.Quizzes.ExportAttempts(ctx, who)
	out := make([]contract.ExportedAttempt, len(held))
	for i := range held {
		l := &held[i]
		out[i] = contract.ExportedAttempt{Attempt: attemptSummary(l), Answers: make([]contract.AttemptAnswer, len(l.Answers)),
			LateAnswers: make([]contract.AttemptAnswer, len(l.Late))}
		for k := range l.Answers {
			a := &l.Answers[k]
			out[i].Answers[k] = contract.AttemptAnswer{QuestionId: a.Item, Seq: a.Seq, SavedAt: stamp(a.At), Answer: responseOf(&a.Response)}
		}
		for k := range l.Late {
			a := &l.Late[k]
			out[i].LateAnswers[k] = contract.AttemptAnswer{QuestionId: a.Item, Seq: a.Seq, SavedAt: stamp(a.At), Answer: responseOf(&a.Response)}
		}
	}
	return out, err
}

func (s *Server) studyExport(ctx context.Context, who *caller.Caller) ([]contract.CorrectedCompletion, []contract.ExportedStudy, error) {
	done, err := s.Study.MyCompletions(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	completions := make([]contract.CorrectedCompletion, len(done))
	for i := range done {
		completions[i] = correctedCompletion(&done[i])
		completions[i].CertificateCode = optional(ident.PrintCode(done[i].Code))
	}
	held, err := s.Study.ExportEvidence(ctx, who)
	studied := make([]contract.ExportedStudy, len(held))
	for i := range held {
		x := &held[i]
		studied[i] = contract.ExportedStudy{DriveId: optional(x.DriveID), Devices: x.Devices, Sessions: x.Sessions,
			Sections: make([]contract.ExportedSection, len(x.Sections))}
		for k := range x.Sections {
			studied[i].Sections[k] = exportedSection(&x.Sections[k])
		}
	}
	return completions, studied, err
}

func (s *Server) rollExport(ctx context.Context, who *caller.Caller) ([]contract.RollChange, []contract.ExportedReminder, error) {
	acts, err := s.Study.ExportRolls(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	told, err := s.Study.RemindersOf(ctx, who.MemberID)
	reminders := make([]contract.ExportedReminder, len(told))
	for i := range told {
		reminders[i] = contract.ExportedReminder{DriveId: told[i].DriveID, RemindedAt: stamp(told[i].At)}
	}
	return rollChanges(acts), reminders, err
}

func exportedSection(x *study.ExportedSection) contract.ExportedSection {
	out := contract.ExportedSection{Version: x.Version, SectionId: optional(x.SectionID), Sessions: x.Sessions, ClaimedMillis: x.Claimed.Milliseconds(),
		BelievedMillis: x.Believed.Milliseconds(), FirstAt: stamp(x.First), LastAt: stamp(x.Last), EndReachedAt: stampOf(x.EndAt)}
	if x.Kind == "material" {
		out.MaterialId = &x.ID
	} else {
		out.DocumentId = &x.ID
	}
	if played := x.Played.Milliseconds(); played > 0 {
		out.PlayedMillis = &played
	}
	return out
}

func (s *Server) accountExport(ctx context.Context, memberID string) (contract.AccountExport, error) {
	x, err := s.Account.ExportAccount(ctx, memberID)
	out := contract.AccountExport{Username: x.Username, HasPassword: x.HasPassword}
	if x.Consent != nil {
		out.Consent = &contract.Consent{Version: x.Consent.Version, At: stamp(x.Consent.At)}
	}
	if c := x.Code; c != nil {
		out.ActivationCode = &contract.ExportedCode{ExpiresAt: stamp(c.ExpiresAt), IssuedAt: stamp(c.IssuedAt), Used: c.Used}
	}
	out.Sessions = make([]contract.ExportedSession, len(x.Sessions))
	for k, v := range x.Sessions {
		out.Sessions[k] = contract.ExportedSession{DeviceName: v.DeviceName, Platform: v.Platform, CreatedAt: stamp(v.CreatedAt), LastSeenAt: stamp(v.LastSeenAt),
			PushTarget: exportedPushTarget(v.PushTarget)}
	}
	return out, err
}
