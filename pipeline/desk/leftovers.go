package desk

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"dossier/pipeline"
	"dossier/pipeline/durable"
)

// This file is about what others leave below cases/: killed processes, and faster ones.

// projectLock is held, shared, by whoever writes below cases/.
func (d *Desk) projectLock() string { return filepath.Join(d.dir, "cases", ".lock") }

// sweepProjections removes the temporary files that killed processes left in the folders of
// these cases. While somebody else is writing there it can wait for the next time.
func (d *Desk) sweepProjections(cases []string) error {
	lock, err := durable.TryExclusive(d.projectLock())
	age := time.Duration(0)
	switch {
	case errors.Is(err, durable.ErrLocked):
		return nil
	case durable.LockUnsupported(err):
		age = leftoverAge
	case err != nil:
		return err
	}
	defer lock.Release()
	for _, name := range cases {
		err := filepath.WalkDir(d.CaseDir(name), func(folder string, e fs.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return err
			}
			_, err = durable.Sweep(folder, age)
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// leftoverAge is how long a temporary file must have been still to be taken for abandoned where
// no lock says so. The longest that is written is the summary of a night's batch.
const leftoverAge = 24 * time.Hour

// overtaken writes the newest report out once more if one has come while c was being written:
// whoever wrote that may have been the faster, and c would now lie over it.
func (d *Desk) overtaken(ctx context.Context, c *pipeline.Case) error {
	lines, err := d.ledger.Reports(ctx, c.Case)
	if err != nil {
		return err
	}
	newest := c.Version
	for _, l := range lines {
		newest = max(newest, l.Version)
	}
	if newest == c.Version {
		return nil
	}
	latest, err := d.ledger.Report(ctx, c.Case, newest)
	if err != nil {
		return err
	}
	return d.project(ctx, latest)
}
