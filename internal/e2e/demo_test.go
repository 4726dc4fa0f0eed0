package e2e

import (
	"os"
	"testing"

	"sotay/internal/httpapi/contract"
)

// TestDemoProvince starts twice with the whole demo province, of which the
// other tests have a small part, and finds the same. The stand-in for MongoDB
// looks through all members for each unique key of a new one and needs minutes
// for it; a real server, if there is one, takes part.
func TestDemoProvince(t *testing.T) {
	t.Parallel()
	on := []string{"sqlite"}
	if os.Getenv("HANDBOOK_TEST_MONGODB_URI") != "" {
		on = engines
	}
	for _, engine := range on {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			e := emptySQLite(t.TempDir())
			if engine == "mongodb" {
				e = emptyMongoDB(t)
			}
			whole := "HANDBOOK_TEST_DIRECTORY=" // the test's own is put aside
			for range 2 {
				s := e.serve(t, whole)
				if line, ok := s.out.find(`"msg":"serving"`, `"members":1200,`, `"documents":5,`); !ok {
					t.Fatalf("not the whole province: %s\n%s", line, s.out.text())
				}
				c := s.guest(t)
				c = c.with(c.login(t, "bithu", password, "demo").AccessToken)
				if me := get[contract.Me](t, c, "/v1/me"); me.Name != "Lê Quang Tuyên" || len(me.Roles) != 1 {
					t.Errorf("the secretary: %+v", me)
				}
				s.stop(t)
			}
		})
	}
}
