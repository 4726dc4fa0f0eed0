package store

import (
	"bytes"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Meta is embedded (bson:",inline") by every row of a Collection.
type Meta struct {
	ID string `bson:"_id"`
	// Rev counts the document's writes from 1; compare-and-set is on it.
	Rev int64 `bson:"_rev"`
	// W is the random mark of the latest write: after an uncertain outcome, a
	// document that carries our mark was written by us.
	W string `bson:"_w"`
}

func (m *Meta) storeMeta() *Meta { return m }

// StoreID returns the id, for code that is generic over rows.
func (m *Meta) StoreID() string { return m.ID }

type carrier interface{ storeMeta() *Meta }

// SeqMeta is embedded (bson:",inline") by every row of a Sequence.
type SeqMeta struct {
	Seq int64  `bson:"_id"`
	Rev int64  `bson:"_rev"`
	W   string `bson:"_w"`
}

func (m *SeqMeta) seqMeta() *SeqMeta { return m }

type seqCarrier interface{ seqMeta() *SeqMeta }

// Encode marshals a row as it is stored: empty slices and maps instead of
// null, times in UTC milliseconds.
func Encode(row any) (Raw, error) {
	var buf bytes.Buffer
	enc := bson.NewEncoder(bson.NewDocumentWriter(&buf))
	enc.NilSliceAsEmpty()
	enc.NilMapAsEmpty()
	enc.NilByteSliceAsEmpty()
	if err := enc.Encode(row); err != nil {
		return nil, fmt.Errorf("encode %T: %w", row, err)
	}
	return buf.Bytes(), nil
}

// Decode unmarshals a stored document into a row.
func Decode(doc Raw, row any) error {
	if err := bson.Unmarshal(doc, row); err != nil {
		return fmt.Errorf("decode %T: %w", row, err)
	}
	return nil
}
