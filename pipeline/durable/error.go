package durable

import (
	"errors"
	"io/fs"
	"os"

	"dossier/checks"
)

// An Error says what could not be done to which path. It wraps the system's error.
type Error struct {
	Op   string // what was being done: "writing"
	Path string
	Err  error
}

func newError(op, path string, err error) *Error {
	// The system's errors name the call and the path again, sometimes that of a temporary file.
	var path2 *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path2):
		err = path2.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &Error{Op: op, Path: path, Err: err}
}

func (e *Error) Error() string { return e.Op + " " + e.Path + ": " + e.Err.Error() }

// Unwrap returns the system's error.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what a person can do about the error; both texts are empty if there is nothing
// useful to say.
func (e *Error) Hint() checks.Text { return Hint(e.Err) }

// Hint says what a person can do about an error of the file system; both texts are empty if
// there is nothing useful to say.
func Hint(err error) checks.Text {
	switch {
	case diskFull(err):
		return checks.Text{
			En: "the disk is full: free some space, or move the desk to a larger disk, and start again; nothing has been lost",
			Zh: "磁盘已满：请清理空间，或把工作目录移到更大的磁盘后重新运行；已收到的文件不会丢失",
		}
	case overQuota(err):
		return checks.Text{
			En: "the account's disk quota is used up: free some space or ask for more, and start again",
			Zh: "当前账户的磁盘配额已用完：请清理空间或申请扩容后重新运行",
		}
	case readOnly(err):
		return checks.Text{
			En: "the disk is mounted read-only: choose a desk on a disk that can be written to (--desk)",
			Zh: "磁盘是只读的：请用 --desk 指定一个可写的工作目录",
		}
	case inUse(err):
		return checks.Text{
			En: "another program has the file open: close it there and try again",
			Zh: "文件正被其他程序打开：请先在该程序中关闭，再重试",
		}
	case errors.Is(err, fs.ErrPermission):
		return checks.Text{
			En: "this account may not write there: run Dossier as the owner of the folder, or give the account the right to write",
			Zh: "当前账户没有写入权限：请用该目录的所有者账户运行，或给当前账户授予写入权限",
		}
	case tooManyOpen(err):
		return checks.Text{
			En: "too many files are open: close other programs, or raise the limit (ulimit -n), and start again",
			Zh: "打开的文件过多：请关闭其他程序，或调高上限（ulimit -n）后重新运行",
		}
	}
	return checks.Text{}
}
