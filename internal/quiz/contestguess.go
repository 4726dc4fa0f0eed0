package quiz

import (
	"math"
	"time"

	"sotay/internal/fault"
)

// PercentUnit is what a percentage is counted in: hundred-thousandths.
const PercentUnit = 100_000

// maxCount bounds a guessed number of people.
const maxCount = 100_000_000

// guessRequired refuses a submit without the guess that the round asks for.
var guessRequired = fault.New(fault.Invalid, "guess_required",
	"Vòng thi này cần câu dự đoán kèm bài nộp.", "This round needs a guess with the submit.").
	At("/guess", "required", "Cần câu dự đoán.", "The guess is missing.")

// guessed turns a guess as it is written into the unit of what the attempt asks
// for: people are whole, a percentage has at most 5 decimals. In time it must be
// there.
func (a *Attempt) guessed(v *float64, now time.Time) (*int64, error) {
	refused := func(code, vi, en string) (*int64, error) { return nil, fault.BadInput.At("/guess", code, vi, en) }
	switch {
	case v == nil && (a.Asks == GuessNone || a.overdue(now)):
		return nil, nil
	case v == nil:
		return nil, guessRequired
	case a.Asks == GuessNone:
		return refused("not_asked", "Lượt làm bài này không có câu dự đoán.", "This attempt asks for no guess.")
	case a.Asks != GuessPercent && (*v != math.Trunc(*v) || *v < 0 || *v > maxCount):
		return refused("invalid", "Cần số người, là số nguyên không âm.", "It must be a number of people: whole and not negative.")
	case a.Asks != GuessPercent:
		n := int64(*v)
		return &n, nil
	}
	n := math.Round(*v * PercentUnit)
	if *v < 0 || *v > 100 || math.Abs(*v*PercentUnit-n) > 1e-4 {
		return refused("invalid", "Cần tỷ lệ từ 0 đến 100, nhiều nhất 5 chữ số thập phân.", "It must be a percentage from 0 to 100 with at most 5 decimals.")
	}
	whole := int64(n)
	return &whole, nil
}
