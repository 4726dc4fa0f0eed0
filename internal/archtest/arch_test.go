package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The layers of internal/. A package may import what stands in its row of may;
// whatever is in no layer fails the test, so that a new package finds its
// place here.
var layers = map[string][]string{
	"kit":        {"fault", "ident", "clock", "page", "caller", "config", "logs", "secret", "viet", "richtext", "docno", "sheet", "suppress", "push"},
	"store":      {"store"},
	"mechanisms": {"audience", "effect", "audit", "changelog", "publication", "editorial", "jobs"},
	"rooms":      {"account", "directory", "library", "quiz", "study", "notify"},
	"edges":      {"httpapi", "apidoc", "archive", "ingest", "paper", "firebase", "fcm", "oidc", "blob", "demo", "guide", "store/sqlite", "store/mongodb"},
	"guards":     {"archtest", "e2e", "idptest", "store/storetest"},
}

var may = map[string][]string{
	"kit":        {"kit"},
	"store":      {"kit"},
	"mechanisms": {"kit", "store", "mechanisms"},
	"rooms":      {"kit", "store", "mechanisms"},
	"edges":      {"kit", "store", "mechanisms", "rooms"},
	"guards":     {"kit", "store", "mechanisms", "rooms", "edges", "guards"},
}

// only names the packages that alone may import a library, by prefix.
var only = map[string][]string{
	"github.com/gofiber/":                 {"internal/httpapi"},
	"github.com/valyala/":                 {"internal/httpapi"},
	"go.mongodb.org/mongo-driver/v2/bson": {"internal/store"},
	"go.mongodb.org/":                     {"internal/store/mongodb", "internal/store/storetest", "internal/store"},
	"modernc.org/":                        {"internal/store/sqlite"},
	"database/sql":                        {"internal/store/sqlite"},
	"github.com/golang-jwt/":              {"internal/account"},
	"firebase.google.com/":                {"internal/firebase", "internal/fcm"},
	"google.golang.org/api/":              {"internal/firebase", "internal/fcm"},
	"golang.org/x/oauth2":                 {"internal/firebase", "internal/fcm"},
	"github.com/coreos/go-oidc/":          {"internal/oidc"},
	"gocloud.dev/":                        {"internal/blob"},
	"codeberg.org/go-pdf/":                {"internal/paper"},
	"github.com/boombuler/barcode":        {"internal/paper"},
	"github.com/go-fonts/":                {"internal/paper"},
	"golang.org/x/image/":                 {"internal/paper"},
	"github.com/spf13/cobra":              {"api"},
	"github.com/caarlos0/env":             {"internal/config"},
	"github.com/xuri/excelize/":           {"internal/sheet"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

const module = "sotay/"

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(filepath.Dir(dir))
}

// layerOf returns the layer and room of a package; a sub-package belongs to its
// room.
func layerOf(path string) (layer, room string) {
	name := strings.TrimPrefix(path, module+"internal/")
	best := ""
	for l, rooms := range layers {
		for _, r := range rooms {
			if (name == r || strings.HasPrefix(name, r+"/")) && len(r) > len(best) {
				best, layer = r, l
			}
		}
	}
	return layer, best
}

func TestLayers(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, module+"internal/") {
			continue
		}
		layer, room := layerOf(p.ImportPath)
		if layer == "" {
			t.Errorf("%s belongs to no layer", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, module+"api") || strings.HasPrefix(imp, module+"content") {
				t.Errorf("%s imports %s", p.ImportPath, imp)
			}
			if !strings.HasPrefix(imp, module+"internal/") {
				continue
			}
			other, otherRoom := layerOf(imp)
			if otherRoom != room && !slices.Contains(may[layer], other) {
				t.Errorf("%s (%s) imports %s (%s)", p.ImportPath, layer, imp, other)
			}
		}
	}
}

func TestLibrariesHaveOneHome(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		if strings.HasPrefix(path, "scripts/") || strings.HasPrefix(path, "internal/e2e") {
			continue // tools and guards stand outside
		}
		for _, imp := range p.Imports {
			home, ok := homeOf(imp)
			if ok && !slices.ContainsFunc(home, func(h string) bool { return path == h || strings.HasPrefix(path, h+"/") }) {
				t.Errorf("%s imports %s, which only %v may", path, imp, home)
			}
		}
	}
}

// homeOf finds the longest rule that covers an import.
func homeOf(imp string) (home []string, ok bool) {
	best := ""
	for prefix, h := range only {
		if strings.HasPrefix(imp, prefix) && len(prefix) > len(best) {
			best, home, ok = prefix, h, true
		}
	}
	return home, ok
}

// TestTopLevel keeps the layout that the customer fixed.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	want := []string{"Dockerfile", "README.md", "api", "content", "go.mod", "go.sum", "internal", "scripts"}
	out, err := exec.Command("git", "-C", root(t), "ls-files").Output()
	if err != nil {
		t.Skip("not a git checkout")
	}
	seen := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(out)), "\n") {
		top, _, _ := strings.Cut(line, "/")
		if !strings.HasPrefix(top, ".") && !strings.HasPrefix(top, `"`) {
			seen[top] = true
		}
	}
	for top := range seen {
		if !slices.Contains(want, top) {
			t.Errorf("%s does not belong at the top level", top)
		}
	}
}
