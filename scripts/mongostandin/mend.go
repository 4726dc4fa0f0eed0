package main

import (
	"encoding/binary"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// mend answers an update that clashes with a unique index as MongoDB does.
// FerretDB reports that as an internal error, and only for updates.
func mend(reply message) message {
	if !reply.isMsg() || reply[headerSize+4] != 0 {
		return reply
	}
	doc := bson.Raw(reply[headerSize+5:])
	text, ok := doc.Lookup("errmsg").StringValueOK()
	if !ok || !strings.Contains(text, "UNIQUE constraint failed") {
		return reply
	}
	body, err := bson.Marshal(bson.D{
		{Key: "n", Value: int32(0)},
		{Key: "nModified", Value: int32(0)},
		{Key: "writeErrors", Value: bson.A{bson.D{
			{Key: "index", Value: int32(0)},
			{Key: "code", Value: int32(11000)},
			{Key: "errmsg", Value: "E11000 duplicate key error"},
		}}},
		{Key: "ok", Value: 1.0},
	})
	if err != nil {
		return reply
	}
	out := append(append(message{}, reply[:headerSize+5]...), body...)
	binary.LittleEndian.PutUint32(out, uint32(len(out)))
	return out
}
