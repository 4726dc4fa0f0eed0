package main

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
)

var errCut = errors.New("cut by order")

// When a connection is cut: after the command was executed and before its
// reply, or before the command is passed on.
const (
	never  = ""
	before = "before"
	after  = "after"
)

// cutter is the control port:
//
//	POST /cut?command=insert&collection=x&database=d&times=1&when=after
//
// cuts the connections of the next such commands. An empty collection or
// database matches all.
type cutter struct {
	mu     sync.Mutex
	orders []*order
}

type order struct {
	command, collection, database, when string
	times                               int
}

// ServeHTTP takes an order.
func (c *cutter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o := &order{
		command: r.FormValue("command"), collection: r.FormValue("collection"),
		database: r.FormValue("database"), when: r.FormValue("when"),
	}
	if o.when == "" {
		o.when = after
	}
	var err error
	o.times, err = strconv.Atoi(r.FormValue("times"))
	if r.Method != http.MethodPost || o.command == "" || err != nil || o.when != before && o.when != after {
		http.Error(w, "want POST with command and times", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	c.orders = append(c.orders, o)
	c.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// due counts an order down and says when this command is to be cut.
func (c *cutter) due(command, collection, database string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.orders {
		if o.times > 0 && o.command == command &&
			(o.collection == "" || o.collection == collection) &&
			(o.database == "" || o.database == database) {
			o.times--
			return o.when
		}
	}
	return never
}
