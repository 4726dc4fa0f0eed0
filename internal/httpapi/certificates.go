package httpapi

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"sotay/internal/httpapi/contract"
	"sotay/internal/study"
)

// Certificates prints certificates as PDF. check is what leads to
// verifyCertificate, credential what getCredential answers.
type Certificates interface {
	Write(w io.Writer, c *study.Certificate, check, credential string) error
}

// GetCertificate implements the contract.
func (s *Server) GetCertificate(ctx context.Context, r contract.GetCertificateRequestObject) (contract.GetCertificateResponseObject, error) {
	c, signed, err := s.certificate(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	// It names a member, so that it is made anew each time.
	done, err := s.papers.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var b bytes.Buffer
	if err := s.Certificates.Write(&b, &c, s.checkLink(c.Code), signed); err != nil {
		return nil, err
	}
	return certificatePaper(b.Bytes()), nil
}

// certificatePaper is a PDF that names a member: nobody may keep it on the way.
type certificatePaper []byte

// VisitGetCertificateResponse implements the contract.
func (r certificatePaper) VisitGetCertificateResponse(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="giay-chung-nhan.pdf"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Response().SetBodyRaw(r)
	return nil
}

// GetCredential implements the contract.
func (s *Server) GetCredential(ctx context.Context, r contract.GetCredentialRequestObject) (contract.GetCredentialResponseObject, error) {
	_, signed, err := s.certificate(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	return contract.GetCredential200JSONResponse{Format: contract.VcJwt, Credential: signed}, nil
}

// certificate returns what certifies a completion, and that as a credential.
func (s *Server) certificate(ctx context.Context, id string) (c study.Certificate, signed string, err error) {
	who, err := signedIn(ctx)
	if err != nil {
		return c, "", err
	}
	if c, err = s.Study.Certificate(ctx, who, id); err != nil {
		return c, "", err
	}
	signed, err = s.Account.SignCredential(s.credential(&c))
	return c, signed, err
}

// The words of a credential that the W3C's context does not define are ours.
const (
	credentialContext = "https://www.w3.org/ns/credentials/v2"
	credentialTerms   = "urn:sotay:terms#"
)

// maxCredentialTitle is how many characters of a title a credential has: old
// phones read its QR code from paper. The check on the web shows the whole.
const maxCredentialTitle = 200

// shortened cuts a text that has more characters than a limit.
func shortened(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	return strings.TrimSpace(string(r[:limit-1])) + "…"
}

// credential is a certificate in the data model of W3C Verifiable Credentials
// 2.0. As a JWT it is the whole payload; iat is when it was signed, which is as
// of when it stood.
func (s *Server) credential(c *study.Certificate) map[string]any {
	issuer := s.publicURL()
	if issuer == "" {
		issuer = s.Account.CredentialIssuer()
	}
	return map[string]any{
		"@context":  []any{credentialContext, map[string]string{"@vocab": credentialTerms}},
		"type":      []string{"VerifiableCredential", "StudyCompletion"},
		"id":        s.checkLink(c.Code),
		"issuer":    issuer,
		"validFrom": c.RecordedAt.UTC().Format(time.RFC3339),
		"iat":       s.Now().Unix(),
		"credentialSubject": map[string]string{"name": c.Name, "title": shortened(c.Title, maxCredentialTitle), "completedOn": c.On,
			"basis": string(c.Basis), "code": c.Code},
	}
}

// appCheck leads to the check of a certificate within the app.
const appCheck = "sotay:verify/"

// checkLink leads to the check of a certificate: on the web when the server has
// an address there.
func (s *Server) checkLink(code string) string {
	code = strings.ToLower(strings.ReplaceAll(code, "-", ""))
	if base := s.publicURL(); base != "" {
		return base + "/v1/verify/" + code
	}
	return appCheck + code
}

func (s *Server) publicURL() string { return strings.TrimRight(s.PublicURL, "/") }

// VerifyCertificate implements the contract.
func (s *Server) VerifyCertificate(ctx context.Context, r contract.VerifyCertificateRequestObject) (contract.VerifyCertificateResponseObject, error) {
	x, err := s.Study.Verify(ctx, r.Code)
	if err != nil {
		return nil, err
	}
	return contract.VerifyCertificate200JSONResponse{Code: x.Code, State: contract.CertificateState(x.State), MaskedName: x.MaskedName, Title: x.Title,
		CompletedOn: optional(x.On), RecordedAt: stamp(x.RecordedAt), ChangedAt: stampOf(x.ChangedAt)}, nil
}
