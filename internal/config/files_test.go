package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestValuesFromFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	uri, secret := write("uri", "mongodb://u:geheim@a,b/?replicaSet=rs0\n"), write("secret", goodSecret+"\n")
	c, err := Load([]string{"HANDBOOK_MONGODB_URI_FILE=" + uri, "HANDBOOK_SECRET_FILE=" + secret})
	if err != nil {
		t.Fatal(err)
	}
	if c.MongoDBURI != "mongodb://u:geheim@a,b/?replicaSet=rs0" || c.Secret != goodSecret {
		t.Errorf("read %q and %q", c.MongoDBURI, c.Secret)
	}
	if text := c.String(); strings.Contains(text, "geheim") || strings.Contains(text, goodSecret) {
		t.Errorf("a secret is printed:\n%s", text)
	}

	large := write("large", strings.Repeat("A", maxValue+1))
	for vars, name := range map[string]string{
		"HANDBOOK_SECRET_FILE=" + filepath.Join(dir, "none"):                "HANDBOOK_SECRET_FILE:",
		"HANDBOOK_SECRET_FILE=" + write("blank", " \n"):                     "HANDBOOK_SECRET_FILE:",
		"HANDBOOK_SECRET_FILE=" + large:                                     "HANDBOOK_SECRET_FILE:",
		"HANDBOOK_SECRET_FILE=" + dir:                                       "HANDBOOK_SECRET_FILE:",
		"HANDBOOK_SECRET_FILE=" + write("short", "AAAA"):                    "HANDBOOK_SECRET:",
		"HANDBOOK_MONGODB_URI_FILE=" + write("http", "http://geheim"):       "HANDBOOK_MONGODB_URI:",
		"HANDBOOK_SECRET=" + goodSecret + " HANDBOOK_SECRET_FILE=" + secret: "HANDBOOK_SECRET_FILE:",
	} {
		_, err := Load(strings.Fields(vars))
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%s: %v", vars, err)
		}
	}
}
