package quiz

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// drawnAnswers are any answers that an attempt could hold.
func drawnAnswers(t *rapid.T) Answers {
	instant := rapid.Custom(func(t *rapid.T) time.Time { return time.UnixMilli(rapid.Int64Range(1, 1<<42).Draw(t, "at")).UTC() })
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "đúng"}), 1, 3)
	response := rapid.Custom(func(t *rapid.T) (r question.Response) {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 1:
			r.ChoiceIDs = words.Draw(t, "choices")
		case 2:
			r.Order = words.Draw(t, "order")
		case 3:
			r.Text = rapid.SampledFrom([]string{"x", "Quảng Nam"}).Draw(t, "text")
		case 4:
			r.Pairs = []question.Match{{PromptID: "p", OptionID: "o"}, {PromptID: "q", OptionID: "r"}}
		}
		return r
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Answer {
		a := Answer{Item: rapid.StringMatching(`q[0-9]{1,3}`).Draw(t, "item"), Seq: rapid.Int64().Draw(t, "seq"), Response: response.Draw(t, "response"), At: instant.Draw(t, "at")}
		if rapid.Bool().Draw(t, "told") {
			a.ClientAt = instant.Draw(t, "client")
		}
		for range rapid.IntRange(0, 2).Draw(t, "replaced") {
			a.Replaced = append(a.Replaced, Replaced{rapid.Int64().Draw(t, "old"), response.Draw(t, "was"), instant.Draw(t, "then")})
		}
		a.Dropped = rapid.Int64Range(0, 3).Draw(t, "dropped")
		return a
	}), 0, 120).Draw(t, "answers")
}

// What is coded by hand is what the driver reads by the fields' names, and comes
// back as it was.
func TestAnswersAreCodedAsTheDriverWould(t *testing.T) {
	t.Parallel()
	type byHand struct {
		store.Meta `bson:",inline"`
		Answers    Answers `bson:"answers"`
	}
	type byDriver struct {
		store.Meta `bson:",inline"`
		Answers    []Answer `bson:"answers"`
	}
	rapid.Check(t, func(t *rapid.T) {
		in := byHand{store.Meta{ID: "a", Rev: 1, W: "w"}, drawnAnswers(t)}
		doc, err := store.Encode(&in)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.CheckDocument(&store.Schema{Name: "x"}, doc); err != nil {
			t.Fatal(err)
		}
		var hand byHand
		if err := store.Decode(doc, &hand); err != nil || !reflect.DeepEqual(hand.Answers, in.Answers) {
			t.Fatalf("%v\n%+v\n%+v", err, hand.Answers, in.Answers)
		}
		var driver byDriver
		if err := store.Decode(doc, &driver); err != nil || !reflect.DeepEqual(Answers(driver.Answers), in.Answers) {
			t.Fatalf("%v\n%+v\n%+v", err, driver.Answers, in.Answers)
		}
		// And the other way about: what the driver wrote is read by hand.
		if doc, err = store.Encode(&driver); err != nil {
			t.Fatal(err)
		}
		hand = byHand{}
		if err := store.Decode(doc, &hand); err != nil || len(hand.Answers) != len(in.Answers) {
			t.Fatalf("%v %+v", err, hand.Answers)
		}
		for i := range hand.Answers {
			if a, b := hand.Answers[i], in.Answers[i]; a.Item != b.Item || a.Seq != b.Seq || !a.Response.Equal(&b.Response) || len(a.Replaced) != len(b.Replaced) {
				t.Fatalf("%+v and %+v", a, b)
			}
		}
	})
}

func FuzzAnswers(f *testing.F) {
	_, good, _ := Answers{{Item: "q1", Seq: 1, Response: question.Response{ChoiceIDs: []string{"a"}}, Replaced: []Replaced{{Seq: 2}}}}.MarshalBSONValue()
	f.Add(good)
	f.Add(good[:len(good)-2])
	f.Add([]byte{5, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var a Answers
		if a.UnmarshalBSONValue(store.ArrayType, data) == nil {
			if _, _, err := a.MarshalBSONValue(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
