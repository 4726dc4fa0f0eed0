package paper

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestFill holds that lines fit and nothing is lost, whatever the runs.
func TestFill(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(rapid.SampledFrom([]string{"Đảng viên ", "nghiêng", " ", "\n", "57-NQ/TW", "a\u00a0b", "https://a.vn/x/y?z=1", "e\u0306\u0302"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		var runs []run
		for range rapid.IntRange(0, 12).Draw(t, "runs") {
			runs = append(runs, run{word.Draw(t, "text"), look(rapid.IntRange(0, 31).Draw(t, "look"))})
		}
		w := split(runs)
		const em = 4.0
		width := rapid.Float64Range(6, 180).Draw(t, "width")
		first := rapid.Float64Range(0, 3).Draw(t, "first")
		var got, want strings.Builder
		for i, line := range w.fill(em, width, first) {
			letters := 0
			for _, p := range line {
				got.WriteString(p.text)
				letters += len([]rune(p.text))
			}
			if n := len(line); n > 0 && letters > 1 {
				last := line[n-1]
				if end := last.x + widthOf(strings.TrimRight(last.text, " "), last.look)*em; end > width+1e-6 {
					t.Fatalf("line %d %v ends at %.2f of %.2f", i, line, end, width)
				}
			}
		}
		for _, p := range w.pieces {
			want.WriteString(p.text)
		}
		plain := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if plain(got.String()) != plain(want.String()) {
			t.Fatalf("lines hold %q, want %q", got.String(), want.String())
		}
	})
}
