package rank_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"sotay/internal/quiz/rank"
	"sotay/internal/quiz/rank/ranktest"
)

// BenchmarkRealWeek ranks the published week, from facts in no order.
func BenchmarkRealWeek(b *testing.B) {
	at := time.Date(2026, 11, 30, 0, 30, 0, 0, time.UTC).UnixMilli()
	facts := ranktest.Real(at, at+7*24*3600*1000).Facts(15)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(facts), func(i, k int) { facts[i], facts[k] = facts[k], facts[i] })
	b.ReportAllocs()
	for b.Loop() {
		r := rank.Of([][]rank.Fact{facts}, rank.Usual(), rank.GuessAllCorrect)
		if r.Truth.AllCorrect != 7171 || len(r.Digest()) != 64 || len(r.Signals(2000)) != 0 {
			b.Fatal(r.Truth)
		}
	}
}
