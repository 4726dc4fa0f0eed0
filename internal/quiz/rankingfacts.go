package quiz

import (
	"context"
	"errors"
	"math"
	"time"

	"golang.org/x/sync/errgroup"

	"sotay/internal/ident"
	"sotay/internal/quiz/rank"
	"sotay/internal/store"
)

// factPage is some of the facts of a round, by column: what a ranking needs of
// its closed attempts, put down while the round runs. Attempts are whole
// documents, and reading all of a province's would take longer than people wait
// for a result.
//
// A closed attempt says by its Due that its fact is not in a page yet, and the
// mark goes after the page is written: a crash between the two puts a fact down
// twice, which is the same as once, and no clock decides whether all are there.
type factPage struct {
	store.Meta   `bson:",inline"`
	SittingID    string   `bson:"sittingId"`
	Members      []string `bson:"members"`
	Numbers      []int64  `bson:"numbers"`
	Units        []string `bson:"units"`
	Devices      []string `bson:"devices"`
	Rights       []int64  `bson:"rights"`
	Totals       []int64  `bson:"totals"`
	Marks        []int64  `bson:"marks"`
	Guesses      []int64  `bson:"guesses"` // rank.NoGuess for none
	SubmittedAts []int64  `bson:"submittedAts"`
	Durations    []int64  `bson:"durations"`
	Expired      []int64  `bson:"expired"`
}

func factPageSchema() *store.Schema {
	return &store.Schema{Name: "roundfacts", Indexes: []store.Index{
		{Name: "sittingId", Fields: []store.Field{{Path: "sittingId", Type: store.String}}},
	}}
}

// toFold is the Due of an attempt whose fact is not in a page yet.
func toFold(closedAt time.Time) int64 { return -closedAt.UnixMilli() }

// Facts wait until a page is worth writing, or the oldest has waited long.
const (
	foldFrom = 200
	foldWait = 5 * time.Minute
)

// fold puts facts of closed attempts into pages. With all it leaves none
// behind, else those of a small page wait. It returns how many were folded.
func (s *Service) fold(ctx context.Context, all bool) (int, error) {
	total := 0
	for {
		page, err := s.attempts.Find(ctx, store.Query{Index: "due", From: int64(math.MinInt64), To: int64(0), Desc: true, Limit: store.MaxPage})
		if err != nil || len(page.Items) == 0 {
			return total, err
		}
		waited := s.Now().Sub(page.Items[0].ClosedAt) // the longest
		if !all && len(page.Items) < foldFrom && waited < foldWait && waited >= 0 {
			return total, nil
		}
		if err := s.foldPage(ctx, page.Items); err != nil {
			return total, err
		}
		total += len(page.Items)
	}
}

// foldPage writes the facts of some attempts, then marks these.
func (s *Service) foldPage(ctx context.Context, rows []Attempt) error {
	pages := map[string]*factPage{}
	for i := range rows {
		a := &rows[i]
		p := pages[a.SittingID]
		if p == nil {
			p = &factPage{Meta: store.Meta{ID: ident.New()}, SittingID: a.SittingID}
			pages[a.SittingID] = p
		}
		p.add(a)
	}
	for _, p := range pages {
		if err := s.factPages.Insert(ctx, p); err != nil {
			return err
		}
	}
	var all errgroup.Group
	all.SetLimit(expiryHands)
	for i := range rows {
		all.Go(func() error { return s.folded(ctx, rows[i].ID) })
	}
	return all.Wait()
}

// folded marks an attempt whose fact is in a page.
func (s *Service) folded(ctx context.Context, id string) error {
	_, err := s.attempts.Update(ctx, id, func(a *Attempt) error {
		if a.Due >= 0 {
			return store.ErrUnchanged
		}
		a.Due = 0
		return nil
	})
	if errors.Is(err, store.ErrNotFound) { // erased meanwhile
		return nil
	}
	return err
}

func (p *factPage) add(a *Attempt) {
	p.Members, p.Numbers = append(p.Members, a.MemberID), append(p.Numbers, a.Number)
	p.Units, p.Devices = append(p.Units, a.OrgID), append(p.Devices, a.Device)
	p.Rights, p.Totals, p.Marks = append(p.Rights, a.Right), append(p.Totals, a.Total()), append(p.Marks, a.Mark)
	guess, expired := int64(rank.NoGuess), int64(0)
	if a.Guess != nil {
		guess = *a.Guess
	}
	if a.State == Expired {
		expired = 1
	}
	p.Guesses, p.Expired = append(p.Guesses, guess), append(p.Expired, expired)
	p.SubmittedAts = append(p.SubmittedAts, a.ClosedAt.UnixMilli())
	p.Durations = append(p.Durations, a.ClosedAt.Sub(a.StartedAt).Milliseconds())
}

// facts reads the facts of a round.
func (s *Service) facts(ctx context.Context, sittingID string) ([][]rank.Fact, error) {
	r := factReader{words: map[string]string{}}
	err := s.factPages.AllRaw(ctx, store.Query{Index: "sittingId", Eq: []any{sittingID}}, r.page)
	return r.pages, err
}

// factReader reads pages of facts without decoding them, and keeps each text
// once. Pages stay apart: one slice would be copied as it grows, which takes
// longer than all else.
type factReader struct {
	pages [][]rank.Fact
	words map[string]string
}

func (r *factReader) word(b []byte) string {
	if w, ok := r.words[string(b)]; ok {
		return w
	}
	w := string(b)
	r.words[w] = w
	return w
}

func (r *factReader) page(doc store.Raw) error {
	facts := make([]rank.Fact, 0, store.MaxPage)
	var failed error
	err := store.Walk(doc, func(name []byte, v store.Value) {
		set := r.column(string(name))
		if set == nil {
			return
		}
		k := 0
		if err := store.Walk(v.Doc(), func(_ []byte, v store.Value) {
			if k == len(facts) {
				facts = append(facts, rank.Fact{})
			}
			set(&facts[k], v)
			k++
		}); err != nil {
			failed = err
		}
	})
	r.pages = append(r.pages, facts)
	return errors.Join(err, failed)
}

// column returns what puts a value of a column into a fact, nil for a field
// that is none.
func (r *factReader) column(name string) func(f *rank.Fact, v store.Value) {
	switch name {
	case "members":
		return func(f *rank.Fact, v store.Value) { f.Member = r.word(v.Text()) }
	case "numbers":
		return func(f *rank.Fact, v store.Value) { f.Number = v.Int() }
	case "units":
		return func(f *rank.Fact, v store.Value) { f.Unit = r.word(v.Text()) }
	case "devices":
		return func(f *rank.Fact, v store.Value) { f.Device = r.word(v.Text()) }
	case "rights":
		return func(f *rank.Fact, v store.Value) { f.Right = v.Int() }
	case "totals":
		return func(f *rank.Fact, v store.Value) { f.Total = v.Int() }
	case "marks":
		return func(f *rank.Fact, v store.Value) { f.Mark = v.Int() }
	case "guesses":
		return func(f *rank.Fact, v store.Value) { f.Guess = v.Int() }
	case "submittedAts":
		return func(f *rank.Fact, v store.Value) { f.SubmittedAt = v.Int() }
	case "durations":
		return func(f *rank.Fact, v store.Value) { f.Duration = v.Int() }
	case "expired":
		return func(f *rank.Fact, v store.Value) { f.Expired = v.Int() != 0 }
	}
	return nil
}
