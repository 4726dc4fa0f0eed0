package quiz

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sotay/internal/fault"
	"sotay/internal/publication"
	"sotay/internal/viet"
)

// maxItems bounds the questions of a paper, drawn ones and those that they are
// drawn from: a paper is one document.
const maxItems = 500

// notReady refuses to hand in a quiz whose questions are not to be had.
var notReady = fault.New(fault.Conflict, "questions_missing",
	"Đề chưa đủ câu hỏi đã phát hành trong ngân hàng.", "The bank does not have the published questions that this needs.")

// pin names the versions of the questions that the parts stand for: of named
// questions what is out of them, of drawn ones all that are out and fit. base is
// where the parts stand in the input. Parts share no question, so that no attempt
// has one twice. The handlers are who has edited or decided on one of the
// questions.
func (bank *usableBank) pin(base string, parts []Part) (handlers []string, err error) {
	f := notReady
	if len(parts) == 0 {
		return nil, f.At(base, "required", "Chưa có câu hỏi nào.", "There is no question yet.")
	}
	total, part := 0, map[Pin]int{}
	for i := range parts {
		p := &parts[i]
		at := fmt.Sprintf("%s/%d", base, i)
		p.Pinned = nil
		if len(p.QuestionIDs) > 0 {
			for k, id := range p.QuestionIDs {
				switch q := bank.byID[id]; {
				case q == nil:
					f = f.At(fmt.Sprintf("%s/questionIds/%d", at, k), "not_published", "Câu hỏi này chưa được phát hành.", "This question is not published.")
				case bank.reserved[id]:
					f = f.At(fmt.Sprintf("%s/questionIds/%d", at, k), "reserved", "Câu hỏi này thuộc một cuộc thi chưa kết thúc.", "This question is part of a contest that is not over.")
				default:
					p.Pinned = append(p.Pinned, q.pin)
				}
			}
		} else {
			for _, q := range bank.all {
				if p.fits(q) && !bank.reserved[q.pin.QuestionID] {
					p.Pinned = append(p.Pinned, q.pin)
				}
			}
		}
		if p.Count > int64(len(p.Pinned)) {
			f = f.At(at+"/count", "too_few", fmt.Sprintf("Chỉ có %d câu phù hợp.", len(p.Pinned)), fmt.Sprintf("Only %d questions fit.", len(p.Pinned)))
		}
		for _, pin := range p.Pinned {
			if other, there := part[pin]; there && other != i {
				f = f.At(at, "overlaps", fmt.Sprintf("Có câu hỏi chung với phần %d.", other+1), fmt.Sprintf("It has a question in common with part %d.", other+1))
				break
			}
			part[pin] = i
			handlers = append(handlers, bank.byID[pin.QuestionID].handlers...)
		}
		total += len(p.Pinned)
	}
	if total > maxItems {
		f = f.At(base, "too_many", fmt.Sprintf("Nhiều nhất %d câu, kể cả để rút.", maxItems), fmt.Sprintf("At most %d questions, to be drawn from too.", maxItems))
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return handlers, nil
}

// reserved are the questions of contests, but for one, that are handed in or out
// and whose rounds are not over: another sitting would tell their key. What a
// quiz that is out has anyway is not: it may be changed as before.
func (s *Service) reserved(ctx context.Context, but string) (map[string]bool, error) {
	out := map[string]bool{}
	reserve := func(c *Contest) {
		for k := range c.Rounds {
			if c.Rounds[k].Window.Closed(s.Now().Add(-settleAfter)) {
				continue
			}
			for _, p := range c.Rounds[k].Parts {
				for _, pin := range p.Pinned {
					out[pin.QuestionID] = true
				}
			}
		}
	}
	err := s.contests.Each(ctx, func(i ContestItem) error {
		if i.ID != but && i.Live != publication.Withdrawn {
			reserve(&i.Payload)
		}
		return nil
	})
	cat := s.catalogue.Load()
	for id, c := range cat.contests { // what is out may differ from its draft
		if id != but {
			reserve(&c.Payload)
		}
	}
	for _, q := range cat.quizzes {
		for _, p := range q.Payload.Parts {
			for _, pin := range p.Pinned {
				delete(out, pin.QuestionID)
			}
		}
	}
	return out, err
}

func (p *Part) fits(q *usableQuestion) bool {
	return (p.Topic == "" || viet.Fold(p.Topic) == q.topic) && (p.Difficulty == "" || string(p.Difficulty) == q.difficulty)
}

// usableQuestion is a published question that an organisation may use.
type usableQuestion struct {
	pin               Pin
	topic, difficulty string
	handlers          []string
}

type usableBank struct {
	byID     map[string]*usableQuestion
	all      []*usableQuestion // by id
	reserved map[string]bool
}

// usable reads the published questions that an organisation may use: its own and
// those of the ones below it, which its editors may read; else who may publish
// for a branch could have the keys of a province by way of a quiz. A question of
// a contest that is not over is nobody else's; contestID is the contest that
// asks, "" for a quiz.
func (s *Service) usable(ctx context.Context, orgID, contestID string) (*usableBank, error) {
	var ids []string
	handlers := map[string][]string{}
	bank := &usableBank{byID: map[string]*usableQuestion{}}
	err := s.questions.Each(ctx, func(i QuestionItem) error {
		if i.LiveVersion > 0 && i.Live == publication.Published && slices.Contains(s.Orgs.OrgPath(i.OrgID), orgID) {
			ids = append(ids, publication.VersionID(i.ID, i.LiveVersion))
			handlers[i.ID] = i.Handlers()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	found, err := s.questions.Versions(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		v, ok := found[id]
		if !ok {
			continue
		}
		q := &usableQuestion{pin: Pin{v.ItemID, v.Number}, topic: viet.Fold(v.Payload.Topic), difficulty: string(v.Payload.Difficulty), handlers: handlers[v.ItemID]}
		bank.byID[v.ItemID] = q
		bank.all = append(bank.all, q)
	}
	slices.SortFunc(bank.all, func(a, b *usableQuestion) int { return strings.Compare(a.pin.QuestionID, b.pin.QuestionID) })
	bank.reserved, err = s.reserved(ctx, contestID)
	return bank, err
}
