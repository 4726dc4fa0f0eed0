package standin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// maxBody bounds a request: FCM's largest message with room around it.
const maxBody = 64 << 10

// Options configure the stand-in.
type Options struct {
	// Project is the only one there is, "" for any.
	Project string
	// Bearer is the access token without which nobody is served, "" for none.
	Bearer string
	// Latency is how long every answer takes.
	Latency time.Duration
	// Otherwise answers the nth request (from 1) to a token whose script has come
	// to its end; nil delivers all. It may be called by many at once.
	Otherwise func(token string, nth int) Answer
	// Now dates what is delivered; nil is the machine's clock.
	Now func() time.Time
}

// Server is the stand-in, an http.Handler. It may be used by many at once.
type Server struct {
	o     Options
	mux   *http.ServeMux
	names atomic.Int64

	mu      sync.Mutex
	latency time.Duration
	scripts map[string][]Answer
	always  map[string]Answer
	ledger  ledger
}

// New returns a stand-in that has seen nothing yet.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{o: o, mux: http.NewServeMux(), latency: o.Latency, scripts: map[string][]Answer{}, always: map[string]Answer{}, ledger: newLedger()}
	s.mux.HandleFunc("POST /v1/projects/{project}/messages:send", s.send)
	return s
}

// Script has the next requests to a token answered so, one after the other.
func (s *Server) Script(token string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[token] = append(s.scripts[token], answers...)
}

// Always has all requests to a token answered so, after its script.
func (s *Server) Always(token string, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always[token] = a
}

// SetLatency sets how long every answer takes from now on.
func (s *Server) SetLatency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	switch {
	case err != nil:
		s.refuse(w, http.StatusBadRequest, "", "the body")
		return
	case s.o.Bearer != "" && r.Header.Get("Authorization") != "Bearer "+s.o.Bearer:
		s.refuse(w, http.StatusUnauthorized, "", "no valid access token")
		return
	case s.o.Project != "" && r.PathValue("project") != s.o.Project:
		s.refuse(w, http.StatusForbidden, "", "another project")
		return
	}
	q, err := parse(body)
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "", err.Error())
		return
	}
	if fault := q.Message.fault(); fault != "" {
		s.refuse(w, http.StatusBadRequest, "INVALID_ARGUMENT", fault)
		return
	}
	a, latency := s.take(&q, body)
	if !stand(r, a, latency) {
		return
	}
	s.answer(w, r, a)
}

// take counts a request, delivers what is to be delivered, and tells what to
// answer and after how long.
func (s *Server) take(q *request, body []byte) (Answer, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := q.Message.Token
	s.ledger.counts.Requests++
	s.ledger.requests[token]++
	a := s.next(token)
	switch {
	case q.ValidateOnly:
		s.ledger.counts.Validated++
	case a.deliver:
		s.ledger.deliver(&q.Message, inner(body), s.o.Now())
	}
	return a, s.latency + a.wait
}

func (s *Server) next(token string) Answer {
	if script := s.scripts[token]; len(script) > 0 {
		s.scripts[token] = script[1:]
		return script[0]
	}
	if a, ok := s.always[token]; ok {
		return a
	}
	if s.o.Otherwise != nil {
		return s.o.Otherwise(token, s.ledger.requests[token])
	}
	return OK()
}

// inner is the message within its envelope.
func inner(body []byte) json.RawMessage {
	var envelope struct {
		Message json.RawMessage `json:"message"`
	}
	_ = json.Unmarshal(body, &envelope) // it was parsed before
	return envelope.Message
}

// stand waits as an answer says; false when the client has gone.
func stand(r *http.Request, a Answer, wait time.Duration) bool {
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return false
		}
	}
	if a.gate == nil {
		return true
	}
	a.gate.enter()
	select {
	case <-a.gate.open:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, a Answer) {
	if a.cut == atOnce {
		panic(http.ErrAbortHandler) // net/http's way to end a connection
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	switch {
	case a.body != "":
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	case a.status == http.StatusOK:
		name := fmt.Sprintf("projects/%s/messages/0:%d", r.PathValue("project"), s.names.Add(1))
		write(w, a.status, map[string]string{"name": name}, a.cut)
	case a.code == "":
		http.Error(w, http.StatusText(a.status), a.status)
	default:
		write(w, a.status, failure(a.status, a.code, "the stand-in was told to say so"), whole)
	}
}

func (s *Server) refuse(w http.ResponseWriter, status int, code, why string) {
	s.mu.Lock()
	s.ledger.counts.Refused++
	s.mu.Unlock()
	write(w, status, failure(status, code, why), whole)
}
