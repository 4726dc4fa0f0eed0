package apidoc

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// group is the calls under one tag.
type group struct {
	Name, About string
	Calls       []call
}

// call is one operation.
type call struct {
	ID, Method, Path, Summary, Access string
	About                             template.HTML
	Params                            []field
	Bodies                            []body
	Answers                           []answer
}

// body is one content type of a request.
type body struct {
	Media    string
	Required bool
	Kind     kind
}

// answer is one status.
type answer struct {
	Status, About string
	Bodies        []body
}

// order is how methods of one path stand.
var order = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

// groups sorts the calls of a contract by tag and path.
func groups(doc *openapi3.T) []group {
	byTag := map[string][]call{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		operations := item.Operations()
		for _, method := range order {
			if op := operations[method]; op != nil {
				tag := "operations"
				if len(op.Tags) > 0 {
					tag = op.Tags[0]
				}
				byTag[tag] = append(byTag[tag], newCall(method, path, item, op))
			}
		}
	}
	var out []group
	for _, tag := range doc.Tags {
		if calls := byTag[tag.Name]; len(calls) > 0 {
			out = append(out, group{tag.Name, tag.Description, calls})
			delete(byTag, tag.Name)
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		out = append(out, group{tag, tag, byTag[tag]})
	}
	return out
}

func newCall(method, path string, item *openapi3.PathItem, op *openapi3.Operation) call {
	c := call{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, About: prose(op.Description), Access: access(op.Extensions["x-access"])}
	for _, p := range append(slices.Clone(item.Parameters), op.Parameters...) {
		v := p.Value
		c.Params = append(c.Params, field{Name: v.Name, In: v.In, Required: v.Required, About: v.Description, Kind: kindOf(v.Schema)})
	}
	if op.RequestBody != nil {
		c.Bodies = bodies(op.RequestBody.Value.Content, op.RequestBody.Value.Required)
	}
	responses := op.Responses.Map()
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		r := responses[status].Value
		a := answer{Status: status, Bodies: bodies(r.Content, true)}
		if r.Description != nil {
			a.About = *r.Description
		}
		c.Answers = append(c.Answers, a)
	}
	return c
}

func bodies(content openapi3.Content, required bool) []body {
	var out []body
	for _, media := range slices.Sorted(maps.Keys(content)) {
		out = append(out, body{media, required, kindOf(content[media].Schema)})
	}
	return out
}

// access writes x-access for people.
func access(v any) string {
	switch x := v.(type) {
	case string:
		return map[string]string{"guest": "anybody", "member": "anyone signed in"}[x]
	case []any:
		names := make([]string, len(x))
		for i, name := range x {
			names[i] = fmt.Sprint(name)
		}
		return strings.Join(names, ", ")
	}
	return ""
}
