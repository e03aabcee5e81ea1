package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// recover looks after the files that a killed run had set aside: renamed to be removed, and not
// removed yet. Almost always the ledger has them and they go now. One that it does not have
// had taken the place of the file that was to go, and is given a name of its own, under which
// it is taken in. keep means that nothing is removed here, and then nothing was set aside.
func (t *Taker) recover(ctx context.Context, inbox string, keep bool) error {
	if keep {
		return nil
	}
	root, err := os.OpenRoot(inbox)
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	var errs []error
	err = fs.WalkDir(root.FS(), ".", func(rel string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && rel == ".":
			return err
		case err != nil:
			return nil // the look through the inbox tells of folders that cannot be read
		case e.IsDir() && depth(rel) >= MaxDepth:
			return fs.SkipDir
		case !e.Type().IsRegular() || !isLeaving(e.Name()):
			return nil
		}
		if err := t.recoverOne(ctx, root, rel, filepath.Join(inbox, filepath.FromSlash(rel))); err != nil && !missing(err) {
			errs = append(errs, err)
		}
		return nil
	})
	return errors.Join(append(errs, err)...)
}

func (t *Taker) recoverOne(ctx context.Context, root *os.Root, rel, full string) error {
	f, err := root.OpenFile(rel, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	opened, err := f.Stat()
	if err != nil {
		return err
	}
	sum, size, err := t.Vault.Put(ctx, f, t.maxFile())
	if err != nil {
		return fmt.Errorf("put into the vault: %w", err)
	}
	have, err := t.Ledger.Received(ctx, placeOf(rel).Case, sum)
	if err != nil {
		return fmt.Errorf("look up in the ledger: %w", err)
	}
	now, err := f.Stat()
	if err != nil {
		return err
	}
	if have && size == now.Size() && (stamp{opened}).identical(stamp{now}) {
		return root.Remove(rel)
	}
	unique := strings.TrimPrefix(path.Base(rel), leavingPrefix)
	return putBack(file{root: root, rel: path.Join(path.Dir(rel), "restored-"+unique), path: full}, rel, unique)
}
