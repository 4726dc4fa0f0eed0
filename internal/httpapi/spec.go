package httpapi

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"sotay/internal/caller"
	"sotay/internal/ident"
)

// operation is one call of the contract, prepared for its pipeline.
type operation struct {
	id     string
	method string
	path   string // as in the contract, with {id}
	route  string // as Fiber writes it, with :id

	guest   bool              // nobody needs to be signed in
	roles   []caller.RoleName // one of these is needed; none: any member
	params  []param
	body    *openapi3.Schema // nil: the call takes no JSON
	needs   bool             // the body is required
	form    *openapi3.Schema // of a form's texts; nil: the call takes no file
	metrics *operationMetrics
}

// param is a parameter's bounds, checked before the generated binder runs.
type param struct {
	in, name string
	required bool
	array    bool // values separated by commas
	integer  bool
	min, max *float64
	minLen   int
	maxLen   int
	maxItems int
	enum     []string
	pattern  func(string) bool
}

// idPattern is the contract's form of ids and slugs. It stands on the hottest
// paths, where ident.Valid says the same in a tenth of the time.
const idPattern = `^[a-z0-9][a-z0-9-]{0,63}$`

// loadSpec reads the contract and prepares its operations by method and
// Fiber's route.
func loadSpec(contract []byte) (map[string]*operation, error) {
	doc, err := openapi3.NewLoader().LoadFromData(contract)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	ops := map[string]*operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o, err := prepare(path, method, item, op)
			if err != nil {
				return nil, fmt.Errorf("contract: %s %s: %w", method, path, err)
			}
			ops[method+" "+o.route] = o
		}
	}
	return ops, nil
}

var pathParam = regexp.MustCompile(`\{(\w+)\}`)

func prepare(path, method string, item *openapi3.PathItem, op *openapi3.Operation) (*operation, error) {
	o := &operation{id: op.OperationID, method: method, path: path, route: pathParam.ReplaceAllString(path, ":$1")}
	if err := o.setAccess(op.Extensions["x-access"]); err != nil {
		return nil, err
	}
	for _, p := range append(slices.Clone(item.Parameters), op.Parameters...) {
		prepared, err := prepareParam(p.Value)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", p.Value.Name, err)
		}
		o.params = append(o.params, prepared)
	}
	if op.RequestBody != nil {
		if err := o.setBody(op.RequestBody.Value); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// setBody takes over the schema of a JSON body or of a form.
func (o *operation) setBody(b *openapi3.RequestBody) error {
	if media := b.Content["application/json"]; media != nil {
		o.body, o.needs = media.Schema.Value, b.Required
		return nil
	}
	media := b.Content["multipart/form-data"]
	if media == nil {
		return fmt.Errorf("the body is neither JSON nor a form")
	}
	var err error
	o.form, err = formTexts(media.Schema.Value)
	return err
}

// formTexts returns the schema of a form without its file, which is required
// and called "file"; the other parts are texts.
func formTexts(s *openapi3.Schema) (*openapi3.Schema, error) {
	file := s.Properties["file"]
	if file == nil || file.Value.Format != "binary" || !slices.Contains(s.Required, "file") {
		return nil, fmt.Errorf("the form has no required part file")
	}
	texts := *s
	texts.Properties, texts.Required = maps.Clone(s.Properties), slices.Clone(s.Required)
	delete(texts.Properties, "file")
	texts.Required = slices.DeleteFunc(texts.Required, func(name string) bool { return name == "file" })
	for name, p := range texts.Properties {
		if !p.Value.Type.Is("string") {
			return nil, fmt.Errorf("the part %s of the form is not a text", name)
		}
	}
	return &texts, nil
}

// setAccess reads x-access: "guest", "member" or a list of roles. Silence is
// not permission.
func (o *operation) setAccess(access any) error {
	switch v := access.(type) {
	case string:
		if v != "guest" && v != "member" {
			return fmt.Errorf("x-access %q is not known", v)
		}
		o.guest = v == "guest"
	case []any:
		for _, name := range v {
			role := caller.RoleName(fmt.Sprint(name))
			if !slices.Contains(caller.Names(), role) {
				return fmt.Errorf("x-access names the unknown role %q", role)
			}
			o.roles = append(o.roles, role)
		}
		if len(o.roles) == 0 {
			return fmt.Errorf("x-access names nobody")
		}
	default:
		return fmt.Errorf("x-access is missing")
	}
	return nil
}

func prepareParam(p *openapi3.Parameter) (param, error) {
	s := p.Schema.Value
	out := param{in: p.In, name: p.Name, required: p.Required}
	if s.Type.Is("array") {
		out.array = true
		if s.MaxItems != nil {
			out.maxItems = int(*s.MaxItems)
		}
		s = s.Items.Value
	}
	out.integer = s.Type.Is("integer")
	out.min, out.max = s.Min, s.Max
	out.minLen = int(s.MinLength)
	out.maxLen = 4096
	if s.MaxLength != nil {
		out.maxLen = int(*s.MaxLength)
	}
	for _, e := range s.Enum {
		out.enum = append(out.enum, fmt.Sprint(e))
	}
	if s.Pattern != "" {
		re, err := regexp.Compile(s.Pattern)
		if err != nil {
			return out, err
		}
		out.pattern = re.MatchString
		if s.Pattern == idPattern {
			out.pattern = ident.Valid
		}
	}
	return out, nil
}

// pointer names the parameter in a problem answer, as the contract spells it.
func (p *param) pointer() string { return "/" + p.in + "/" + p.name }
