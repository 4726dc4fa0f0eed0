package e2e

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// ask sends a request as a browser does and returns the answer's head.
func ask(t *testing.T, s *server, method, path string, headers ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.guest(t).http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	if cerr := resp.Body.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	return resp
}

// granted lists the headers of CORS on an answer.
func granted(r *http.Response) (out []string) {
	for name := range r.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			out = append(out, name)
		}
	}
	return out
}

func variesByOrigin(r *http.Response) bool {
	return slices.ContainsFunc(r.Header.Values("Vary"), func(v string) bool { return strings.Contains(v, "Origin") })
}

// TestCORS lets pages of the origins that were named call the API, and no others.
func TestCORS(t *testing.T) {
	t.Parallel()
	const app, phone = "https://app.example.vn", "capacitor://localhost"
	s := newEnv(t, "sqlite").serve(t, "HANDBOOK_CORS_ORIGINS="+app+", "+phone)
	token := "Bearer " + s.env.signed[member].AccessToken
	for _, path := range []string{"/v1/me", "/v1/documents", "/v1/search?q=a", "/healthz", "/v1/documents/khong-co", "/khong-co"} {
		for _, origin := range []string{app, phone} {
			r := ask(t, s, "GET", path, "Origin", origin, "Authorization", token)
			if r.Header.Get("Access-Control-Allow-Origin") != origin || r.Header.Get("Access-Control-Expose-Headers") != "ETag, Link, Retry-After, X-Request-Id" ||
				r.Header.Get("Access-Control-Allow-Credentials") != "" || !variesByOrigin(r) {
				t.Errorf("GET %s from %s: %v", path, origin, r.Header)
			}
		}
		for _, origin := range []string{"https://app.example.vn.evil.example", "http://app.example.vn", "https://app.example.vn:444", "https://APP.example.vn", "null", "*", ""} {
			r := ask(t, s, "GET", path, "Origin", origin, "Authorization", token)
			if g := granted(r); len(g) > 0 || !variesByOrigin(r) {
				t.Errorf("GET %s from %q: %v, Vary %v", path, origin, g, r.Header.Values("Vary"))
			}
		}
	}
	for _, o := range contractOf(t) {
		r := ask(t, s, "OPTIONS", goodPath(o), "Origin", app, "Access-Control-Request-Method", o.method, "Access-Control-Request-Headers", "authorization,content-type")
		allowed := strings.Split(r.Header.Get("Access-Control-Allow-Methods"), ", ")
		if r.StatusCode != 204 || !slices.Contains(allowed, o.method) || !strings.Contains(r.Header.Get("Access-Control-Allow-Headers"), "Authorization") ||
			r.Header.Get("Access-Control-Allow-Origin") != app || r.Header.Get("Access-Control-Allow-Credentials") != "" || !variesByOrigin(r) {
			t.Errorf("preflight of %s: %d %v", o.id, r.StatusCode, r.Header)
		}
	}
	for name, headers := range map[string][]string{
		"another origin": {"Origin", "https://evil.example", "Access-Control-Request-Method", "GET"},
		"no method":      {"Origin", app},
		"no origin":      {"Access-Control-Request-Method", "GET"},
	} {
		if r := ask(t, s, "OPTIONS", "/v1/me", headers...); r.StatusCode != 405 || r.Header.Get("Access-Control-Allow-Methods") != "" {
			t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
		}
	}
	if r := ask(t, s, "OPTIONS", "/khong-co", "Origin", app, "Access-Control-Request-Method", "GET"); r.StatusCode != 404 {
		t.Errorf("a preflight of nothing: %d", r.StatusCode)
	}
}

// TestNoCORS is the default.
func TestNoCORS(t *testing.T) {
	t.Parallel()
	e := newEnv(t, "sqlite")
	s := e.serve(t)
	r := ask(t, s, "GET", "/healthz", "Origin", "https://app.example.vn")
	if len(granted(r)) > 0 || variesByOrigin(r) {
		t.Errorf("headers: %v", r.Header)
	}
	if r := ask(t, s, "OPTIONS", "/v1/me", "Origin", "https://app.example.vn", "Access-Control-Request-Method", "GET"); r.StatusCode != 405 {
		t.Errorf("preflight: %d", r.StatusCode)
	}
	for _, bad := range []string{"*", "https://*.example.vn", "app.example.vn", "https://app.example.vn/", "https://App.example.vn", "null", "https://a.vn?x", "https://u@a.vn", "https://"} {
		out, err := e.runWith(t, "", []string{"HANDBOOK_CORS_ORIGINS=https://good.example," + bad}, "check-config")
		if err == nil || !strings.Contains(out, "HANDBOOK_CORS_ORIGINS") {
			t.Errorf("%q is taken: %s", bad, out)
		}
	}
}
