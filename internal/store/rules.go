package store

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/text/unicode/norm"
)

// maxID is the largest string id in bytes.
const maxID = 200

// CheckDocument tests an encoded document against the rules that both engines
// need: see design decision 0001.
func CheckDocument(s *Schema, doc Raw) error {
	if err := CheckShape(s, doc); err != nil {
		return err
	}
	for _, f := range s.fields() {
		ok := false
		if f.Array {
			_, ok = f.Values(doc)
		} else {
			_, ok = f.Value(doc)
		}
		if !ok {
			return &RuleError{s.Name, f.Path, "an indexed field is present in every document with its one type"}
		}
	}
	return nil
}

// CheckShape tests a document against the rules but for the indexed fields: a
// document of an earlier release may have other ones.
func CheckShape(s *Schema, doc Raw) error {
	if len(doc) > MaxDocument {
		return fmt.Errorf("%s: %d bytes: %w", s.Name, len(doc), ErrTooLarge)
	}
	if err := checkID(s, doc); err != nil {
		return err
	}
	return checkValues(s, "", doc, false)
}

func checkID(s *Schema, doc Raw) error {
	rv, err := doc.LookupErr("_id")
	if err != nil {
		return &RuleError{s.Name, "_id", "missing"}
	}
	if s.IntID {
		if _, ok := rv.Int64OK(); !ok {
			return &RuleError{s.Name, "_id", "is an int64"}
		}
		return nil
	}
	id, ok := rv.StringValueOK()
	if !ok || id == "" || len(id) > maxID || strings.ToLower(id) != id {
		return &RuleError{s.Name, "_id", fmt.Sprintf("is a lower-case string of 1 to %d bytes", maxID)}
	}
	return nil
}

// checkValues walks a document or array: keys, strings, nesting and types.
func checkValues(s *Schema, path string, doc Raw, inArray bool) error {
	elems, err := doc.Elements()
	if err != nil {
		return &RuleError{s.Name, path, "is not a valid document"}
	}
	for _, e := range elems {
		key := e.Key()
		at := path + "." + key
		if !inArray && (key == "" || strings.ContainsAny(key, ".\x00") || key[0] == '$' || !goodString(key)) {
			return &RuleError{s.Name, at, "a key has no dot, NUL or leading $"}
		}
		if err := checkValue(s, at, e.Value(), inArray); err != nil {
			return err
		}
	}
	return nil
}

func checkValue(s *Schema, at string, v bson.RawValue, inArray bool) error {
	switch v.Type {
	case bson.TypeString:
		if !goodString(v.StringValue()) {
			return &RuleError{s.Name, at, "a string is valid UTF-8 in NFC without NUL"}
		}
	case bson.TypeEmbeddedDocument:
		return checkValues(s, at, v.Document(), false)
	case bson.TypeArray:
		if inArray {
			return &RuleError{s.Name, at, "no array directly in an array"}
		}
		return checkValues(s, at, Raw(v.Array()), true)
	case bson.TypeDouble, bson.TypeInt64, bson.TypeBoolean, bson.TypeDateTime, bson.TypeNull, bson.TypeBinary:
	case bson.TypeInt32:
		return &RuleError{s.Name, at, "an integer is an int64"}
	default:
		return &RuleError{s.Name, at, fmt.Sprintf("type %s is not used", v.Type)}
	}
	return nil
}

func goodString(v string) bool {
	ascii := true
	for i := 0; i < len(v); i++ {
		if v[i] == 0 {
			return false
		}
		if v[i] >= utf8.RuneSelf {
			ascii = false
		}
	}
	return ascii || utf8.ValidString(v) && norm.NFC.IsNormalString(v)
}

func splitPath(p string) []string {
	if !strings.Contains(p, ".") {
		return []string{p}
	}
	return strings.Split(p, ".")
}
