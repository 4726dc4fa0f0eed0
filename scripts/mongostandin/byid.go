package main

import (
	"bytes"
	"encoding/binary"
	"net"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// FerretDB looks into its index for a filter of _id alone; one of _id and _rev,
// which each of our updates has, walks the whole collection, bodies of documents
// and all. byID compares the revision itself and leaves the filter _id alone.
// Nothing can come in between: the proxy lets one request through at a time.
//
// It returns the request to pass on, or the reply when the document is not there
// in that revision.
func byID(server net.Conn, request message) (pass, reply message, err error) {
	at, update := request.onlyUpdate()
	q, ok := update.Lookup("q").DocumentOK()
	if !ok {
		return request, nil, nil
	}
	fields, err := q.Elements()
	if err != nil || len(fields) != 2 || fields[0].Key() != "_id" || fields[1].Key() != "_rev" {
		return request, nil, nil
	}
	_, collection, database := request.command()
	id, rev := fields[0].Value(), fields[1].Value()
	found, err := ask(server, bson.D{{Key: "find", Value: collection}, {Key: "filter", Value: bson.D{{Key: "_id", Value: id}}},
		{Key: "limit", Value: int64(1)}, {Key: "singleBatch", Value: true}, {Key: "$db", Value: database}})
	if err != nil {
		return nil, nil, err
	}
	if now, err := found.LookupErr("cursor", "firstBatch", "0", "_rev"); err != nil || !now.Equal(rev) {
		reply, err := answerTo(request, bson.D{{Key: "n", Value: int32(0)}, {Key: "nModified", Value: int32(0)}, {Key: "ok", Value: 1.0}})
		return nil, reply, err
	}
	var parts bson.D
	if err := bson.Unmarshal(update, &parts); err != nil {
		return nil, nil, err
	}
	for i := range parts {
		if parts[i].Key == "q" {
			parts[i].Value = bson.D{{Key: "_id", Value: id}}
		}
	}
	short, err := bson.Marshal(parts)
	if err != nil {
		return nil, nil, err
	}
	return request.withUpdate(at, len(update), short), nil, nil
}

// onlyUpdate finds the one update of a command whose updates come as a sequence
// of documents, and where it begins; nil when there are none or several.
func (m message) onlyUpdate() (at int, update bson.Raw) {
	if !m.isMsg() || m[headerSize+4] != 0 {
		return 0, nil
	}
	at = headerSize + 5 + int(binary.LittleEndian.Uint32(m[headerSize+5:]))
	const head = 1 + 4 + len("updates\x00") // kind, size, name
	if at+head+4 > len(m) || m[at] != 1 || !bytes.Equal(m[at+5:at+head], []byte("updates\x00")) {
		return 0, nil
	}
	end := at + 1 + int(binary.LittleEndian.Uint32(m[at+1:]))
	at += head
	size := int(binary.LittleEndian.Uint32(m[at:]))
	if at+size != end || end > len(m) {
		return 0, nil
	}
	return at, bson.Raw(m[at:end])
}

// withUpdate puts another update into the place of the one at at.
func (m message) withUpdate(at, size int, update []byte) message {
	out := append(message{}, m[:at]...)
	out = append(append(out, update...), m[at+size:]...)
	const head = 4 + len("updates\x00")
	binary.LittleEndian.PutUint32(out[at-head:], uint32(head+len(update)))
	binary.LittleEndian.PutUint32(out, uint32(len(out)))
	return out
}

// ask makes a request of the proxy's own on a client's connection.
func ask(server net.Conn, command bson.D) (bson.Raw, error) {
	body, err := bson.Marshal(command)
	if err != nil {
		return nil, err
	}
	request := make(message, headerSize+5, headerSize+5+len(body))
	request = append(request, body...)
	binary.LittleEndian.PutUint32(request, uint32(len(request)))
	binary.LittleEndian.PutUint32(request[12:], opMsg)
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	reply, err := readMessage(server)
	if err != nil || !reply.isMsg() {
		return nil, err
	}
	return bson.Raw(reply[headerSize+5:]), nil
}

// answerTo is a reply to a request.
func answerTo(request message, reply bson.D) (message, error) {
	body, err := bson.Marshal(reply)
	if err != nil {
		return nil, err
	}
	out := make(message, headerSize+5, headerSize+5+len(body))
	out = append(out, body...)
	binary.LittleEndian.PutUint32(out, uint32(len(out)))
	copy(out[8:12], request[4:8]) // responseTo
	binary.LittleEndian.PutUint32(out[12:], opMsg)
	return out, nil
}
