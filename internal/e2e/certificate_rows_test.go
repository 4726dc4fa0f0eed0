package e2e

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"sotay/internal/httpapi/contract"
)

// certificateRows are the rows of certificates: of a completion that nobody of
// the table corrects, of a member who is none of the roles.
func certificateRows() map[string]rule {
	theirs := signedIn(404)
	theirs[secretary] = 200
	of := func(what string) func(*testing.T, *cast, string) call {
		return func(t *testing.T, w *cast, _ string) call {
			return call{path: "/v1/completions/" + w.certified(t) + what}
		}
	}
	return map[string]rule{
		"getCertificate": {of("/certificate.pdf"), theirs},
		"getCredential":  {of("/credential"), theirs},
		"verifyCertificate": {func(t *testing.T, w *cast, _ string) call {
			return call{path: "/v1/verify/" + codeOf(t, w.as(t, secretary), w.certified(t))}
		}, everybody(200)},
	}
}

// certified is a completion of its own in the table's drive.
func (w *cast) certified(t *testing.T) string {
	t.Helper()
	a := w.as(t, secretary).do(t, "POST", "/v1/drives/"+w.sampleDrive+"/completions", onBehalf("m08"))
	if a.status != 200 {
		a.want(t, 201)
	}
	return parse[contract.RecordedCompletion](t, a).Id
}

// codeOf reads the code of a certificate out of its credential.
func codeOf(t *testing.T, c *client, completion string) string {
	t.Helper()
	jwt := get[contract.Credential](t, c, "/v1/completions/"+completion+"/credential").Credential
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(jwt, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ CredentialSubject struct{ Code string } }
	if err := json.Unmarshal(payload, &p); err != nil || p.CredentialSubject.Code == "" {
		t.Fatalf("no code in %s: %v", payload, err)
	}
	return p.CredentialSubject.Code
}
