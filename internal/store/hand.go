package store

import (
	"encoding/binary"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// What is written thousands of times a second is coded by hand: reflection would
// cost more than the write. A type does so with a Builder in MarshalBSONValue
// and with Walk in UnmarshalBSONValue; what it writes is what reflection would.

// ArrayType is the type of an array, for those two methods.
const ArrayType = byte(bson.TypeArray)

const (
	stringTag = byte(bson.TypeString)
	docTag    = byte(bson.TypeEmbeddedDocument)
	dateTag   = byte(bson.TypeDateTime)
	int64Tag  = byte(bson.TypeInt64)
)

// Builder writes the elements of a document or an array.
type Builder struct {
	b    []byte
	open []int
}

// NewBuilder begins a value with room for some bytes.
func NewBuilder(room int) *Builder {
	w := &Builder{b: make([]byte, 0, room), open: make([]int, 0, 8)}
	w.begin()
	return w
}

// Done ends the value and returns it. The builder is used up.
func (w *Builder) Done() []byte {
	w.End()
	return w.b
}

func (w *Builder) begin() {
	w.open = append(w.open, len(w.b))
	w.b = append(w.b, 0, 0, 0, 0)
}

func (w *Builder) key(tag byte, key string) {
	w.b = append(append(append(w.b, tag), key...), 0)
}

// Begin opens a document below a key, BeginArray an array; End closes either.
func (w *Builder) Begin(key string) {
	w.key(docTag, key)
	w.begin()
}

// BeginArray opens an array below a key.
func (w *Builder) BeginArray(key string) {
	w.key(ArrayType, key)
	w.begin()
}

// End closes what was opened last.
func (w *Builder) End() {
	at := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	w.b = append(w.b, 0)
	binary.LittleEndian.PutUint32(w.b[at:], uint32(len(w.b)-at))
}

// String writes a text.
func (w *Builder) String(key, v string) {
	w.key(stringTag, key)
	w.b = append(append(binary.LittleEndian.AppendUint32(w.b, uint32(len(v)+1)), v...), 0)
}

// Int writes a number.
func (w *Builder) Int(key string, v int64) {
	w.key(int64Tag, key)
	w.b = binary.LittleEndian.AppendUint64(w.b, uint64(v))
}

// Time writes an instant.
func (w *Builder) Time(key string, v time.Time) {
	w.key(dateTag, key)
	w.b = binary.LittleEndian.AppendUint64(w.b, uint64(v.UnixMilli()))
}

// Strings writes a list of texts.
func (w *Builder) Strings(key string, list []string) {
	w.BeginArray(key)
	for i, v := range list {
		w.String(Place(i), v)
	}
	w.End()
}

// Place is the key of an array's element.
func Place(i int) string {
	if i < len(places) {
		return places[i]
	}
	return strconv.Itoa(i)
}

var places = func() (out [100]string) {
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}()
