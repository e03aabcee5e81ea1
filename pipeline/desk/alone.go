package desk

import (
	"errors"
	"path/filepath"

	"dossier/checks"
	"dossier/pipeline/durable"
)

// WatchAlone claims the watching of the desk for this process until release is called, and is a
// *BusyError while another has claimed it. Two watches do no harm, but each tells its person
// only half of what happens. Where the file system knows no locks everybody's claim is granted.
func (d *Desk) WatchAlone() (release func(), err error) {
	lock, err := durable.TryExclusive(filepath.Join(d.dir, "watch.lock"))
	switch {
	case errors.Is(err, durable.ErrLocked):
		return nil, &BusyError{d.dir}
	case err != nil && !durable.LockUnsupported(err):
		return nil, err
	}
	return lock.Release, nil
}

// A BusyError says that another process watches the desk.
type BusyError struct{ Desk string }

func (e *BusyError) Error() string { return "another `dossier watch` already watches " + e.Desk }

// Message says so in both languages.
func (e *BusyError) Message() checks.Text {
	return checks.Textf("another `dossier watch` already watches %s", "已有另一个 `dossier watch` 正在监视 %s", e.Desk)
}

// Hint says what to do.
func (e *BusyError) Hint() checks.Text {
	return checks.Text{En: "use the one that runs, or stop it first; another desk is chosen with --desk",
		Zh: "请使用正在运行的那个，或先将其停止；用 --desk 可指定其他工作台"}
}
