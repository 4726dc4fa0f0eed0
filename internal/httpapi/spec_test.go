package httpapi

import (
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"sotay/internal/docno"
	"sotay/internal/httpapi/contract"
)

func readContract(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// register builds the routes on a contract and returns what New would answer.
func register(t *testing.T, text string) error {
	t.Helper()
	ops, err := loadSpec([]byte(text))
	if err != nil {
		return err
	}
	s := &Server{ops: ops, metrics: newMetrics(prometheus.NewRegistry())}
	r := &router{Router: fiber.New(), server: s, seen: map[string]bool{}}
	contract.RegisterHandlersWithOptions(r, contract.NewStrictHandler(s, nil), contract.FiberServerOptions{})
	return r.check()
}

func TestContractAndRoutesAgree(t *testing.T) {
	t.Parallel()
	whole := readContract(t)
	if err := register(t, whole); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"an operation without a route": {"  /healthz:\n", "  /healthy:\n", "GET /healthy has no route"},
		"a route without an operation": {"  /healthz:\n", "  /healthy:\n", "GET /healthz has no operation"},
		"another method":               {"    put:\n      operationId: putBookmark", "    post:\n      operationId: putBookmark", "PUT /v1/me/bookmarks/:documentId has no operation"},
		"nobody named":                 {"      x-access: member\n", "", "x-access is missing"},
		"an unknown role":              {"x-access: [approver]", "x-access: [king]", "unknown role"},
		"a misspelt access":            {"x-access: guest", "x-access: guests", `"guests" is not known`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(whole, c.old, c.new, 1)
			if changed == whole {
				t.Fatal("the contract no longer has what this test changes")
			}
			err := register(t, changed)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// The types of documents are one list, here and in the contract.
func TestDocumentTypes(t *testing.T) {
	t.Parallel()
	text := readContract(t)
	_, rest, _ := strings.Cut(text, "    DocumentType:\n      type: string\n      enum: [")
	list, _, _ := strings.Cut(rest, "]")
	var ours []string
	for _, x := range docno.Types() {
		ours = append(ours, x.ID)
	}
	if got := strings.Join(ours, ", "); got != list {
		t.Errorf("the contract has %s\nthe code %s", list, got)
	}
}

// countingConn counts how often deadlines are really moved.
type countingConn struct {
	net.Conn
	moved int
	last  time.Time
}

func (c *countingConn) SetReadDeadline(t time.Time) error { c.moved++; c.last = t; return nil }

func TestDeadlinesMoveSeldom(t *testing.T) {
	t.Parallel()
	inner := &countingConn{}
	c := &lazyConn{Conn: inner}
	start := time.Now()
	for i := range 1000 {
		asked := start.Add(time.Duration(i) * 10 * time.Millisecond)
		if err := c.SetReadDeadline(asked); err != nil {
			t.Fatal(err)
		}
		if lag := asked.Sub(inner.last); lag < 0 || lag >= slack {
			t.Fatalf("the deadline lags by %s", lag)
		}
	}
	if inner.moved > 11 {
		t.Errorf("moved %d times in ten seconds", inner.moved)
	}
	for _, asked := range []time.Time{start, {}, start.Add(time.Hour), {}} { // earlier, none, later, none
		if err := c.SetReadDeadline(asked); err != nil || !inner.last.Equal(asked) {
			t.Errorf("asked for %v, have %v", asked, inner.last)
		}
	}
}
