package quiz

import (
	"context"
	"crypto/rand"
	"time"

	"sotay/internal/caller"
	"sotay/internal/fault"
	"sotay/internal/ident"
	"sotay/internal/store"
)

// LeaseMode says what a lease is for.
type LeaseMode string

// The modes. An exam is an attempt that may be begun without signal; practice is
// none, and carries salted answers.
const (
	Exam     LeaseMode = "exam"
	Practice LeaseMode = "practice"
)

// How long a lease may be begun, and how long after that, or after an attempt's
// deadline, a phone may still send what it holds.
const (
	leaseFor = 14 * 24 * time.Hour
	syncFor  = 7 * 24 * time.Hour
)

// What a member who wants a lease is refused.
var (
	notOffline = fault.New(fault.Conflict, "not_offline",
		"Đề này chỉ làm được khi có mạng.", "This quiz is sat online only.")
	practiceLater = fault.New(fault.Conflict, "practice_later",
		"Luyện tập được sau khi nộp bài: đang có lượt chưa nộp hoặc còn lượt tính kết quả.", "It can be practised afterwards: an attempt is not handed in, or one that counts is still to come.")
	notPractised = fault.New(fault.Conflict, "no_practice",
		"Đề này không có chế độ luyện tập.", "This quiz can't be practised.")
)

// Lease lets a phone begin without signal: paper, seed and order are pinned.
type Lease struct {
	ID   string
	Mode LeaseMode
	// Attempt is what the lease is for; of practice only version, seed and
	// places are set, and it is stored nowhere.
	Attempt    Attempt
	Token      string
	QuizID     string
	ValidUntil time.Time
	// Limit is the time limit on the member's terms, 0 for none.
	Limit     time.Duration
	Questions []LeasedQuestion
}

// LeasedQuestion is a question of a lease, in practice with its digests.
type LeasedQuestion struct {
	ShownQuestion
	Salt    string
	Digests []string
}

// LeaseQuiz leases an attempt at a quiz, or its practice. The same session gets
// the same lease again as long as it has not begun it.
func (s *Service) LeaseQuiz(ctx context.Context, c *caller.Caller, quizID string, mode LeaseMode) (Lease, error) {
	t := s.sitting(KindQuiz + "/" + quizID)
	if t == nil || !t.admits(c) {
		return Lease{}, fault.NotFound
	}
	m, err := s.termsFor(ctx, c.Identity, t)
	if err != nil {
		return Lease{}, err
	}
	if mode == Practice {
		return s.practice(ctx, c, t, m)
	}
	if !t.Offline {
		return Lease{}, notOffline
	}
	a, err := s.lease(ctx, c, t, m)
	if err != nil {
		return Lease{}, err
	}
	o := a.Offline
	out := Lease{ID: o.LeaseID, Mode: Exam, Attempt: a, QuizID: quizID, ValidUntil: o.ValidUntil, Limit: time.Duration(o.LimitSeconds) * time.Second}
	out.Token = s.leaseToken(&leaseClaim{mode: Exam, leaseID: o.LeaseID, attemptID: a.ID, memberID: c.MemberID})
	out.Questions, err = s.leased(ctx, &a, false)
	return out, err
}

// lease returns the session's lease that is not begun, or makes one.
func (s *Service) lease(ctx context.Context, c *caller.Caller, t *Sitting, m terms) (Attempt, error) {
	for range 3 { // another lease or start may be first
		mine, err := s.mine(ctx, t.ID, c.MemberID)
		if err != nil {
			return Attempt{}, err
		}
		now := s.Now()
		if held := leaseOf(mine, c.SessionID, now); held != nil {
			return *held, nil
		}
		if err := mayBegin(mine, t, m, now); err != nil {
			return Attempt{}, err
		}
		a, err := s.newAttempt(ctx, c, t, mine)
		if err != nil {
			return a, err
		}
		o := &Offline{LeaseID: ident.New(), SessionID: c.SessionID, ValidUntil: now.Add(leaseFor), LimitSeconds: int64(m.limit / time.Second)}
		if end := m.window.ClosesAt; !end.IsZero() {
			if end.Before(o.ValidUntil) {
				o.ValidUntil = end
			}
			if m.limit <= 0 || m.window.HardClose {
				o.EndsAt = end
			}
		}
		a.State, a.StartedAt, a.Offline = Leased, now, o
		a.Due = dueAt(o.ValidUntil.Add(syncFor))
		err = s.attempts.Insert(ctx, &a)
		if !store.IsDuplicate(err) {
			return a, err
		}
	}
	return Attempt{}, store.ErrContention
}

// leaseOf returns the lease that a session holds and has not begun, nil for none.
func leaseOf(mine []Attempt, sessionID string, now time.Time) *Attempt {
	for i := range mine {
		if a := &mine[i]; a.State == Leased && a.Offline.SessionID == sessionID && now.Before(a.Offline.ValidUntil) {
			return a
		}
	}
	return nil
}

// practice makes a lease that is stored nowhere.
func (s *Service) practice(ctx context.Context, c *caller.Caller, t *Sitting, m terms) (Lease, error) {
	now := s.Now()
	if !t.Practice {
		return Lease{}, notPractised
	}
	if !m.window.Opened(now) {
		return Lease{}, notOpen
	}
	if err := s.mayPractise(ctx, c, t, m, now); err != nil {
		return Lease{}, err
	}
	a, err := s.newAttempt(ctx, c, t, nil)
	if err != nil {
		return Lease{}, err
	}
	a.ID, a.Number = "", 0
	out := Lease{ID: ident.New(), Mode: Practice, Attempt: a, QuizID: t.ID[len(KindQuiz)+1:], ValidUntil: now.Add(leaseFor), Limit: m.limit}
	out.Token = s.leaseToken(&leaseClaim{mode: Practice, leaseID: out.ID, memberID: c.MemberID})
	out.Questions, err = s.leased(ctx, &a, true)
	return out, err
}

// mayPractise keeps practice, which tells the answers, from an attempt that runs
// and from those that are still to count.
func (s *Service) mayPractise(ctx context.Context, c *caller.Caller, t *Sitting, m terms, now time.Time) error {
	mine, err := s.mine(ctx, t.ID, c.MemberID)
	if err != nil {
		return err
	}
	left := m.attempts > 0 && taken(mine) < m.attempts || t.Rules.Counts == First && taken(mine) == 0
	if unfinished(mine) || left && !m.over(now) {
		return practiceLater
	}
	return nil
}

// leased lists the questions of a lease, with digests of their answers only for
// practice: no key is read for an exam.
func (s *Service) leased(ctx context.Context, a *Attempt, practised bool) ([]LeasedQuestion, error) {
	paper, err := s.paper(ctx, a.PaperID)
	if err != nil {
		return nil, err
	}
	out := make([]LeasedQuestion, len(a.Places))
	for i, p := range a.Places {
		out[i].ShownQuestion = ShownQuestion{paper.Items[p].ID, paper.Shown(p, a.Seed, a.ShuffleChoices)}
	}
	if !practised {
		return out, nil
	}
	keys, err := s.keys(ctx, a.PaperID)
	if err != nil {
		return nil, err
	}
	for i, p := range a.Places {
		out[i].Salt = rand.Text()
		out[i].Digests = keys.Keys[p].Digests(out[i].Salt)
	}
	return out, nil
}
