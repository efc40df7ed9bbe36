package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// conn is the one connection. It is used without database/sql: there is no pool
// to manage, a commit is five calls, and nothing retries behind our back.
type conn struct {
	sqlite *sqlite3.SQLiteConn
	ready  map[string]*sqlite3.SQLiteStmt // prepared statements by their text
	args   []driver.NamedValue
}

// dial opens a database file alone: locking_mode goes first, because with it
// the log needs no shared memory, and a second opener is refused at once.
func dial(path, vfs string) (*conn, error) {
	query := url.Values{"_locking_mode": {"EXCLUSIVE"}, "_synchronous": {"FULL"}, "_busy_timeout": {"0"}, "_cache_size": {"-2048"},
		"_mutex": {"no"}} // whoever uses it holds the turn
	if vfs != "" {
		query.Set("vfs", vfs)
	}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String()
	c, err := (&sqlite3.SQLiteDriver{}).Open(dsn)
	if err != nil {
		return nil, err
	}
	return &conn{sqlite: c.(*sqlite3.SQLiteConn), ready: map[string]*sqlite3.SQLiteStmt{}}, nil
}

func (c *conn) close() error {
	if c == nil {
		return nil
	}
	for _, stmt := range c.ready {
		_ = stmt.Close()
	}
	clear(c.ready)
	return c.sqlite.Close()
}

func (c *conn) prepare(query string) (*sqlite3.SQLiteStmt, error) {
	if stmt, ok := c.ready[query]; ok {
		return stmt, nil
	}
	stmt, err := c.sqlite.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	c.ready[query] = stmt.(*sqlite3.SQLiteStmt)
	return stmt.(*sqlite3.SQLiteStmt), nil
}

// exec runs a statement that is prepared once and kept.
func (c *conn) exec(query string, args ...any) error {
	stmt, err := c.prepare(query)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(context.Background(), c.bind(args))
	return err
}

// script runs several statements once.
func (c *conn) script(text string) error {
	_, err := c.sqlite.ExecContext(context.Background(), text, nil)
	return err
}

// query calls row for every row of a statement that is prepared once and kept.
// The values are row's to keep.
func (c *conn) query(ctx context.Context, query string, row func(v values) error, args ...any) (err error) {
	stmt, err := c.prepare(query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, c.bind(args))
	if err != nil {
		return err
	}
	defer func() {
		if closing := rows.Close(); err == nil {
			err = closing
		}
	}()
	v := make(values, len(rows.Columns()))
	for {
		switch err := rows.Next(v); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := row(v); err != nil {
			return err
		}
	}
}

// number is a query's one integer; ok is false when there is no row or it is null.
func (c *conn) number(query string, args ...any) (n int64, ok bool, err error) {
	err = c.query(context.Background(), query, func(v values) error {
		n, ok = v[0].(int64)
		return nil
	}, args...)
	return n, ok, err
}

func (c *conn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// values are the columns of one row.
type values []driver.Value

func (v values) int(i int) int64 {
	n, _ := v[i].(int64)
	return n
}

func (v values) bytes(i int) []byte {
	switch b := v[i].(type) {
	case []byte:
		return b
	case string:
		return []byte(b)
	}
	return nil
}

func (v values) text(i int) string { return string(v.bytes(i)) }

// fault is what a failure of SQLite means to the store.
type fault int

const (
	faultOther   fault = iota
	faultDamaged       // the file is not what we wrote
	faultHeld          // another process has it
	faultFull          // no space
	faultWrite         // the disk refuses
	faultStopped       // interrupted by us
)

// judge sorts an error of SQLite. Our statements are fixed and tested, so that
// one which does not fit the schema shows a damaged schema.
func judge(err error) fault {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		if errors.Is(err, ErrDamaged) {
			return faultDamaged
		}
		return faultOther
	}
	switch e.Code {
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrError, sqlite3.ErrConstraint, sqlite3.ErrMismatch, sqlite3.ErrFormat, sqlite3.ErrTooBig, sqlite3.ErrInternal, sqlite3.ErrEmpty:
		return faultDamaged
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return faultHeld
	case sqlite3.ErrFull:
		return faultFull
	case sqlite3.ErrIoErr, sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm:
		return faultWrite
	case sqlite3.ErrInterrupt:
		return faultStopped
	}
	return faultOther
}

// named turns an error of SQLite into one of ours, keeping the cause.
func named(what string, err error) error {
	switch judge(err) {
	case faultDamaged:
		if errors.Is(err, ErrDamaged) {
			return fmt.Errorf("%s: %w", what, err)
		}
		return fmt.Errorf("%s: %w: %w", what, ErrDamaged, err)
	case faultHeld:
		return fmt.Errorf("%s: %w", what, ErrHeld)
	case faultFull, faultWrite:
		return fmt.Errorf("%s: %w: %w", what, ErrUnwritten, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
