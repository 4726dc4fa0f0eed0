package apidoc

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/yuin/goldmark"
)

var (
	//go:embed page.css
	style string
	//go:embed page.html
	layout string
)

// view is what the layout shows.
type view struct {
	Title   string
	Style   template.CSS
	About   template.HTML
	Groups  []group
	Schemas []schema
}

// Page renders a contract, and returns the Content-Security-Policy under which
// it shows: its own style, and nothing from anywhere.
func Page(contract []byte) (page []byte, policy string, err error) {
	doc, err := openapi3.NewLoader().LoadFromData(contract)
	if err == nil {
		err = doc.Validate(context.Background())
	}
	if err != nil {
		return nil, "", fmt.Errorf("contract: %w", err)
	}
	t, err := template.New("page").Parse(layout)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	err = t.Execute(&out, view{Title: doc.Info.Title, Style: template.CSS(style), About: prose(doc.Info.Description),
		Groups: groups(doc), Schemas: schemas(doc)})
	if err != nil {
		return nil, "", fmt.Errorf("contract: %w", err)
	}
	sum := sha256.Sum256([]byte(style))
	policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return out.Bytes(), policy, nil
}

// prose renders a description, which is Markdown. HTML in it is left out.
func prose(text string) template.HTML {
	var out bytes.Buffer
	if err := goldmark.Convert([]byte(text), &out); err != nil {
		return template.HTML(template.HTMLEscapeString(text))
	}
	return template.HTML(out.String())
}
