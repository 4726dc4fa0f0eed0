package main

import (
	"net"
	"sync"
)

// proxy lets one request and its reply through at a time, over all
// connections: FerretDB's updates are not atomic between connections, MongoDB's
// are.
type proxy struct {
	upstream string
	cut      *cutter
	turn     sync.Mutex
}

func (p *proxy) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go p.connection(c)
	}
}

// connection gives each client a connection of its own behind the proxy, since
// cursors belong to one.
func (p *proxy) connection(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	for {
		request, err := readMessage(client)
		if err != nil {
			return
		}
		reply, err := p.exchange(server, request)
		if err != nil {
			return
		}
		if reply == nil {
			continue
		}
		if _, err := client.Write(reply); err != nil {
			return
		}
	}
}

// exchange returns an error also when the control port ordered a cut.
func (p *proxy) exchange(server net.Conn, request message) (message, error) {
	name, collection, database := request.command()
	request.single()
	// A greeting that waits for a change of the topology must not hold up the
	// others.
	if name != "hello" && name != "isMaster" && name != "ismaster" {
		p.turn.Lock()
		defer p.turn.Unlock()
	}
	when := p.cut.due(name, collection, database)
	if when == before {
		return nil, errCut
	}
	reply, err := p.pass(server, request, name)
	if err == nil && when == after {
		err = errCut
	}
	return reply, err
}

// pass returns FerretDB's answer as MongoDB would give it.
func (p *proxy) pass(server net.Conn, request message, name string) (message, error) {
	if name == "update" {
		var known message
		var err error
		if request, known, err = byID(server, request); err != nil || known != nil {
			return known, err
		}
	}
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	if request.unanswered() {
		return nil, nil
	}
	reply, err := readMessage(server)
	if err == nil && name == "update" {
		reply = mend(reply)
	}
	return reply, err
}
