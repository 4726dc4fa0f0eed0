package richtext

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

const (
	// maxBytes bounds the HTML that is looked at; the rest is cut off. The
	// importer refuses files of half this size, so people never meet it.
	maxBytes = 4 << 20
	// maxDepth bounds open elements, for the sake of recursive renderers in
	// apps. Official texts need about ten.
	maxDepth = 64
)

// newPolicy returns the sieve that foreign HTML goes through first. Blocks
// that are not kept pass it, since shape turns them into paragraphs; without
// that their texts would run together.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "b", "i", "u", "s", "sub", "sup", "ul", "ol", "li",
		"table", "thead", "tbody", "tr", "th", "td", "blockquote", "code", "pre", "hr",
		"div", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "caption")
	p.AllowAttrs("start", "type").OnElements("ol")
	p.AllowAttrs("colspan", "rowspan", "scope").OnElements("th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}

// element says how shape treats a tag.
type element struct {
	block  bool   // ends an open paragraph
	void   bool   // has no end tag
	within string // closed by shape's rules to a place inside one of these
	as     string // written under this name
}

// elements returns the tags shape writes. Those with another name in as are
// foreign blocks.
func elements() map[string]element {
	m := map[string]element{
		"br": {void: true}, "hr": {void: true, block: true},
		"p": {block: true}, "ul": {block: true}, "ol": {block: true}, "table": {block: true},
		"blockquote": {block: true}, "pre": {block: true},
		"li": {block: true, within: "ul ol"}, "thead": {within: "table"}, "tbody": {within: "table"},
		"tr": {within: "table thead tbody"}, "th": {within: "tr"}, "td": {within: "tr"},
	}
	for _, t := range strings.Fields("strong em b i u s sub sup a code") {
		m[t] = element{}
	}
	for _, t := range strings.Fields("div section article h1 h2 h3 h4 h5 h6 dt dd caption") {
		m[t] = element{block: true, as: "p"}
	}
	return m
}

// keptAttr returns the attribute with its value made plain, or false when it
// is not kept.
func keptAttr(tag string, a html.Attribute) (string, bool) {
	v := strings.TrimSpace(a.Val)
	switch tag + " " + a.Key {
	case "ol start", "td colspan", "td rowspan", "th colspan", "th rowspan":
		return v, smallNumber(v)
	case "ol type":
		return v, len(v) == 1 && strings.Contains("1aAiI", v)
	case "td scope", "th scope":
		v = strings.ToLower(v)
		return v, v == "row" || v == "col" || v == "rowgroup" || v == "colgroup"
	case "a href":
		return keptHref(v)
	}
	return "", false
}

func smallNumber(v string) bool {
	n, err := strconv.Atoi(v)
	return err == nil && n > 0 && n < 1000 && strconv.Itoa(n) == v
}

// keptHref takes links that name their scheme and links to a place on the
// same page. A path alone would lead somewhere else in every app.
func keptHref(v string) (string, bool) {
	u, err := url.Parse(v)
	if err != nil || len(v) > 2048 {
		return "", false
	}
	switch u.Scheme {
	case "http", "https":
		return u.String(), u.Host != ""
	case "mailto":
		return u.String(), u.Opaque != ""
	case "":
		return u.String(), strings.HasPrefix(v, "#") && len(v) > 1
	}
	return "", false
}
