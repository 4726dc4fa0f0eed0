package quiz

import (
	"time"

	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// Answers are those of an attempt, in the order of their first arrival. They are
// coded by hand: an attempt is read and written with each save, and they are
// most of it. What is empty is left out.
type Answers []Answer

// MarshalBSONValue writes the answers as the driver would.
func (as Answers) MarshalBSONValue() (kind byte, data []byte, err error) {
	w := store.NewBuilder(64 + 160*len(as))
	for i := range as {
		a := &as[i]
		w.Begin(store.Place(i))
		w.String("item", a.Item)
		putValue(w, a.Seq, &a.Response, a.At)
		if !a.ClientAt.IsZero() {
			w.Time("clientAt", a.ClientAt)
		}
		if len(a.Replaced) > 0 {
			w.BeginArray("replaced")
			for k := range a.Replaced {
				r := &a.Replaced[k]
				w.Begin(store.Place(k))
				putValue(w, r.Seq, &r.Response, r.At)
				w.End()
			}
			w.End()
		}
		if a.Dropped > 0 {
			w.Int("dropped", a.Dropped)
		}
		w.End()
	}
	return store.ArrayType, w.Done(), nil
}

// putValue writes what an answer and a replaced value have in common.
func putValue(w *store.Builder, seq int64, r *question.Response, at time.Time) {
	w.Int("seq", seq)
	w.Begin("response")
	if len(r.ChoiceIDs) > 0 {
		w.Strings("choiceIds", r.ChoiceIDs)
	}
	if r.Text != "" {
		w.String("text", r.Text)
	}
	if len(r.Pairs) > 0 {
		w.BeginArray("pairs")
		for i, p := range r.Pairs {
			w.Begin(store.Place(i))
			w.String("promptId", p.PromptID)
			w.String("optionId", p.OptionID)
			w.End()
		}
		w.End()
	}
	if len(r.Order) > 0 {
		w.Strings("order", r.Order)
	}
	w.End()
	w.Time("at", at)
}

// UnmarshalBSONValue reads the answers.
func (as *Answers) UnmarshalBSONValue(kind byte, data []byte) error {
	*as = nil
	if kind != store.ArrayType {
		return nil
	}
	n := 0
	if err := store.Walk(data, func([]byte, store.Value) { n++ }); err != nil {
		return err
	}
	out := make(Answers, n)
	n = 0
	r := reader{}
	r.walk(data, func(_ string, v store.Value) {
		a := &out[n]
		n++
		r.walk(v.Doc(), func(name string, v store.Value) { r.answer(a, name, v) })
	})
	*as = out
	return r.err
}

// reader reads nested values; it keeps the first error.
type reader struct{ err error }

func (r *reader) walk(doc store.Raw, fn func(name string, v store.Value)) {
	if err := store.Walk(doc, func(name []byte, v store.Value) { fn(string(name), v) }); err != nil && r.err == nil {
		r.err = err
	}
}

func (r *reader) answer(a *Answer, name string, v store.Value) {
	switch name {
	case "item":
		a.Item = string(v.Text())
	case "clientAt":
		a.ClientAt = instantOf(v)
	case "dropped":
		a.Dropped = v.Int()
	case "replaced":
		r.walk(v.Doc(), func(_ string, v store.Value) {
			p := Replaced{}
			r.walk(v.Doc(), func(name string, v store.Value) { r.value(&p.Seq, &p.Response, &p.At, name, v) })
			a.Replaced = append(a.Replaced, p)
		})
	default:
		r.value(&a.Seq, &a.Response, &a.At, name, v)
	}
}

func (r *reader) value(seq *int64, resp *question.Response, at *time.Time, name string, v store.Value) {
	switch name {
	case "seq":
		*seq = v.Int()
	case "at":
		*at = instantOf(v)
	case "response":
		r.walk(v.Doc(), func(name string, v store.Value) {
			switch name {
			case "text":
				resp.Text = string(v.Text())
			case "choiceIds":
				resp.ChoiceIDs = r.texts(v)
			case "order":
				resp.Order = r.texts(v)
			case "pairs":
				r.walk(v.Doc(), func(_ string, v store.Value) {
					m := question.Match{}
					r.walk(v.Doc(), func(name string, v store.Value) {
						if name == "promptId" {
							m.PromptID = string(v.Text())
						} else if name == "optionId" {
							m.OptionID = string(v.Text())
						}
					})
					resp.Pairs = append(resp.Pairs, m)
				})
			}
		})
	}
}

func (r *reader) texts(v store.Value) (out []string) {
	r.walk(v.Doc(), func(_ string, v store.Value) { out = append(out, string(v.Text())) })
	return out
}

func instantOf(v store.Value) time.Time { return time.UnixMilli(v.Int()).UTC() }
