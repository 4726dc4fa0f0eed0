package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sotay/internal/store"
)

// fill reads every document of a table whose columns or side tables are new
// and writes the values of those. A document without such a field keeps NULL
// until a migration gives it one.
func fill(ctx context.Context, tx *sql.Tx, s *store.Schema, columns []column, sides []side) error {
	if len(columns) == 0 && len(sides) == 0 {
		return nil
	}
	var after any
	for {
		ids, docs, err := fillPage(ctx, tx, s, after)
		if err != nil {
			return err
		}
		for i := range ids {
			if err := fillOne(ctx, tx, s, ids[i], docs[i], columns, sides); err != nil {
				return err
			}
			after = ids[i]
		}
		if len(ids) < store.MaxPage {
			return nil
		}
	}
}

func fillPage(ctx context.Context, tx *sql.Tx, s *store.Schema, after any) (ids []any, docs []store.Raw, err error) {
	where := ""
	args := []any{store.MaxPage}
	if after != nil {
		where, args = " WHERE id > ?", []any{after, store.MaxPage}
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT id, doc FROM %s%s ORDER BY id LIMIT ?", quote(s.Name), where), args...)
	if err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		var id any
		var doc []byte
		if err := rows.Scan(&id, &doc); err != nil {
			return nil, nil, errors.Join(err, rows.Close())
		}
		ids, docs = append(ids, id), append(docs, doc)
	}
	return ids, docs, errors.Join(rows.Err(), rows.Close())
}

func fillOne(ctx context.Context, tx *sql.Tx, s *store.Schema, id any, doc store.Raw, columns []column, sides []side) error {
	for _, c := range columns {
		v, ok := c.field.Value(doc)
		if !ok {
			continue
		}
		text := fmt.Sprintf("UPDATE %s SET %s = ? WHERE id = ?", quote(s.Name), quote(c.name))
		if _, err := tx.ExecContext(ctx, text, bindable(v), id); err != nil {
			return err
		}
	}
	for _, a := range sides {
		list, err := a.elements(doc)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, a.fill, id, list); err != nil {
			return err
		}
	}
	return nil
}
