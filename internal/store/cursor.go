package store

import (
	"sotay/internal/fault"
	"sotay/internal/page"
)

// OpenPosition reads the cursor of a list, "" for its start. It answers
// fault.BadCursor for what is none.
func OpenPosition(pages *page.Sealer, list, cursor string) (at Position, err error) {
	if cursor == "" {
		return at, nil
	}
	b, err := pages.Open(list, cursor)
	if err != nil {
		return at, err
	}
	if at, err = DecodePosition(b); err != nil {
		return at, fault.BadCursor.Because(err)
	}
	return at, nil
}

// Seal makes the cursor of a list that goes on behind the position.
func (p Position) Seal(pages *page.Sealer, list string) (*string, error) {
	b, err := p.Encode()
	if err != nil {
		return nil, err
	}
	cursor := pages.Seal(list, b)
	return &cursor, nil
}
