package ingest

import (
	"strings"
	"testing"
	"time"
)

func TestHostileBodies(t *testing.T) {
	t.Parallel()
	n := 1 << 18
	for name, in := range map[string]string{
		"quotes": strings.Repeat(">", n), "lists": strings.Repeat("- ", n), "brackets": strings.Repeat("[", n),
		"images": strings.Repeat("![", n), "stars": strings.Repeat("*a **a ", n/8), "links": strings.Repeat("[a](", n/4),
		"backticks": strings.Repeat("`a``", n/4), "table": strings.Repeat("|a", n/4) + "\n" + strings.Repeat("|-", n/4) + "\n" + strings.Repeat("|b", n/4),
		"rows":     "|a|b|\n|-|-|\n" + strings.Repeat("|b\n", n/4),
		"headings": strings.Repeat("# a\n", n/4), "dupheads": strings.Repeat("## a {#x}\n\nb\n", n/16),
		"refs": strings.Repeat("[a]: b\n", n/8), "refuse": strings.Repeat("[a]\n\n", n/8),
		"stair": func() string {
			var b strings.Builder
			for i := 0; i < 1000; i++ {
				b.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
			}
			return b.String()
		}(),
		"quoteparas": strings.Repeat("> a\n\n", n/8), "longline": strings.Repeat("a ", n), "entities": strings.Repeat("&amp;", n/8), "html": strings.Repeat("<b>\n\n", n/8),
		"emph lines": strings.Repeat("*a\n", n/4), "mark": strings.Repeat("|", n), "fences": strings.Repeat("```\n", n/4),
	} {
		start := time.Now()
		MarkdownBody([]byte(in))
		QABody([]byte(in))
		ClassifiedMark(in)
		if d := time.Since(start); d > time.Minute {
			t.Errorf("%s: took %v", name, d)
		} else {
			t.Log(name, d)
		}
	}
}
