package quiz

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sotay/internal/effect"
	"sotay/internal/quiz/rank"
	"sotay/internal/store"
)

// roundResult is what came of a round. Its id is the round's; it is written
// after the pages that it names, and only its release is ever added.
type roundResult struct {
	store.Meta     `bson:",inline"`
	effect.Pending `bson:",inline"`
	ContestID      string `bson:"contestId"`
	Number         int64  `bson:"number"`
	OrgID          string `bson:"orgId"`
	// Version is the contest's, by whose rules it was ranked.
	Version int64 `bson:"version"`
	// Digest is over the facts and the rules: who computes it again gets the
	// same. It is part of the ids of the pages.
	Digest string `bson:"digest"`
	// Places is how many people are ranked.
	Places int64 `bson:"places"`
	// FirstMembers are the first of each page of seats.
	FirstMembers []string `bson:"firstMembers"`
	AllCorrect   int64    `bson:"allCorrect"`
	Participants int64    `bson:"participants"`
	Attempts     int64    `bson:"attempts"`
	// Units are the organisations below the contest's.
	Units      []unitRow `bson:"units"`
	ComputedAt time.Time `bson:"computedAt"`
	ReleasedAt time.Time `bson:"releasedAt"` // the epoch while it is not
	ReleasedBy string    `bson:"releasedBy"`
}

// unitRow is what the members of an organisation did.
type unitRow struct {
	OrgID      string `bson:"orgId"`
	People     int64  `bson:"people"`
	Attempts   int64  `bson:"attempts"`
	AllCorrect int64  `bson:"allCorrect"`
}

func (r *roundResult) truth() rank.Truth {
	return rank.Truth{AllCorrect: r.AllCorrect, Participants: r.Participants, Attempts: r.Attempts}
}

func (r *roundResult) released() bool { return r.ReleasedAt.After(epoch) }

// standingPage is a stretch of a ranking in its order, by column.
type standingPage struct {
	store.Meta   `bson:",inline"`
	Members      []string `bson:"members"`
	Units        []string `bson:"units"`
	Ranks        []int64  `bson:"ranks"`
	Attempts     []int64  `bson:"attempts"`
	Numbers      []int64  `bson:"numbers"`
	Rights       []int64  `bson:"rights"`
	Totals       []int64  `bson:"totals"`
	Marks        []int64  `bson:"marks"`
	Guesses      []int64  `bson:"guesses"`
	Distances    []int64  `bson:"distances"`
	SubmittedAts []int64  `bson:"submittedAts"`
	Durations    []int64  `bson:"durations"`
	Expired      []bool   `bson:"expired"`
	SharedWith   []int64  `bson:"sharedWith"`
	Fast         []int64  `bson:"fast"`
}

// seatPage says where members stand, in the order of their ids.
type seatPage struct {
	store.Meta `bson:",inline"`
	Members    []string `bson:"members"`
	Places     []int64  `bson:"places"` // counted from 0 in the ranking's order
}

func roundResultSchema() *store.Schema {
	return &store.Schema{Name: "roundresults", Indexes: []store.Index{effect.Index()}}
}

func standingSchema() *store.Schema { return &store.Schema{Name: "standings"} }
func seatSchema() *store.Schema     { return &store.Schema{Name: "standingseats"} }

// How many people a page has.
const (
	standingRows = 500
	seatRows     = 2000
)

func pageID(sittingID, digest string, n int) string {
	return fmt.Sprintf("%s/%s/%d", sittingID, digest[:16], n)
}

// fill puts places into the page.
func (p *standingPage) fill(places []rank.Place, signals map[string]rank.Signal) {
	for i := range places {
		x := &places[i]
		p.Members, p.Units = append(p.Members, x.Member), append(p.Units, x.Unit)
		p.Ranks, p.Attempts, p.Numbers = append(p.Ranks, x.Rank), append(p.Attempts, x.Attempts), append(p.Numbers, x.Number)
		p.Rights, p.Totals, p.Marks = append(p.Rights, x.Right), append(p.Totals, x.Total), append(p.Marks, x.Mark)
		p.Guesses, p.Distances = append(p.Guesses, x.Guess), append(p.Distances, x.Distance)
		p.SubmittedAts, p.Durations, p.Expired = append(p.SubmittedAts, x.SubmittedAt), append(p.Durations, x.Duration), append(p.Expired, x.Expired)
		s := signals[x.Member]
		p.SharedWith, p.Fast = append(p.SharedWith, s.SharedWith), append(p.Fast, s.Fast)
	}
}

// writeResult writes a ranking: its pages, then the row that names them. It may
// run again, and beside itself: the facts decide every id and every byte.
func (s *Service) writeResult(ctx context.Context, p *published[Contest], number int64, r *rank.Ranking) error {
	id := RoundID(p.ItemID, number)
	out := roundResult{ContestID: p.ItemID, Number: number, OrgID: p.OrgID, Version: p.Number, Digest: r.Digest(), Places: int64(len(r.Places)),
		AllCorrect: r.Truth.AllCorrect, Participants: r.Truth.Participants, Attempts: r.Truth.Attempts, ComputedAt: s.Now(), ReleasedAt: epoch}
	out.ID = id
	signals := r.Signals(p.Payload.FastSeconds * 1000)
	var pages []*standingPage
	for at := 0; at < len(r.Places); at += standingRows {
		page := &standingPage{Meta: store.Meta{ID: pageID(id, out.Digest, len(pages))}}
		page.fill(r.Places[at:min(at+standingRows, len(r.Places))], signals)
		pages = append(pages, page)
	}
	if err := firstError(s.standings.InsertMany(ctx, pages)); err != nil {
		return err
	}
	var seated []*seatPage
	for at := 0; at < len(r.Seats); at += seatRows {
		page := &seatPage{Meta: store.Meta{ID: pageID(id, out.Digest, len(seated))}}
		for _, k := range r.Seats[at:min(at+seatRows, len(r.Seats))] {
			page.Members, page.Places = append(page.Members, r.Places[k].Member), append(page.Places, k)
		}
		out.FirstMembers = append(out.FirstMembers, page.Members[0])
		seated = append(seated, page)
	}
	if err := firstError(s.seats.InsertMany(ctx, seated)); err != nil {
		return err
	}
	out.Units = s.unitsOf(p.OrgID, r)
	err := s.results.Insert(ctx, &out)
	if store.IsDuplicate(err, "_id") {
		return nil
	}
	return err
}

// firstError is the first error of inserts that is no clash: what is there already
// is the same.
func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil && !store.IsDuplicate(err, "_id") {
			return err
		}
	}
	return nil
}

// unitsOf counts by the organisations that stand directly below the contest's;
// who belongs to that itself, or to one that is no more, counts there.
func (s *Service) unitsOf(orgID string, r *rank.Ranking) []unitRow {
	sums := map[string]*unitRow{}
	for unit, n := range r.Units() {
		group := orgID
		path := s.Orgs.OrgPath(unit)
		if k := slices.Index(path, orgID); k >= 0 && k+1 < len(path) {
			group = path[k+1]
		}
		row := sums[group]
		if row == nil {
			row = &unitRow{OrgID: group}
			sums[group] = row
		}
		row.People, row.Attempts, row.AllCorrect = row.People+n.People, row.Attempts+n.Attempts, row.AllCorrect+n.AllCorrect
	}
	out := make([]unitRow, 0, len(sums))
	for _, row := range sums {
		out = append(out, *row)
	}
	slices.SortFunc(out, func(a, b unitRow) int { return strings.Compare(a.OrgID, b.OrgID) })
	return out
}
