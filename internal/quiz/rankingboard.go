package quiz

import (
	"log/slog"
	"sync"

	"sotay/internal/audit"
	"sotay/internal/clock"
	"sotay/internal/effect"
	"sotay/internal/store"
)

// board is where the room keeps what rankings are made of and what comes of
// them.
type board struct {
	factPages *store.Collection[factPage]
	standings *store.Collection[standingPage]
	seats     *store.Collection[seatPage]
	results   *store.Collection[roundResult]
	resultFx  *effect.Runner[roundResult]
	// final are rounds whose result is released, by id: nothing more to do.
	final sync.Map
}

func boardSchemas() []*store.Schema {
	return []*store.Schema{factPageSchema(), standingSchema(), seatSchema(), roundResultSchema()}
}

func (b *board) open(e store.Engine, a *audit.Record, now clock.Now, log *slog.Logger) (err error) {
	if b.factPages, err = store.NewCollection[factPage](e, factPageSchema()); err != nil {
		return err
	}
	if b.standings, err = store.NewCollection[standingPage](e, standingSchema()); err != nil {
		return err
	}
	if b.seats, err = store.NewCollection[seatPage](e, seatSchema()); err != nil {
		return err
	}
	if b.results, err = store.NewCollection[roundResult](e, roundResultSchema()); err != nil {
		return err
	}
	b.resultFx = effect.NewRunner(b.results, now, log)
	b.resultFx.On(fxAudit, audit.Handler[roundResult](a))
	return nil
}
