package question

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sotay/internal/fault"
)

func choices(right string, ids ...string) []Choice {
	var out []Choice
	for _, id := range ids {
		out = append(out, Choice{ID: id, Text: "choice " + id, Right: strings.Contains(right, id)})
	}
	return out
}

func pairs(n int) []Pair {
	var out []Pair
	for i := range n {
		out = append(out, Pair{fmt.Sprintf("p%d", i), fmt.Sprintf("prompt %d", i), fmt.Sprintf("o%d", i), fmt.Sprintf("option %d", i)})
	}
	return out
}

func steps(ids ...string) []Option {
	var out []Option
	for _, id := range ids {
		out = append(out, Option{id, "step " + id})
	}
	return out
}

func TestGrade(t *testing.T) {
	t.Parallel()
	single := Question{Kind: Single, Choices: choices("b", "a", "b", "c")}
	multiple := Question{Kind: Multiple, Choices: choices("ac", "a", "b", "c", "d")}
	partial := multiple
	partial.Partial = true
	matching := Question{Kind: Matching, Pairs: pairs(3), Partial: true}
	strict := Question{Kind: Matching, Pairs: pairs(3)}
	ordering := Question{Kind: Ordering, Steps: steps("x", "y", "z"), Partial: true}
	short := Question{Kind: ShortAnswer, Accepted: []string{"Quảng Nam", "-5", "1,5"}}
	for name, c := range map[string]struct {
		q    Question
		r    *Response
		want int64
	}{
		"no answer":                                  {single, nil, 0},
		"an emptied answer":                          {single, &Response{}, 0},
		"the right choice":                           {single, &Response{ChoiceIDs: []string{"b"}}, Full},
		"a wrong choice":                             {single, &Response{ChoiceIDs: []string{"a"}}, 0},
		"true":                                       {Question{Kind: TrueFalse, True: true}, &Response{ChoiceIDs: []string{TrueID}}, Full},
		"false for true":                             {Question{Kind: TrueFalse, True: true}, &Response{ChoiceIDs: []string{FalseID}}, 0},
		"false":                                      {Question{Kind: TrueFalse}, &Response{ChoiceIDs: []string{FalseID}}, Full},
		"all right choices":                          {multiple, &Response{ChoiceIDs: []string{"c", "a"}}, Full},
		"one of two, all or nothing":                 {multiple, &Response{ChoiceIDs: []string{"a"}}, 0},
		"one too many, all or nothing":               {multiple, &Response{ChoiceIDs: []string{"a", "b", "c"}}, 0},
		"one of two, partial":                        {partial, &Response{ChoiceIDs: []string{"a"}}, 500},
		"both and a wrong one, partial":              {partial, &Response{ChoiceIDs: []string{"a", "b", "c"}}, 500},
		"everything ticked, partial":                 {partial, &Response{ChoiceIDs: []string{"a", "b", "c", "d"}}, 0},
		"one of three pairs, partial":                {matching, &Response{Pairs: []Match{{"p0", "o0"}, {"p1", "o2"}}}, 333},
		"two of three pairs, all or nothing":         {strict, &Response{Pairs: []Match{{"p0", "o0"}, {"p1", "o1"}}}, 0},
		"all pairs":                                  {strict, &Response{Pairs: []Match{{"p0", "o0"}, {"p1", "o1"}, {"p2", "o2"}}}, Full},
		"one step in place, partial":                 {ordering, &Response{Order: []string{"x", "z", "y"}}, 333},
		"the right order":                            {ordering, &Response{Order: []string{"x", "y", "z"}}, Full},
		"a short answer without marks, case, blanks": {short, &Response{Text: " quang   NAM. "}, Full},
		"another short answer":                       {short, &Response{Text: "Quảng Ngãi"}, 0},
		"the sign of a number counts":                {short, &Response{Text: "5"}, 0},
		"a number with its sign":                     {short, &Response{Text: "-5"}, Full},
		"the comma of a number counts":               {short, &Response{Text: "15"}, 0},
	} {
		k := c.q.Key()
		if got := k.Grade(c.r); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestCheckResponse(t *testing.T) {
	t.Parallel()
	single := (&Question{Kind: Single, Choices: choices("b", "a", "b")}).Face()
	multiple := (&Question{Kind: Multiple, Choices: choices("b", "a", "b")}).Face()
	ordering := (&Question{Kind: Ordering, Steps: steps("x", "y")}).Face()
	matching := (&Question{Kind: Matching, Pairs: pairs(2)}).Face()
	short := (&Question{Kind: ShortAnswer, Accepted: []string{"x"}}).Face()
	for name, c := range map[string]struct {
		f    Face
		r    Response
		want []string
	}{
		"fits":                       {single, Response{ChoiceIDs: []string{"a"}}, nil},
		"two for one":                {single, Response{ChoiceIDs: []string{"a", "b"}}, []string{"/choiceIds one_choice"}},
		"none":                       {multiple, Response{}, []string{"/choiceIds required"}},
		"unknown choice":             {multiple, Response{ChoiceIDs: []string{"z"}}, []string{"/choiceIds/0 unknown"}},
		"a choice twice":             {multiple, Response{ChoiceIDs: []string{"a", "a"}}, []string{"/choiceIds/1 duplicate"}},
		"text for a choice":          {single, Response{ChoiceIDs: []string{"a"}, Text: "x"}, []string{"/text not_allowed"}},
		"half an order":              {ordering, Response{Order: []string{"y"}}, []string{"/order incomplete"}},
		"an order with a step twice": {ordering, Response{Order: []string{"y", "y"}}, []string{"/order/1 duplicate"}},
		"half the pairs":             {matching, Response{Pairs: []Match{{"p0", "o1"}}}, nil},
		"one option for two prompts": {matching, Response{Pairs: []Match{{"p0", "o1"}, {"p1", "o1"}}}, []string{"/pairs/1/optionId duplicate"}},
		"an unknown prompt":          {matching, Response{Pairs: []Match{{"o0", "o1"}}}, []string{"/pairs/0/promptId unknown"}},
		"blank text":                 {short, Response{Text: "  "}, []string{"/text required"}},
		"long text":                  {short, Response{Text: strings.Repeat("ă", MaxAnswer+1)}, []string{"/text too_long"}},
	} {
		var got []string
		if bad := c.f.Check(&c.r); bad != nil {
			for _, f := range bad.Fields {
				got = append(got, f.Pointer+" "+f.Code)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestCheckQuestion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		q    Question
		want []string
	}{
		"unknown kind":         {Question{Kind: "essay", Text: "x"}, []string{"/q/kind unknown"}},
		"no text":              {Question{Kind: TrueFalse}, []string{"/q/text required"}},
		"one choice":           {Question{Kind: Multiple, Text: "x", Choices: choices("a", "a")}, []string{"/q/choices too_few"}},
		"two right":            {Question{Kind: Single, Text: "x", Choices: choices("ab", "a", "b")}, []string{"/q/choices one_right"}},
		"none right":           {Question{Kind: Multiple, Text: "x", Choices: choices("", "a", "b")}, []string{"/q/choices none_right"}},
		"choices alike":        {Question{Kind: Single, Text: "x", Choices: []Choice{{"a", "t", true}, {"b", " t ", false}}}, []string{"/q/choices/1/text duplicate"}},
		"section without doc":  {Question{Kind: TrueFalse, Text: "x", SectionID: "s1"}, []string{"/q/documentId required"}},
		"spare like an option": {Question{Kind: Matching, Text: "x", Pairs: pairs(2), Spare: []Option{{"s", "option 1"}}}, []string{"/q/spare/0 duplicate"}},
		"no accepted answer":   {Question{Kind: ShortAnswer, Text: "x"}, []string{"/q/accepted too_few"}},
		"an answer of signs":   {Question{Kind: ShortAnswer, Text: "x", Accepted: []string{"..."}}, []string{"/q/accepted/0 invalid"}},
		"one step":             {Question{Kind: Ordering, Text: "x", Steps: steps("a")}, []string{"/q/steps too_few"}},
		"fits":                 {Question{Kind: Ordering, Text: "x", Steps: steps("a", "b")}, nil},
	} {
		n := c.q.Normal()
		var got []string
		for _, f := range n.Check(fault.BadInput, "/q").Fields {
			got = append(got, f.Pointer+" "+f.Code)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// any question that could be written, without ids.
func anyQuestion(t *rapid.T) Question {
	q := Question{Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"), Text: "câu hỏi", Explanation: "vì thế", Partial: rapid.Bool().Draw(t, "partial"), True: rapid.Bool().Draw(t, "true")}
	n := rapid.IntRange(2, 6).Draw(t, "n")
	for i := range n {
		text := fmt.Sprintf("phần %d", i)
		q.Choices = append(q.Choices, Choice{Text: text, Right: i == 0 || q.Kind == Multiple && rapid.Bool().Draw(t, "right")})
		q.Pairs = append(q.Pairs, Pair{Prompt: text, Option: "ghép " + text})
		q.Steps = append(q.Steps, Option{Text: text})
		q.Accepted = append(q.Accepted, text)
	}
	q.Spare = []Option{{Text: "thừa"}}
	return q.Normal()
}

// rightAnswer is what a member with the key would send.
func rightAnswer(k *Key) Response {
	switch k.Kind {
	case Ordering:
		return Response{Order: k.Right}
	case Matching:
		return Response{Pairs: k.Pairs}
	case ShortAnswer:
		return Response{Text: k.Accepted[0]}
	}
	return Response{ChoiceIDs: k.Right}
}

// The right answer has the full mark and fits the face; nothing but it has the
// full mark; the face says the same whatever the key is.
func TestFaceAndKeyTellApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(t)
		if f := q.Check(fault.BadInput, ""); len(f.Fields) > 0 {
			t.Fatalf("%+v: %v", q, f.Fields)
		}
		face, key := q.Face(), q.Key()
		right := rightAnswer(&key).Normal()
		if bad := face.Check(&right); bad != nil {
			t.Fatalf("the right answer is refused: %v", bad.Fields)
		}
		if got := key.Grade(&right); got != Full {
			t.Fatalf("the right answer has %d", got)
		}
		other := q
		other.True = !q.True
		other.Choices, other.Pairs, other.Steps = slices.Clone(q.Choices), slices.Clone(q.Pairs), slices.Clone(q.Steps)
		for i := range other.Choices {
			other.Choices[i].Right = i == len(other.Choices)-1
		}
		slices.Reverse(other.Steps)
		for i := range other.Pairs { // each prompt with the next one's option
			next := q.Pairs[(i+1)%len(q.Pairs)]
			other.Pairs[i].OptionID, other.Pairs[i].Option = next.OptionID, next.Option
		}
		if a, b := fmt.Sprint(face), fmt.Sprint(other.Face()); q.Kind != ShortAnswer && a != b {
			t.Fatalf("the face tells of the key:\n%s\n%s", a, b)
		}
	})
}

func TestOrderComesFromTheSeed(t *testing.T) {
	t.Parallel()
	list := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	draw := func(seed string, labels ...string) []int { return Sample(NewOrder([]byte(seed), labels...), list, 5) }
	// Written down: a release that draws otherwise would show a member who
	// comes back another paper.
	if got := draw("seed", "a"); !slices.Equal(got, []int{4, 6, 8, 7, 3}) {
		t.Errorf("%v", got)
	}
	if slices.Equal(draw("seed", "a"), draw("seed", "b")) || slices.Equal(draw("seed", "a"), draw("seeds", "a")) {
		t.Error("labels and seed make no difference")
	}
	if slices.Equal(draw("ab", "c"), draw("a", "bc")) {
		t.Error("seed and label run into each other")
	}
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOf(rapid.Byte()).Draw(t, "seed")
		got := Sample(NewOrder(seed), list, len(list))
		if slices.Sort(got); !slices.Equal(got, list) {
			t.Fatalf("%v", got)
		}
	})
}

// Every place is equally likely for every element, within chance.
func TestShuffleIsFair(t *testing.T) {
	t.Parallel()
	const rounds, n = 20000, 5
	var seen [n][n]int
	for r := range rounds {
		list := []int{0, 1, 2, 3, 4}
		Shuffle(NewOrder(fmt.Append(nil, r)), list)
		for place, x := range list {
			seen[x][place]++
		}
	}
	for x := range seen {
		for place, got := range seen[x] {
			if d := got - rounds/n; d < -300 || d > 300 { // more than five deviations
				t.Errorf("%d stands %d times at %d", x, got, place)
			}
		}
	}
}

func BenchmarkGrade35(b *testing.B) {
	q := Question{Kind: Multiple, Choices: choices("ac", "a", "b", "c", "d")}
	k, r := q.Key(), Response{ChoiceIDs: []string{"a", "c"}}
	short := Question{Kind: ShortAnswer, Accepted: []string{"Quảng Nam"}}
	ks, rs := short.Key(), Response{Text: "quảng nam"}
	for b.Loop() {
		var sum int64
		for range 30 {
			sum += k.Grade(&r)
		}
		for range 5 {
			sum += ks.Grade(&rs)
		}
		if sum != 35*Full {
			b.Fatal(sum)
		}
	}
}

func TestIdsAreRandom(t *testing.T) {
	t.Parallel()
	a := Question{Kind: Ordering, Text: "x", Steps: []Option{{Text: "1"}, {Text: "2"}, {Text: "3"}}}
	first := a.Normal()
	seen := map[string]bool{}
	for range 50 {
		n := a.Normal()
		var b bytes.Buffer
		for _, s := range n.Face().Choices {
			b.WriteString(s.Text)
		}
		seen[b.String()] = true
	}
	if len(seen) < 3 {
		t.Errorf("the stored order of steps hardly varies: %v", seen)
	}
	if again := first.Normal(); !slices.Equal(again.Steps, first.Steps) {
		t.Error("ids that are there don't stay")
	}
}
