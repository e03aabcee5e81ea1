package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go

	"dossier/pipeline/durable"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// busyTimeout is how long a writer waits for another process. The longest transaction, asking
// for every case of a large desk to be examined again, takes a few seconds.
const busyTimeout = 30 * time.Second

// readers is the number of connections for reading: the workers of one process read in turns
// of well under a millisecond, so a few serve many.
const readers = 4

// A Ledger is an open ledger. Its methods may be called from several goroutines.
type Ledger struct {
	path   string
	writer *sql.DB // one connection: writers of one process queue here, not in SQLite
	reader *sql.DB
	now    func() time.Time
}

// Open opens the ledger in the file at path, makes it if it is missing, and brings its tables
// up to date. Beside it lie the files of SQLite (-wal, -shm) and a lock (.lock).
func Open(ctx context.Context, path string) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the ledger: %w", err)
	}
	l := &Ledger{path: path, now: time.Now}
	if err := l.open(ctx); err != nil {
		l.Close()
		return nil, l.wrap(ctx, "opening the ledger", err)
	}
	return l, nil
}

func (l *Ledger) open(ctx context.Context) error {
	if err := durable.MkdirAll(filepath.Dir(l.path), durable.DirMode); err != nil {
		return err
	}
	// One process makes the file and its tables, the others wait.
	lock, err := durable.Exclusive(l.path + ".lock")
	if err != nil && !durable.LockUnsupported(err) {
		return err
	}
	defer lock.Release()
	if err := l.makeFile(); err != nil {
		return err
	}
	if l.writer, err = sql.Open("sqlite", dsn(l.path, false)); err != nil {
		return err
	}
	l.writer.SetMaxOpenConns(1)
	if err := migrate(ctx, l.writer); err != nil {
		return err
	}
	if l.reader, err = sql.Open("sqlite", dsn(l.path, true)); err != nil {
		return err
	}
	l.reader.SetMaxOpenConns(readers)
	l.reader.SetMaxIdleConns(readers)
	return l.reader.PingContext(ctx)
}

// makeFile makes an empty file that only the owner may read; SQLite gives its own files the
// same mode. A file that is there is never opened here: closing it would drop the locks that
// SQLite holds on it elsewhere in this process.
func (l *Ledger) makeFile() error {
	info, err := os.Stat(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, durable.FileMode)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		return durable.SyncDir(filepath.Dir(l.path))
	}
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&^durable.FileMode != 0 {
		os.Chmod(l.path, durable.FileMode) // best effort: another account's file stays as it is
	}
	return nil
}

// dsn names the file and how each connection to it is set up.
func dsn(path string, readOnly bool) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/desk/ledger.db
	}
	q := url.Values{}
	pragma := func(p string) { q.Add("_pragma", p) }
	pragma(fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()))
	pragma("journal_mode(WAL)")
	pragma("synchronous(FULL)") // in WAL mode NORMAL may lose the last commits with the power
	pragma("foreign_keys(ON)")
	pragma("secure_delete(ON)")            // what is purged is overwritten, not only forgotten
	pragma("journal_size_limit(67108864)") // 64 MiB: a long reader must not leave a huge -wal behind
	if readOnly {
		pragma("query_only(ON)")
	} else {
		q.Set("_txlock", "immediate") // wait for the turn at the start, never fail in the middle
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

func migrate(ctx context.Context, db *sql.DB) error {
	p, err := migrations(db)
	if err != nil {
		return err
	}
	have, newest, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	switch {
	case have > newest:
		return ErrNewer
	case have == newest:
		return nil
	}
	_, err = p.Up(ctx)
	return err
}

// Close closes the ledger. The last process to close it folds SQLite's own files into the one.
func (l *Ledger) Close() error {
	var errs []error
	for _, db := range []*sql.DB{l.reader, l.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// write runs change in a transaction that holds the right to write from its first statement.
func (l *Ledger) write(ctx context.Context, op string, change func(tx *transaction) error) error {
	sqlTx, err := l.writer.BeginTx(ctx, nil)
	if err != nil {
		return l.wrap(ctx, op, err)
	}
	defer sqlTx.Rollback() // nothing after a commit
	if err := change(&transaction{sqlTx, ctx, micro(l.now())}); err != nil {
		return l.wrap(ctx, op, err)
	}
	return l.wrap(ctx, op, sqlTx.Commit())
}

// read runs look on one unchanging state of the ledger.
func (l *Ledger) read(ctx context.Context, op string, look func(tx *transaction) error) error {
	sqlTx, err := l.reader.BeginTx(ctx, nil)
	if err != nil {
		return l.wrap(ctx, op, err)
	}
	defer sqlTx.Rollback()
	return l.wrap(ctx, op, look(&transaction{sqlTx, ctx, micro(l.now())}))
}

// A transaction is one transaction with its context and its time, for shorter lines.
type transaction struct {
	tx  *sql.Tx
	ctx context.Context
	now int64
}

// exec runs a statement and returns how many rows it changed.
func (t *transaction) exec(query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// insert runs an INSERT and returns the new row's id.
func (t *transaction) insert(query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// one scans the only row of a query into dest and reports whether there was one.
func (t *transaction) one(query string, args []any, dest ...any) (bool, error) {
	err := t.tx.QueryRowContext(t.ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// errStop, returned by the visitor of each, ends the rows early and is no error.
var errStop = errors.New("stop")

// each calls visit for every row of a query.
func (t *transaction) each(query string, args []any, visit func(scan func(dest ...any) error) error) error {
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows.Scan); err != nil {
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}
	}
	return rows.Err()
}

// Times are kept in microseconds: finer than any two changes of a file that a person makes, and
// wide enough for every year a file system can hold. Years JSON cannot write are brought into
// its range.
var (
	earliest = time.Time{}
	latest   = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
)

func micro(t time.Time) int64 {
	switch {
	case t.Before(earliest):
		t = earliest
	case t.After(latest):
		t = latest
	}
	return t.UnixMicro()
}

func fromMicro(us int64) time.Time { return time.UnixMicro(us).UTC() }

// migrations are the steps that bring the tables of any earlier ledger up to today's.
func migrations(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
}
