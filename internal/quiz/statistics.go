package quiz

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/quiz/itemstats"
	"sotay/internal/quiz/question"
	"sotay/internal/store"
)

// How long statistics are remembered, and of how many papers: closed attempts
// are many, and a few more change little.
const (
	statsFor = 5 * time.Minute
	maxStats = 64
	// maxHolders is how many quizzes are looked into for one question.
	maxHolders = 20
)

var notOut = fault.New(fault.Conflict, "not_published",
	"Đề chưa được phát hành.", "The quiz is not published.")

// PaperStats are the statistics of a paper, by the places of its items. There is
// no person in them.
type PaperStats struct {
	At     time.Time
	Paper  *Paper
	Items  []itemstats.Tally
	People int64
}

// statistics computes one paper at a time and remembers it.
type statistics struct {
	turn chan struct{}
	mu   sync.Mutex
	rows map[string]*PaperStats
}

func newStatistics() *statistics {
	return &statistics{turn: make(chan struct{}, 1), rows: map[string]*PaperStats{}}
}

func (m *statistics) remembered(id string, now time.Time) *PaperStats {
	m.mu.Lock()
	defer m.mu.Unlock()
	if row := m.rows[id]; row != nil && now.Sub(row.At) < statsFor {
		return row
	}
	return nil
}

func (m *statistics) remember(id string, row *PaperStats) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for other, r := range m.rows {
		if len(m.rows) >= maxStats || row.At.Sub(r.At) >= statsFor {
			delete(m.rows, other)
		}
	}
	m.rows[id] = row
}

// QuizStatistics tells of each question of a quiz's published version what
// members' answers say of it.
func (s *Service) QuizStatistics(ctx context.Context, c *caller.Caller, id string) (*PaperStats, error) {
	if _, err := s.EditorQuiz(ctx, c, id); err != nil {
		return nil, err
	}
	sitting := s.sitting(KindQuiz + "/" + id)
	if sitting == nil {
		return nil, notOut
	}
	return s.paperStats(ctx, sitting)
}

// VersionStats are the statistics of one version of a question over the
// published quizzes that hold it.
type VersionStats struct {
	Version int64
	Quizzes []string
	Face    question.Face
	Tally   itemstats.Tally
}

// QuestionStatistics tells of each version of a question what the answers in
// the published quizzes that hold it say, newest first.
func (s *Service) QuestionStatistics(ctx context.Context, c *caller.Caller, id string) ([]VersionStats, error) {
	if _, err := s.EditorQuestion(ctx, c, id); err != nil {
		return nil, err
	}
	byVersion := map[int64]*VersionStats{}
	holders := 0
	for _, q := range s.catalogue.Load().quizOrder {
		held := slices.ContainsFunc(q.Payload.Parts, func(p Part) bool {
			return slices.ContainsFunc(p.Pinned, func(pin Pin) bool { return pin.QuestionID == id })
		})
		sitting := s.sitting(KindQuiz + "/" + q.ItemID)
		if !held || sitting == nil {
			continue
		}
		if holders++; holders > maxHolders {
			break
		}
		stats, err := s.paperStats(ctx, sitting)
		if err != nil {
			return nil, err
		}
		for place := range stats.Paper.Items {
			item := &stats.Paper.Items[place]
			if item.QuestionID != id {
				continue
			}
			v := byVersion[item.Version]
			if v == nil {
				v = &VersionStats{Version: item.Version, Face: item.Face}
				byVersion[item.Version] = v
			}
			v.Tally.Merge(&stats.Items[place])
			v.Quizzes = append(v.Quizzes, q.ItemID)
		}
	}
	out := make([]VersionStats, 0, len(byVersion))
	for _, v := range byVersion {
		out = append(out, *v)
	}
	slices.SortFunc(out, func(a, b VersionStats) int { return int(b.Version - a.Version) })
	return out, nil
}

// paperStats returns the statistics of a published sitting: remembered ones, or
// when it is this call's turn, new ones.
func (s *Service) paperStats(ctx context.Context, sitting *Sitting) (*PaperStats, error) {
	if row := s.stats.remembered(sitting.PaperID, s.Now()); row != nil {
		return row, nil
	}
	select {
	case s.stats.turn <- struct{}{}:
		defer func() { <-s.stats.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if row := s.stats.remembered(sitting.PaperID, s.Now()); row != nil { // who was before us made them
		return row, nil
	}
	paper, err := s.paper(ctx, sitting.PaperID)
	if err != nil {
		return nil, err
	}
	row := &PaperStats{At: s.Now(), Paper: paper, Items: make([]itemstats.Tally, len(paper.Items))}
	if err := s.addAttempts(ctx, sitting, row); err != nil {
		return nil, err
	}
	s.stats.remember(sitting.PaperID, row)
	return row, nil
}

// addAttempts reads the closed attempts at a paper, page by page. Of each member
// the first counts: whoever has seen a review answers from memory. Only a hash
// of each member is held meanwhile.
func (s *Service) addAttempts(ctx context.Context, sitting *Sitting, row *PaperStats) error {
	seed, seen := maphash.MakeSeed(), map[uint64]struct{}{}
	q := store.Query{Index: "closed", Eq: []any{sitting.ID}, From: epoch.Add(time.Millisecond), Limit: store.MaxPage}
	for {
		page, err := s.attempts.Find(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			a := &page.Items[i]
			if a.PaperID != sitting.PaperID || !a.Closed() || len(a.Marks) != len(a.Places) {
				continue
			}
			member := maphash.String(seed, a.MemberID)
			if _, again := seen[member]; again || a.MemberID == "" {
				continue
			}
			seen[member] = struct{}{}
			row.People++
			row.add(a)
		}
		if !page.More {
			return nil
		}
		q.After = page.Next
	}
}

// add tallies one attempt.
func (p *PaperStats) add(a *Attempt) {
	for i, place := range a.Places {
		if place < 0 || place >= int64(len(p.Items)) {
			continue
		}
		f := itemstats.Fact{Mark: a.Marks[i], Alone: len(a.Places) < 2}
		if !f.Alone {
			f.Rest = (a.Mark - f.Mark) / int64(len(a.Places)-1)
		}
		if v := a.answer(p.Paper.Items[place].ID); v != nil && !v.Response.Empty() {
			f.Answered, f.Chosen = true, v.Response.ChoiceIDs
		}
		p.Items[place].Add(f)
	}
}
