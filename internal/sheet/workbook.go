package sheet

import (
	"path"
	"strings"
)

// workbook says where the parts of a workbook lie.
type workbook struct {
	sheet    string // part of the sheet that is read
	name     string
	others   []string // names of other visible sheets
	from1904 bool
	texts    string
	styles   string
}

// maxSheets bounds the list of sheets; the rest is not looked at.
const maxSheets = 256

func findWorkbook(a *archive, b *budget) (*workbook, error) {
	main := "xl/workbook.xml"
	err := relations(a, b, "", func(_, kind, target string) {
		if kind == "officeDocument" {
			main = target
		}
	})
	if err != nil {
		return nil, err
	}
	w := &workbook{}
	sheets := map[string]string{}
	err = relations(a, b, main, func(id, kind, target string) {
		switch kind {
		case "worksheet":
			sheets[id] = target
		case "sharedStrings":
			w.texts = target
		case "styles":
			w.styles = target
		}
	})
	if err != nil {
		return nil, err
	}
	return w, w.read(a, b, main, sheets)
}

// read finds the first sheet that the office sees.
func (w *workbook) read(a *archive, b *budget, main string, sheets map[string]string) error {
	x, err := a.open(main, b)
	if err != nil {
		return err
	}
	if x == nil {
		return errDoc
	}
	defer x.close()
	seen := 0
	err = x.each(func(e *token) error {
		switch string(e.name) {
		case "workbookPr":
			w.from1904 = truth(e.attr("date1904"))
		case "sheet":
			if seen++; seen <= maxSheets {
				w.add(a, e, sheets)
			}
		}
		return nil
	})
	if err == nil && w.sheet == "" {
		err = errDoc
	}
	return err
}

func (w *workbook) add(a *archive, e *token, sheets map[string]string) {
	target := sheets[e.attr("id")]
	if state := e.attr("state"); target == "" || a.parts[target] == nil || state == "hidden" || state == "veryHidden" {
		return
	}
	if w.sheet == "" {
		w.sheet, w.name = target, clean(e.attr("name"))
		return
	}
	w.others = append(w.others, clean(e.attr("name")))
}

// relations calls fn for each part that a part names.
func relations(a *archive, b *budget, of string, fn func(id, kind, target string)) error {
	dir, file := path.Split(of)
	x, err := a.open(dir+"_rels/"+file+".rels", b)
	if err != nil || x == nil {
		return err
	}
	defer x.close()
	return x.each(func(e *token) error {
		if string(e.name) != "Relationship" || e.attr("TargetMode") == "External" {
			return nil
		}
		target := e.attr("Target")
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		kind := e.attr("Type")
		fn(e.attr("Id"), kind[strings.LastIndex(kind, "/")+1:], strings.ToLower(path.Clean("/" + target)[1:]))
		return nil
	})
}

func truth(s string) bool { return s == "1" || s == "true" || s == "on" }
