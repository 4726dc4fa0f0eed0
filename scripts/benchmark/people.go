package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"sotay/internal/ident"
)

// loginClients sign in at one time: enough to keep a hash running always.
const loginClients = 4

// logins compares signing in with the bare password hash. Each client has
// members of its own, and nobody fails, so that no throttle holds.
func (m *measuring) logins(ctx context.Context) error {
	s, err := m.serve(ctx, "login", m.store("small"))
	if err != nil {
		return err
	}
	w, err := m.worker("hash", "hash")
	if err != nil {
		return err
	}
	var turn atomic.Int64
	product := func(context.Context) (sample, error) {
		w.pause()
		defer w.resume()
		clients, err := dialMany(s.addr, loginClients)
		if err != nil {
			return sample{}, err
		}
		defer closeAll(clients)
		var a answer
		before := s.cpu()
		others, err := watched(s.process, func() (err error) {
			a, err = fromSome(loginClients, m.span, func(k int) error {
				who := s.have.Members[int(turn.Add(1))%len(s.have.Members)]
				return signIn(clients[k], &who)
			})
			return err
		})
		return a.sample(s.cpu()-before, others), err
	}
	floor := func(ctx context.Context) (sample, error) {
		s.pause()
		defer s.resume()
		return w.order(ctx, m.span)
	}
	for _, warm := range []func(context.Context) (sample, error){product, floor} {
		if _, err := warm(ctx); err != nil {
			return err
		}
	}
	got, err := m.compare(ctx, product, floor)
	if err != nil {
		return err
	}
	got.report("signin_vs_argon2", "sign-ins", 0.95)
	w.stop()
	return m.storm(ctx, s)
}

func signIn(c *client, who *member) error {
	body := fmt.Sprintf(`{"username":%q,"password":%q,"device":{"installationId":"bench-%s","name":"bench","platform":"other"}}`,
		who.Username, password, ident.New())
	status, answer, err := c.do(http.MethodPost, "/v1/auth/login", "", "", body)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("sign in: %d %s", status, answer)
	}
	return err
}

// starts measures how soon a server with many documents answers and what it
// holds, and how fast it finds.
func (m *measuring) starts(ctx context.Context) error {
	var took []time.Duration
	var s *server
	for range 3 {
		if s != nil {
			s.stop()
		}
		var err error
		if s, err = m.serve(ctx, "start", m.store("large")); err != nil {
			return err
		}
		took = append(took, s.started)
	}
	documents := len(s.have.Documents)
	seen("start_seconds", median(took).Seconds())
	calm(ctx, 2*time.Second)
	seen("start_documents_rss_mb", s.rss())
	note("start: %d documents of 60 KB, from the start of the process to the first answer, on one core", documents)
	return m.searches(ctx, s)
}

// searchRate is how many searches come in a second, whatever became of those
// before: an open loop.
const searchRate = 40

// searches measures search at a steady rate.
func (m *measuring) searches(ctx context.Context, s *server) error {
	const seconds = 10
	clients, err := dialMany(s.addr, 16)
	if err != nil {
		return err
	}
	free := make(chan *client, len(clients))
	for _, c := range clients {
		free <- c
	}
	w := newWriter(42)
	type result struct {
		took time.Duration
		hits int
		err  error
	}
	const total = searchRate * seconds
	results := make(chan result, total)
	begin := time.Now()
	for i := range total {
		due := begin.Add(time.Duration(i) * time.Second / searchRate)
		calm(ctx, time.Until(due))
		query := w.query()
		go func() {
			c := <-free
			defer func() { free <- c }()
			var page struct {
				Hits []struct{} `json:"hits"`
			}
			err := c.get("/v1/search?limit=20&q="+escape(query), s.have.Members[0].Token, &page)
			results <- result{time.Since(due), len(page.Hits), err}
		}()
	}
	var all []time.Duration
	empty := 0
	for range total {
		r := <-results
		if r.err != nil {
			return r.err
		}
		if r.hits == 0 {
			empty++
		}
		all = append(all, r.took)
	}
	seen("search_p50_ms", ms(quantile(all, 0.50)))
	seen("search_p99_ms", ms(quantile(all, 0.99)))
	note("search: %d queries of 2 to 3 words at %d a second, %d without a hit", total, searchRate, empty)
	seen("rss_mb", s.rss())
	return nil
}
