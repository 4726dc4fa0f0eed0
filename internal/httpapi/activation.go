package httpapi

import (
	"bytes"
	"context"
	"io"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/account"
	"sotay/internal/caller"
	"sotay/internal/httpapi/contract"
)

// Activate implements the contract.
func (s *Server) Activate(ctx context.Context, r contract.ActivateRequestObject) (contract.ActivateResponseObject, error) {
	t, err := s.Account.Activate(ctx, account.ActivateInput{Username: r.Body.Username, Code: r.Body.ActivationCode,
		NewPassword: r.Body.NewPassword, Notice: text(r.Body.PrivacyNotice), Addr: s.clientAddr(ctx), Device: deviceOf(r.Body.Device)})
	signed, err := s.signedInAs(ctx, t, err)
	return contract.Activate200JSONResponse(signed), err
}

// GetPrivacyNotice implements the contract.
func (s *Server) GetPrivacyNotice(context.Context, contract.GetPrivacyNoticeRequestObject) (contract.GetPrivacyNoticeResponseObject, error) {
	n := account.PrivacyNotice()
	return contract.GetPrivacyNotice200JSONResponse{Version: n.Version, Format: contract.Markdown, Vi: n.VI, En: n.EN}, nil
}

// IssueActivationCode implements the contract.
func (s *Server) IssueActivationCode(ctx context.Context, r contract.IssueActivationCodeRequestObject) (contract.IssueActivationCodeResponseObject, error) {
	code, err := s.issueCode(ctx, caller.Secretary, r.Id)
	return contract.IssueActivationCode201JSONResponse(code), err
}

// IssueActivationCodeAsAdmin implements the contract.
func (s *Server) IssueActivationCodeAsAdmin(ctx context.Context, r contract.IssueActivationCodeAsAdminRequestObject) (contract.IssueActivationCodeAsAdminResponseObject, error) {
	code, err := s.issueCode(ctx, caller.Admin, r.Id)
	return contract.IssueActivationCodeAsAdmin201JSONResponse(code), err
}

func (s *Server) issueCode(ctx context.Context, as caller.RoleName, memberID string) (contract.ActivationCode, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return contract.ActivationCode{}, err
	}
	c, err := s.Account.IssueCode(ctx, who, as, memberID)
	return contract.ActivationCode{MemberId: memberID, Username: c.Username, ActivationCode: c.Code, ExpiresAt: stamp(c.ExpiresAt)}, err
}

// EndMemberSessions implements the contract.
func (s *Server) EndMemberSessions(ctx context.Context, r contract.EndMemberSessionsRequestObject) (contract.EndMemberSessionsResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return contract.EndMemberSessions204Response{}, s.Account.EndSessionsOf(ctx, who, r.Id)
}

// Sheets prints slips of activation codes as PDF.
type Sheets interface {
	Write(w io.Writer, slips []account.Slip) error
}

// PrintActivationSheet implements the contract.
func (s *Server) PrintActivationSheet(ctx context.Context, r contract.PrintActivationSheetRequestObject) (contract.PrintActivationSheetResponseObject, error) {
	who, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	slips, err := s.Account.Sheet(ctx, who, r.Id, text(r.Params.All) == "true")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.Sheets.Write(&b, slips); err != nil {
		return nil, err
	}
	return activationSheet(b.Bytes()), nil
}

// activationSheet is a PDF that nobody may keep on the way: it holds codes.
type activationSheet []byte

// VisitPrintActivationSheetResponse implements the contract.
func (r activationSheet) VisitPrintActivationSheetResponse(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="ma-kich-hoat.pdf"`)
	c.Response().SetBodyRaw(r)
	return nil
}
