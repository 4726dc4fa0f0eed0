package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
)

// The parts of MongoDB's wire protocol that the proxy looks at.
const (
	headerSize = 16
	maxMessage = 48_000_000
	opMsg      = 2013

	flagMoreToCome     = 1 << 1
	flagExhaustAllowed = 1 << 16
)

// message is one message with its header.
type message []byte

func readMessage(r io.Reader) (message, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n < headerSize || n > maxMessage {
		return nil, fmt.Errorf("message of %d bytes", n)
	}
	m := make(message, n)
	copy(m, size[:])
	_, err := io.ReadFull(r, m[4:])
	return m, err
}

func (m message) isMsg() bool {
	return len(m) > headerSize+5 && binary.LittleEndian.Uint32(m[12:]) == opMsg
}

// unanswered tells that the sender wants no reply.
func (m message) unanswered() bool {
	return m.isMsg() && binary.LittleEndian.Uint32(m[headerSize:])&flagMoreToCome != 0
}

// single takes away the permission to answer with a stream of replies.
func (m message) single() {
	if m.isMsg() {
		flags := binary.LittleEndian.Uint32(m[headerSize:])
		binary.LittleEndian.PutUint32(m[headerSize:], flags&^flagExhaustAllowed)
	}
}

// command returns the command, the collection it names and the database. The
// command is the first key of the body, the collection its value.
func (m message) command() (name, collection, database string) {
	if !m.isMsg() || m[headerSize+4] != 0 {
		return "hello", "", "" // only greetings still use the older form
	}
	doc := m[headerSize+5:]
	name, collection = element(doc, 4)
	if at := findKey(doc, "$db"); at > 0 {
		_, database = element(doc, at)
	}
	return name, collection, database
}

// element reads a key, and the value when it is a string.
func element(doc []byte, at int) (key, value string) {
	if at+1 >= len(doc) {
		return "", ""
	}
	end := at + 1
	for end < len(doc) && doc[end] != 0 {
		end++
	}
	key = string(doc[at+1 : min(end, len(doc))])
	if doc[at] != 0x02 || end+5 > len(doc) {
		return key, ""
	}
	n := int(binary.LittleEndian.Uint32(doc[end+1:]))
	if n < 1 || end+5+n > len(doc) {
		return key, ""
	}
	return key, string(doc[end+5 : end+5+n-1])
}

// findKey returns where the string element of that key begins.
func findKey(doc []byte, key string) int {
	want := "\x02" + key + "\x00"
	for i := 4; i+len(want) < len(doc); i++ {
		if string(doc[i:i+len(want)]) == want {
			return i
		}
	}
	return 0
}

func hostOf(uri string) (string, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return "", err
	}
	return u.Host, nil
}
