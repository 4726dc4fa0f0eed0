package config

import (
	"os"
	"strings"
	"testing"
	"time"
)

const goodSecret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func TestDefaultsAreSound(t *testing.T) {
	t.Parallel()
	c, err := Load([]string{"PATH=/bin", "HOME=/x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.MetricsAddr != "127.0.0.1:9090" || c.AccessLifetime != 15*time.Minute || c.Demo {
		t.Fatalf("got %+v", c)
	}
}

func TestAllFaultsAreListedByName(t *testing.T) {
	t.Parallel()
	_, err := Load([]string{"HANDBOOK_ADDR=nonsense", "HANDBOOK_ACCESS_LIFETIME=soon", "HANDBOOK_SESSION_IDLE=1s", "HANDBOOK_MONGODB_URI=http://x",
		"HANDBOOK_LOG_LEVEL=loud", "HANDBOOK_TRUSTED_PROXIES=10.0.0.0/8,what", "HANDBOOK_DEMOO=true", "HANDBOOK_BODY_LIMIT=12", "HANDBOOK_UPLOAD_LIMIT=1", "HANDBOOK_UPLOAD_TIMEOUT=1ms", "HANDBOOK_BLOB_URL=s3://key:secret@x", "HANDBOOK_HASH_CONCURRENCY=-1", "HANDBOOK_PUBLIC_URL=sotay.example.vn",
		"HANDBOOK_TEST_ANYTHING=1"})
	if err == nil {
		t.Fatal("taken")
	}
	for _, name := range []string{"HANDBOOK_ADDR", "HANDBOOK_ACCESS_LIFETIME", "HANDBOOK_SESSION_IDLE", "HANDBOOK_MONGODB_URI", "HANDBOOK_SECRET",
		"HANDBOOK_LOG_LEVEL", "HANDBOOK_TRUSTED_PROXIES", "HANDBOOK_DEMOO", "HANDBOOK_BODY_LIMIT", "HANDBOOK_UPLOAD_LIMIT", "HANDBOOK_UPLOAD_TIMEOUT", "HANDBOOK_BLOB_URL", "HANDBOOK_HASH_CONCURRENCY", "HANDBOOK_PUBLIC_URL"} {
		if !strings.Contains(err.Error(), name+":") {
			t.Errorf("%s is not named in:\n%v", name, err)
		}
	}
	if strings.Contains(err.Error(), "HANDBOOK_TEST_") {
		t.Error("variables of tests are not ours")
	}
}

func TestSecretsAreMaskedEverywhere(t *testing.T) {
	t.Parallel()
	c, err := Load([]string{"HANDBOOK_SECRET=" + goodSecret, "HANDBOOK_MONGODB_URI=mongodb://u:geheim@h/"})
	if err != nil {
		t.Fatal(err)
	}
	if s := c.String(); strings.Contains(s, "geheim") || strings.Contains(s, goodSecret) || !strings.Contains(s, "HANDBOOK_SECRET=********") {
		t.Errorf("printed:\n%s", s)
	}
	_, err = Load([]string{"HANDBOOK_SECRET=geheim!", "HANDBOOK_BODY_LIMIT=geheim", "HANDBOOK_MONGODB_URI=x://geheim"})
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("an error quotes a value: %v", err)
	}
}

// The README's table is what the code reads, name by name.
func TestREADMEListsEveryVariable(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.SplitSeq(string(b), "\n") {
		if strings.HasPrefix(line, "| `HANDBOOK_") || strings.HasPrefix(line, "| `GOOGLE_") {
			rows = append(rows, line)
		}
	}
	vars := Variables()
	if len(rows) != len(vars) {
		t.Errorf("README has %d variables, the code %d", len(rows), len(vars))
	}
	for i, v := range vars {
		def := "`" + v.Default + "`"
		if v.Default == "" {
			def = ""
		}
		want := "| `" + v.Name + "` | " + def + " | " + v.Help + " |"
		if i >= len(rows) || rows[i] != want {
			t.Errorf("README lacks, in this place:\n%s", want)
		}
	}
}

func TestPublicURL(t *testing.T) {
	t.Parallel()
	for given, good := range map[string]bool{"": true, "https://sotay.example.vn": true, "https://so.vn:8443/tinh/": true, "http://10.0.0.5:8080": true,
		"sotay.example.vn": false, "ftp://so.vn": false, "https://": false, "https://:443": false, "https://u:p@so.vn": false, "https://so.vn/?x": false,
		"https://so.vn/#x": false, "https://so.vn/" + strings.Repeat("x", 80): false, "/v1": false} {
		if _, err := Load([]string{"HANDBOOK_PUBLIC_URL=" + given}); (err == nil) != good {
			t.Errorf("%q: %v", given, err)
		}
	}
}
