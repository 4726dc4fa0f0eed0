package ingest

import (
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// parseFront returns the mapping of the front matter, or nil after reporting
// why there is none.
func (r *report) parseFront(front string) *yaml.Node {
	if len(front) > maxFrontMatter {
		r.fail(1, "file", "front_matter_too_large", "Phần khai báo lớn hơn 64 KiB.", "The front matter is larger than 64 KiB.")
		return nil
	}
	doc, err := decodeYAML(front)
	if err != nil {
		r.fail(yamlLine(err), "file", "front_matter_yaml", "Phần khai báo không đúng cú pháp YAML.", "The front matter is not valid YAML.")
		return nil
	}
	if doc.Kind != yaml.MappingNode {
		r.fail(1, "file", "front_matter_shape", "Phần khai báo phải gồm các dòng «khóa: giá trị».", "The front matter must be a mapping.")
		return nil
	}
	if n := findAlias(doc); n != nil {
		r.fail(n.Line+1, "file", "front_matter_alias", "Phần khai báo không được dùng neo và bí danh YAML (& và *).", "YAML anchors and aliases are not allowed.")
		return nil
	}
	return doc
}

// decodeYAML reads exactly one YAML document as a tree of nodes. Aliases stay
// unexpanded in the tree, so none can blow it up. An empty text is an empty
// mapping.
func decodeYAML(front string) (*yaml.Node, error) {
	var doc yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(front))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		return &yaml.Node{Kind: yaml.MappingNode}, nil
	} else if err != nil {
		return nil, err
	}
	return doc.Content[0], nil
}

// yamlLine takes the line out of an error of the YAML package, which gives it
// only as text. The fence is line 1 of the file.
func yamlLine(err error) int {
	_, rest, ok := strings.Cut(err.Error(), "line ")
	line := 0
	for _, c := range rest {
		if !ok || c < '0' || c > '9' || line > maxFile {
			break
		}
		line = line*10 + int(c-'0')
	}
	return line + 1
}

func findAlias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return n
	}
	for _, c := range n.Content {
		if a := findAlias(c); a != nil {
			return a
		}
	}
	return nil
}
