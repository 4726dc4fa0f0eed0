package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"
)

// killings is how often the server is killed.
const killings = 5

// kills ends the server with SIGKILL at moments by chance while it takes
// writes, and looks for every write that it acknowledged. The page cache
// survives, so that this proves the order of things and not the disk.
func (m *measuring) kills(ctx context.Context) error {
	var fresh *pairs
	lost, acknowledged, uncertain := 0, 0, 0
	for range killings {
		s, err := m.serve(ctx, "kill", m.store("kill"))
		if err != nil {
			return err
		}
		if fresh == nil {
			fresh = &pairs{have: s.have}
		}
		written, open := m.killAmid(s, fresh)
		if s, err = m.serve(ctx, "killed", m.store("kill")); err != nil {
			return err
		}
		missing, err := missingBookmarks(s, written)
		if err != nil {
			return err
		}
		s.stop()
		lost, acknowledged, uncertain = lost+missing, acknowledged+len(written), uncertain+open
	}
	atMost("kill9_lost", float64(lost), 0)
	note("kill9: %d killings amid %d acknowledged writes; %d more had no answer", killings, acknowledged, uncertain)
	if acknowledged == 0 {
		return fmt.Errorf("no write was acknowledged")
	}
	return nil
}

// mark is one acknowledged bookmark.
type mark struct {
	who      *member
	document string
}

// killAmid loads the server until it dies and returns what it acknowledged.
func (m *measuring) killAmid(s *server, fresh *pairs) (written []mark, unanswered int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			c, err := dial(s.addr)
			if err != nil {
				return
			}
			defer c.close()
			for {
				who, document, err := fresh.take()
				if err != nil {
					return
				}
				err = putBookmark(c, who, document)
				mu.Lock()
				if err == nil {
					written = append(written, mark{who, document})
				} else {
					unanswered++
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	time.Sleep(300*time.Millisecond + rand.N(900*time.Millisecond))
	s.kill()
	wg.Wait()
	return written, unanswered
}

// missingBookmarks counts what was acknowledged and is not listed.
func missingBookmarks(s *server, written []mark) (int, error) {
	c, err := dial(s.addr)
	if err != nil {
		return 0, err
	}
	defer c.close()
	byMember := map[*member][]string{}
	for _, w := range written {
		byMember[w.who] = append(byMember[w.who], w.document)
	}
	missing := 0
	for who, documents := range byMember {
		have, err := bookmarksOf(c, who)
		if err != nil {
			return 0, err
		}
		for _, d := range documents {
			if !have[d] {
				missing++
			}
		}
	}
	return missing, nil
}

func bookmarksOf(c *client, who *member) (map[string]bool, error) {
	have := map[string]bool{}
	for path := "/v1/me/bookmarks?limit=100"; path != ""; {
		var page struct {
			Items []struct {
				DocumentID string `json:"documentId"`
			} `json:"items"`
			NextCursor *string `json:"nextCursor"`
		}
		if err := c.get(path, who.Token, &page); err != nil {
			return nil, err
		}
		for _, b := range page.Items {
			have[b.DocumentID] = true
		}
		if path = ""; page.NextCursor != nil {
			path = "/v1/me/bookmarks?limit=100&cursor=" + url.QueryEscape(*page.NextCursor)
		}
	}
	return have, nil
}

func escape(q string) string { return url.QueryEscape(q) }
