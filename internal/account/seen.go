package account

import (
	"strings"
	"sync"
)

// seenPerGeneration is how many verified tokens each of two generations holds:
// about 60 MB when both are full.
const seenPerGeneration = 65_536

// seenShards spreads the tokens over locks; a power of two.
const seenShards = 32

// seenTokens remembers the tokens that were verified, so that a signature is
// checked once on each replica and not with each request. It is bounded: when
// a shard's young generation is full it becomes the old one, and what was old
// and not asked for is dropped.
type seenTokens struct{ shards [seenShards]seenShard }

type seenShard struct {
	mu         sync.RWMutex
	limit      int
	young, old map[string]*verified
	_          [64]byte // a cache line of its own: readers on two cores write to mu
}

func newSeenTokens(perGeneration int) *seenTokens {
	c := &seenTokens{}
	for i := range c.shards {
		c.shards[i].limit = max(perGeneration/seenShards, 1)
		c.shards[i].young = map[string]*verified{}
	}
	return c
}

// shard picks by a character of the signature, which is as good as random.
func (c *seenTokens) shard(token string) *seenShard {
	if len(token) < 8 {
		return &c.shards[0]
	}
	return &c.shards[token[len(token)-8]%seenShards]
}

// get returns what is known of a token, or nil.
func (c *seenTokens) get(token string) *verified {
	sh := c.shard(token)
	sh.mu.RLock()
	v, ok := sh.young[token]
	if ok {
		sh.mu.RUnlock()
		return v
	}
	v = sh.old[token]
	sh.mu.RUnlock()
	if v != nil {
		c.put(token, v)
	}
	return v
}

// put remembers a verified token, under a copy of its own.
func (c *seenTokens) put(token string, v *verified) {
	sh := c.shard(token)
	token = strings.Clone(token)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if len(sh.young) >= sh.limit {
		sh.old, sh.young = sh.young, make(map[string]*verified, sh.limit)
	}
	sh.young[token] = v
}
