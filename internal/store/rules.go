package store

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
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
	return checkValues(s, make([][]byte, 0, 8), doc, false)
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

// checkValues walks a document or array: keys, strings, nesting and types. up
// are the keys that lead to it. Every write passes here: nothing is allocated
// for a document that fits.
func checkValues(s *Schema, up [][]byte, doc []byte, inArray bool) error {
	bad := func(path [][]byte, rule string) error {
		return &RuleError{s.Name, string(bytes.Join(path, []byte("."))), rule}
	}
	length, _, ok := bsoncore.ReadLength(doc)
	if !ok || int(length) != len(doc) || length < 5 {
		return bad(up, "is not a valid document")
	}
	for rest := doc[4 : length-1]; len(rest) > 0; {
		e, after, ok := bsoncore.ReadElement(rest)
		if !ok || e.Validate() != nil {
			return bad(up, "is not a valid document")
		}
		rest = after
		key := e.KeyBytes()
		if !inArray && (len(key) == 0 || bytes.ContainsAny(key, ".\x00") || key[0] == '$' || !goodText(key)) {
			return bad(append(up, key), "a key has no dot, NUL or leading $")
		}
		v := e.Value()
		switch rule, inner := checkValue(v, inArray); {
		case rule != "":
			return bad(append(up, key), rule)
		case inner:
			if err := checkValues(s, append(up, key), v.Data, v.Type == bsoncore.TypeArray); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkValue returns the rule that a value breaks, "" for none, and whether it
// has values inside.
func checkValue(v bsoncore.Value, inArray bool) (rule string, inner bool) {
	switch v.Type {
	case bsoncore.TypeString:
		if !goodText(v.Data[4 : len(v.Data)-1]) {
			return "a string is valid UTF-8 in NFC without NUL", false
		}
	case bsoncore.TypeEmbeddedDocument:
		return "", true
	case bsoncore.TypeArray:
		if inArray {
			return "no array directly in an array", false
		}
		return "", true
	case bsoncore.TypeDouble, bsoncore.TypeInt64, bsoncore.TypeBoolean, bsoncore.TypeDateTime, bsoncore.TypeNull, bsoncore.TypeBinary:
	case bsoncore.TypeInt32:
		return "an integer is an int64", false
	default:
		return fmt.Sprintf("type %s is not used", v.Type), false
	}
	return "", false
}

func goodText(v []byte) bool {
	ascii := true
	for _, c := range v {
		if c == 0 {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.Valid(v) && norm.NFC.IsNormal(v)
}

func splitPath(p string) []string {
	if !strings.Contains(p, ".") {
		return []string{p}
	}
	return strings.Split(p, ".")
}
