package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// shapeOf are the tokens of a part as our scanner reads them, in one line each.
func shapeOf(text string, slow bool) (out []string, err error) {
	var src io.Reader = strings.NewReader(text)
	if slow { // tokens lie across the ends of what was read
		src = iotest.OneByteReader(src)
	}
	x := newXMLReader(io.NopCloser(src), &budget{left: 1 << 20}, Default())
	x.buf = x.buf[:1] // it grows
	for {
		t, err := x.scan()
		if err != nil {
			return out, err
		}
		switch t.kind {
		case startTag:
			line := "<" + string(t.name)
			for _, a := range t.attrs {
				line += fmt.Sprintf(" %s=%q", a.name, a.value)
			}
			out = append(out, line)
		case endTag:
			out = append(out, "/"+string(t.name))
		case charData:
			out = append(out, fmt.Sprintf("%q", t.text))
		case aside:
			out = append(out, "aside")
		}
	}
}

var errDeclaration = errors.New("a declaration")

// shapeByLibrary are the tokens as encoding/xml reads them.
func shapeByLibrary(text string) (out []string, err error) {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		t, err := d.RawToken()
		if err != nil {
			return out, err
		}
		switch e := t.(type) {
		case xml.StartElement:
			line := "<" + e.Name.Local
			for _, a := range e.Attr {
				line += fmt.Sprintf(" %s=%q", a.Name.Local, a.Value)
			}
			out = append(out, line)
		case xml.EndElement:
			out = append(out, "/"+e.Name.Local)
		case xml.CharData:
			out = append(out, fmt.Sprintf("%q", []byte(e)))
		case xml.Directive:
			return out, errDeclaration
		default:
			out = append(out, "aside")
		}
	}
}

// asciiTags tells whether there is nothing but ASCII within tags: other names
// are XML, and not taken here.
func asciiTags(text string) bool {
	for _, after := range strings.Split(text, "<")[1:] {
		tag, _, _ := strings.Cut(after, ">")
		if strings.ContainsFunc(tag, func(r rune) bool { return r > 0x7f }) {
			return false
		}
	}
	return true
}

func readAlike(t *testing.T, text string) {
	t.Helper()
	want, wantErr := shapeByLibrary(text)
	for _, slow := range []bool{false, true} {
		got, gotErr := shapeOf(text, slow)
		switch sound := wantErr == io.EOF; {
		case sound && gotErr != io.EOF && asciiTags(text):
			t.Fatalf("%q: refused after %q: %v", text, got, gotErr)
		case !sound && gotErr == io.EOF:
			t.Fatalf("%q: taken as %q, refused by encoding/xml: %v", text, got, wantErr)
		case sound && gotErr == io.EOF && strings.Join(got, "\n") != strings.Join(want, "\n"):
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	}
}

// parted are texts at the edges of what XML is.
var parted = []string{
	``, ` `, `<a/>`, `<a></a >`, `<a b="1" c = '2'/>`, `<a b="1"c="2">x</a>`, `<x:a y:b="1"/>`, `<:a/>`, `<a:/>`, `<a:b:c/>`, `</a>`, `<a`, `<a b`, `<a b=`, `<a b=1/>`, `<a b="`, `<a b="<"/>`,
	`<a b=">"/>`, `<a / >`, `<1/>`, `<-a/>`, `< a/>`, `<á/>`, `<a á="1"/>`, `<a b="á"/>`, `x]]>y`, `<a b="]]>"/>`, `<![CDATA[]]>`, `<![CDATA[<&]]]]>`, `<![CDATA[x`, `<![CDAT[x]]>`, `<!--x-->`, `<!---->`, `<!--->`,
	`<!-- -- -->`, `<!----->`, `<!-x-->`, `<!--x`, `<!DOCTYPE a>`, `<!>`, `<?xml version="1.0" encoding="utf-8"?>`, `<?xml version='1.1'?>`, `<?xml encoding="UTF-16"?>`, `<?xml encoding=encoding="latin1"?>`, `<?x?>`, `<??>`, `<?`, `<?x`, `</`, `</a`, `</1>`, `<!`, `<![`,
	`<?xml version=`, `&amp;&lt;&gt;&quot;&apos;`, `&a;`, `&`, `&;`, `&amp`, `&#65;&#x41;`, `&#x;`, `&#;`, `&#0;`, `&#xD800;`, `&#xFFFE;`, `&#x110000;`, `&#000000000000000000000000000000000000065;`, `&#+5;`, `&#X41;`,
	"a\r\nb\rc\n", "\r&#10;\r", "<a b='\r\n'/>", "\x01", "<a b='\x01'/>", "\xff", "\xed\xa0\x80", "\uffff", "\ufffd", "\x7f", "<![CDATA[\r\n\xff]]>", "<![CDATA[&amp;\r]]>", "]]&gt;", "<a\t\nb\r='1'\n/>", "<a b='&#13;&#x9;'/>",
}

func TestTheScannerReadsWhatXMLIs(t *testing.T) {
	t.Parallel()
	for _, text := range parted {
		readAlike(t, text)
		readAlike(t, "<r>"+text+"</r>")
	}
}

// FuzzScan holds the scanner against encoding/xml.
func FuzzScan(f *testing.F) {
	for _, text := range parted {
		f.Add(text)
	}
	f.Add(sheetXML(`<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t xml:space="preserve">A &amp; B</t></is></c><c r="B2" s="0"><v>32907</v></c></row>`))
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 64<<10 {
			readAlike(t, text)
		}
	})
}
