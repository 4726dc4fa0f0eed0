package quiz

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"sotay/internal/quiz/question"
)

// BenchmarkSaves saves the answers of many attempts of 35 questions from 64
// clients, and hands each in when it is full.
func BenchmarkSaves(b *testing.B) {
	f := newFixture(b, openEngine(b), newClock())
	id := f.aQuiz(b, "", 35, func(in *QuizInput) { in.Rules.TimeLimitSeconds = 86400 })
	const clients = 64
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for k := range clients {
		wg.Go(func() {
			for round := 0; ; round++ {
				m := who(fmt.Sprintf("m-%d-%d", k, round), "a")
				a, _, err := f.StartQuiz(b.Context(), m, id)
				if err != nil {
					b.Error(err)
					return
				}
				for i := range a.Questions {
					if next.Add(1) > int64(b.N) {
						return
					}
					if _, err := f.Save(b.Context(), m, a.ID, Save{Item: a.Questions[i].Item, Seq: 1, Response: question.Response{ChoiceIDs: []string{"dung"}}}); err != nil {
						b.Error(err)
						return
					}
				}
				if _, err := f.Submit(b.Context(), m, a.ID, nil); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
