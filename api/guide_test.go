package main

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"sotay/internal/caller"
	"sotay/internal/config"
	"sotay/internal/guide"
)

// The guide (internal/guide/huong-dan.md) may promise nothing that the program
// does not do, and leave out nothing that an operator meets.

func tree() *cobra.Command { return commands(&program{out: io.Discard}) }

// leaves are the commands that can be run.
func leaves(cmd *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, c := range cmd.Commands() {
		if c.Runnable() {
			out = append(out, c)
		}
		out = append(out, leaves(c)...)
	}
	return out
}

// guideCommands are the words after each "sotay" that begins a line or a piece
// of code.
func guideCommands() [][]string {
	var out [][]string
	for _, m := range regexp.MustCompile("(?m)(?:^|`|exec sotay )(?:\\./|/)?sotay ([a-z][^`\n]*)").FindAllStringSubmatch(string(guide.Source), -1) {
		out = append(out, strings.Fields(m[1]))
	}
	return out
}

func TestEveryCommandOfTheGuideExists(t *testing.T) {
	t.Parallel()
	found := guideCommands()
	if len(found) < 15 {
		t.Fatalf("only %d commands found in the guide", len(found))
	}
	for _, words := range found {
		cmd, _, err := tree().Find(words)
		if err != nil || !cmd.Runnable() || cmd.Parent() == nil {
			t.Errorf("sotay %s: no such command (%v)", strings.Join(words, " "), err)
			continue
		}
		for _, w := range words {
			name, isFlag := strings.CutPrefix(w, "--")
			name, _, _ = strings.Cut(name, "=")
			if isFlag && cmd.Flags().Lookup(name) == nil && cmd.InheritedFlags().Lookup(name) == nil {
				t.Errorf("sotay %s: no flag --%s", strings.Join(words, " "), name)
			}
		}
	}
}

func TestTheGuideListsEveryCommand(t *testing.T) {
	t.Parallel()
	for _, cmd := range leaves(tree()) {
		if row := "\n| `" + cmd.CommandPath() + "` |"; !strings.Contains(string(guide.Source), row) {
			t.Errorf("internal/guide/huong-dan.md has no row for %s in its table of commands", cmd.CommandPath())
		}
	}
}

func TestTheGuideListsEveryVariable(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, v := range config.Variables() {
		known[v.Name] = true
		row := "\n| `" + v.Name + "` | `" + v.Default + "` | "
		if v.Default == "" {
			row = "\n| `" + v.Name + "` | | "
		}
		if !strings.Contains(string(guide.Source), row) {
			t.Errorf("internal/guide/huong-dan.md has no row that begins %s", strings.TrimSpace(row))
		}
	}
	for _, name := range regexp.MustCompile(`HANDBOOK_[A-Z_]+[A-Z]`).FindAllString(string(guide.Source), -1) {
		if !known[name] {
			t.Errorf("the guide speaks of %s, which is no variable", name)
		}
	}
}

func TestEveryCallOfTheGuideIsInTheContract(t *testing.T) {
	t.Parallel()
	var contract struct {
		Paths map[string]map[string]any
	}
	if err := yaml.Unmarshal(contractYAML, &contract); err != nil {
		t.Fatal(err)
	}
	calls := regexp.MustCompile("`(GET|POST|PUT|PATCH|DELETE) (/[^` ?]*)").FindAllStringSubmatch(string(guide.Source), -1)
	if len(calls) < 10 {
		t.Fatalf("only %d calls found in the guide", len(calls))
	}
	for _, c := range calls {
		if _, ok := contract.Paths[c[2]][strings.ToLower(c[1])]; !ok {
			t.Errorf("the guide speaks of %s %s, which is not in the contract", c[1], c[2])
		}
	}
	roles := regexp.MustCompile("(?m)^\\| `([a-z]+)` – ").FindAllStringSubmatch(string(guide.Source), -1)
	var names []string
	for _, r := range roles {
		names = append(names, r[1])
	}
	slices.Sort(names)
	if want := roleNames(); !slices.Equal(names, want) {
		t.Errorf("roles of the guide: %v, want %v", names, want)
	}
}

func roleNames() []string {
	var out []string
	for _, r := range caller.Names() {
		out = append(out, string(r))
	}
	slices.Sort(out)
	return out
}
