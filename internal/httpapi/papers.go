package httpapi

import (
	"context"
	"runtime"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"sotay/internal/fault"
)

// How many finished papers are kept, and how large one may be, in bytes: 64 MiB
// at most. A report to a congress has 0.2.
const (
	keptPapers   = 32
	largestPaper = 2 << 20
)

// waitingPapers is how many requests may wait for a paper. A long one takes two
// tenths of a second.
const waitingPapers = 64

// busyPrinting answers when more papers are asked for than can be made.
var busyPrinting = fault.New(fault.TooMany, "busy",
	"Máy chủ đang tạo nhiều bản in. Bạn vui lòng thử lại sau ít giây.",
	"Many papers are being made right now. Please try again in a few seconds.").After(2 * time.Second)

// paperKey is all that decides what stands on a paper.
type paperKey struct {
	id      string
	version int64
	large   bool
}

// finishedPaper is a PDF with the name of its file.
type finishedPaper struct {
	key  paperKey
	name string
	body []byte
}

// papers bounds the papers that are made at once, so that those who only read
// have a core left, and keeps the newest: a branch prints one text before a
// meeting, not many.
type papers struct {
	waiting, slots chan struct{}
	kept           *lru.Cache[paperKey, *finishedPaper]
}

func newPapers() (*papers, error) {
	kept, err := lru.New[paperKey, *finishedPaper](keptPapers)
	slots := max(1, runtime.GOMAXPROCS(0)-1)
	return &papers{waiting: make(chan struct{}, slots+waitingPapers), slots: make(chan struct{}, slots), kept: kept}, err
}

// get returns a paper that is kept, or makes it when its turn has come.
func (p *papers) get(ctx context.Context, k paperKey, create func() (*finishedPaper, error)) (*finishedPaper, error) {
	if have, ok := p.kept.Get(k); ok {
		return have, nil
	}
	done, err := p.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if have, ok := p.kept.Get(k); ok { // another has made it meanwhile
		return have, nil
	}
	made, err := create()
	if err == nil && len(made.body) <= largestPaper {
		p.kept.Add(made.key, made)
	}
	return made, err
}

// turn waits until a paper may be made; done says that it has been.
func (p *papers) turn(ctx context.Context) (done func(), err error) {
	select {
	case p.waiting <- struct{}{}:
	default:
		return nil, busyPrinting
	}
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots; <-p.waiting }, nil
	case <-ctx.Done():
		<-p.waiting
		return nil, ctx.Err()
	}
}
