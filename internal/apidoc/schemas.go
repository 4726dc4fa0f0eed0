package apidoc

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// schema is a named form of data.
type schema struct {
	Name, About string
	Kind        kind
	Fields      []field
}

// field is a property or a parameter.
type field struct {
	Name, In, About string
	Required        bool
	Kind            kind
}

// kind says what a value may be. Ref links to a named schema, List says that it
// is a list of that.
type kind struct {
	Text, Ref string
	List      bool
	Limits    []string
}

func schemas(doc *openapi3.T) []schema {
	var out []schema
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		v := doc.Components.Schemas[name].Value
		out = append(out, schema{Name: name, About: v.Description, Kind: plainKind(v), Fields: fields(v)})
	}
	return out
}

func fields(v *openapi3.Schema) []field {
	var out []field
	for _, part := range v.AllOf {
		out = append(out, fields(part.Value)...)
	}
	for _, name := range slices.Sorted(maps.Keys(v.Properties)) {
		p := v.Properties[name]
		out = append(out, field{Name: name, About: p.Value.Description, Required: slices.Contains(v.Required, name), Kind: kindOf(p)})
	}
	return out
}

func kindOf(ref *openapi3.SchemaRef) kind {
	if ref == nil || ref.Value == nil {
		return kind{}
	}
	if name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		return kind{Ref: name, Text: name}
	}
	if v := ref.Value; v.Type.Is("array") && v.Items != nil {
		k := kindOf(v.Items)
		k.List = true
		if v.MaxItems != nil {
			k.Limits = append(slices.Clone(k.Limits), fmt.Sprintf("at most %d items", *v.MaxItems))
		}
		return k
	}
	if len(ref.Value.AllOf) == 1 && ref.Value.AllOf[0].Ref != "" {
		k := kindOf(ref.Value.AllOf[0])
		if ref.Value.Nullable {
			k.Limits = append(slices.Clone(k.Limits), "or null")
		}
		return k
	}
	return plainKind(ref.Value)
}

// plainKind describes a schema that has no name.
func plainKind(v *openapi3.Schema) kind {
	k := kind{Text: strings.Join(v.Type.Slice(), " or ")}
	add := func(format string, args ...any) { k.Limits = append(k.Limits, fmt.Sprintf(format, args...)) }
	if v.Format != "" {
		add("%s", v.Format)
	}
	if len(v.Enum) > 0 {
		words := make([]string, len(v.Enum))
		for i, e := range v.Enum {
			words[i] = fmt.Sprint(e)
		}
		add("one of %s", strings.Join(words, ", "))
	}
	if v.Min != nil {
		add("from %v", *v.Min)
	}
	if v.Max != nil {
		add("to %v", *v.Max)
	}
	if v.MinLength > 0 {
		add("at least %d characters", v.MinLength)
	}
	if v.MaxLength != nil {
		add("at most %d characters", *v.MaxLength)
	}
	if v.Pattern != "" {
		add("matches %s", v.Pattern)
	}
	if v.Nullable {
		add("or null")
	}
	return k
}
