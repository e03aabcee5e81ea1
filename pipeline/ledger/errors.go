package ledger

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"dossier/checks"
	"dossier/pipeline/durable"
)

// Errors a caller may ask for with errors.Is.
var (
	// ErrNotFound says that the ledger has no such case, document or report.
	ErrNotFound = errors.New("not in the ledger")
	// ErrNoContainer says that a page came without the file it was taken out of, or after that
	// file had been replaced.
	ErrNoContainer = errors.New("the file this page was taken out of is not in the case")
	// ErrPage says that a page cannot be moved without the file it was taken out of.
	ErrPage = errors.New("it is a page of another document: move that one")
	// ErrNewer says that a newer Dossier has changed the ledger's tables.
	ErrNewer = errors.New("the ledger was written by a newer version of Dossier")
)

// An Error says what could not be done with which ledger. It wraps the store's error.
type Error struct {
	Op   string // "recording receipts"
	Path string // of the ledger
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s in %s: %v", e.Op, e.Path, e.Err) }

// Unwrap returns the store's own error.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what a person can do about it; both texts are empty if there is nothing useful to
// say.
func (e *Error) Hint() checks.Text {
	if errors.Is(e.Err, ErrNewer) {
		return checks.Text{
			En: "run the newer version of Dossier on this desk, or choose another desk (--desk)",
			Zh: "请用新版本的 Dossier 打开此工作目录，或用 --desk 指定其他目录",
		}
	}
	var own interface{ Hint() checks.Text }
	if errors.As(e.Err, &own) {
		return own.Hint()
	}
	switch code(e.Err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return checks.Text{
			En: "another Dossier has been writing to this desk for a long time: wait until it is done, or stop it, and try again",
			Zh: "另一个 Dossier 程序一直在写入此工作目录：请等它完成或将其停止后再试",
		}
	case sqlite3.SQLITE_FULL:
		return checks.Text{
			En: "the disk is full: free some space, or move the desk to a larger disk, and start again; nothing has been lost",
			Zh: "磁盘已满：请清理空间，或把工作目录移到更大的磁盘后重新运行；已记录的内容不会丢失",
		}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return checks.Text{
			En: "this account may not write there: run Dossier as the owner of the desk, or choose another desk (--desk)",
			Zh: "当前账户没有写入权限：请用工作目录的所有者账户运行，或用 --desk 指定其他目录",
		}
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return checks.Text{
			En: "the ledger is damaged: stop Dossier and put a backup of the file in its place; the documents in the vault are not affected",
			Zh: "台账文件已损坏：请停止 Dossier，用备份替换该文件；原件库中的文件不受影响",
		}
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL:
		return checks.Text{
			En: "the disk does not answer as it should: the desk must be on a local disk, not on a network drive; check the disk",
			Zh: "磁盘读写异常：工作目录必须放在本机磁盘而不是网络盘上；请检查磁盘",
		}
	}
	return durable.Hint(e.Err)
}

// code returns SQLite's primary result code, 0 for another error.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff // the upper bits say more about the lower eight
	}
	return 0
}

// wrap makes an *Error of the store's errors and leaves those that are answers as they are.
func (l *Ledger) wrap(ctx context.Context, op string, err error) error {
	var format *checks.FormatError
	var limit *checks.LimitError
	var own *Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()):
		return fmt.Errorf("%s: %w", op, ctx.Err()) // SQLite only says "interrupted"
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrNoContainer), errors.Is(err, ErrPage),
		errors.As(err, &format), errors.As(err, &limit), errors.As(err, &own), ctx.Err() != nil:
		return err
	}
	return &Error{Op: op, Path: l.path, Err: err}
}
