package archtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"sotay/internal/config"
)

// Containers can't be run where this project is built, so that these tests
// read what would be run.

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestOnePlaceKnowsTheBuildFlags holds that an image, a first run and the
// figures are of the same binary.
func TestOnePlaceKnowsTheBuildFlags(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]string{
		"Dockerfile": "RUN ./scripts/build /sotay && mkdir /data", "scripts/run": "./scripts/build", "scripts/bench": `./scripts/build "$dir/server"`,
		"README.md": "./scripts/build sotay",
	} {
		lines := strings.Split(text(t, name), "\n")
		if !slices.Contains(lines, call) {
			t.Errorf("%s has no line %q", name, call)
		}
		for _, line := range lines {
			if strings.Contains(line, "go build") && strings.HasSuffix(strings.TrimSpace(line), "./api") {
				t.Errorf("%s builds by itself: %s", name, line)
			}
		}
	}
	if build := text(t, "scripts/build"); !strings.Contains(build, `CGO_ENABLED=0 go build `) || !strings.Contains(build, `-X main.version=$version`) {
		t.Error("scripts/build makes no static binary that knows its version")
	}
}

func TestTheBinaryHasTimeZones(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.ImportPath == module+"api" && !slices.Contains(p.Imports, "time/tzdata") {
			t.Error("api does not import time/tzdata")
		}
	}
}

func TestTheImageIsSmallAndNotRoot(t *testing.T) {
	t.Parallel()
	_, last, ok := strings.Cut(text(t, "Dockerfile"), "\nFROM scratch\n")
	if !ok || strings.Contains(last, "\nFROM ") {
		t.Fatal("the image does not stand on nothing")
	}
	for _, line := range []string{"USER 65532:65532", `ENTRYPOINT ["/sotay"]`, `CMD ["serve"]`, "VOLUME /data"} {
		if !strings.Contains(last, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	if !regexp.MustCompile(`\nHEALTHCHECK .* CMD \["/sotay", "healthcheck"\]\n`).MatchString(last) {
		t.Error("no health check")
	}
	if _, err := config.Load(imageEnv(t)); err != nil {
		t.Errorf("the image's variables: %v", err)
	}
}

// imageEnv is what the Dockerfile puts into the environment.
func imageEnv(t *testing.T) []string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(text(t, "Dockerfile"))
	if m == nil {
		t.Fatal("the Dockerfile sets nothing")
	}
	return strings.Fields(m[1])
}

type compose struct {
	Services map[string]service
	Networks map[string]struct {
		IPAM struct{ Config []struct{ Subnet string } }
	}
	Volumes map[string]any
	Secrets map[string]struct{ File string }
}

type service struct {
	Build       struct{ Context, Dockerfile string }
	Image       string
	Environment map[string]string
	Volumes     []string
	Secrets     []string
	Networks    []string
	NetworkMode string                                `yaml:"network_mode"`
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	Deploy      struct{ Replicas int }
	Healthcheck struct{ Test []string }
}

func readCompose(t *testing.T) compose {
	t.Helper()
	var c compose
	if err := yaml.Unmarshal([]byte(text(t, "scripts/compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestComposeNamesWhatIsThere follows each name in scripts/compose.yaml.
func TestComposeNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	exists := func(rel string) bool {
		_, err := os.Stat(filepath.Join(root(t), "scripts", filepath.FromSlash(rel)))
		return err == nil
	}
	for name, s := range c.Services {
		if s.Build.Context != "" && !exists(s.Build.Context+"/"+s.Build.Dockerfile) {
			t.Errorf("%s is built from %s/%s, which is not there", name, s.Build.Context, s.Build.Dockerfile)
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, declared := c.Volumes[from]; !declared && !(strings.HasPrefix(from, ".") && exists(from)) {
				t.Errorf("%s mounts %s, which is not there", name, from)
			}
		}
		for _, x := range s.Secrets {
			if _, ok := c.Secrets[x]; !ok {
				t.Errorf("%s: no secret %s", name, x)
			}
		}
		for _, n := range s.Networks {
			if _, ok := c.Networks[n]; !ok {
				t.Errorf("%s: no network %s", name, n)
			}
		}
		for other, d := range s.DependsOn {
			on, ok := c.Services[other]
			if !ok || d.Condition == "service_healthy" && len(on.Healthcheck.Test) == 0 {
				t.Errorf("%s waits for %s, which never says so", name, other)
			}
		}
	}
	if with, ok := strings.CutPrefix(c.Services["mongodb-init"].NetworkMode, "service:"); !ok || c.Services[with].Image == "" {
		t.Error("mongodb-init is not on the loopback of a member")
	}
	if n := c.Services["server"].Deploy.Replicas; n != 2 {
		t.Errorf("%d replicas", n)
	}
}

// TestComposeConfiguresTheServer loads the configuration that a container would
// have, with secrets as the script makes them.
func TestComposeConfiguresTheServer(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	dir := filepath.Join(t.TempDir(), "secrets")
	made := map[string]string{}
	for range 2 { // the second time changes nothing
		if out, err := exec.Command(filepath.Join(root(t), "scripts", "compose", "secrets"), dir).CombinedOutput(); err != nil {
			t.Fatalf("secrets: %v\n%s", err, out)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if was, seen := made[e.Name()]; seen && was != string(b) {
				t.Errorf("the second run changed %s", e.Name())
			}
			made[e.Name()] = string(b)
		}
	}
	for name, s := range c.Secrets {
		if made[filepath.Base(s.File)] == "" || filepath.Base(s.File) != name || filepath.Dir(s.File) != "../data/secrets" {
			t.Errorf("secret %s lies in %s, which nobody makes", name, s.File)
		}
	}
	server := c.Services["server"]
	env := imageEnv(t)
	for name, value := range server.Environment {
		if secret, ok := strings.CutPrefix(value, "/run/secrets/"); ok {
			if !slices.Contains(server.Secrets, secret) {
				t.Errorf("%s: the server has no secret %s", name, secret)
			}
			value = filepath.Join(dir, secret)
		}
		env = append(env, name+"="+value)
	}
	loaded, err := config.Load(env)
	if err != nil {
		t.Fatal(err)
	}
	proxies, err := loaded.Proxies()
	if edge := c.Networks["edge"].IPAM.Config; err != nil || len(edge) != 1 || fmt.Sprint(proxies) != "["+edge[0].Subnet+"]" {
		t.Errorf("proxies believed: %v, the proxy's network: %v", proxies, edge)
	}
	var members []string
	for name := range c.Services {
		if regexp.MustCompile(`^mongodb-\d$`).MatchString(name) {
			members = append(members, name)
		}
	}
	slices.Sort(members)
	if len(members) != 3 || !strings.Contains(loaded.MongoDBURI, "@"+strings.Join(members, ",")+"/") {
		t.Errorf("the members %v are not those of the address", members)
	}
	for _, script := range []string{"mongodb", "mongodb-init.js"} {
		if !strings.Contains(text(t, "scripts/compose/"+script), "rs0") || !strings.Contains(loaded.MongoDBURI, "replicaSet=rs0") {
			t.Errorf("%s makes another replica set than the server asks for", script)
		}
	}
}

func TestScriptsAreReadByTheShell(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"build", "run", "test", "generate", "bench", "compose/secrets", "compose/mongodb"} {
		path := filepath.Join(root(t), "scripts", filepath.FromSlash(name))
		if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s can't be run: %v", name, err)
		}
		if out, err := exec.Command("bash", "-n", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
