package desk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/vault"
)

// Health is what a look at the desk's foundations found.
type Health struct {
	Private  bool                  // the desk's folder can be opened by its owner alone
	Notifies bool                  // the system announces changes in the inbox
	Profiles map[checks.Path]error // of each path: what is wrong with its profile, nil if nothing
	Vault    vault.Verification    // every original, read and compared
	Missing  []string              // SHA-256 of originals the ledger knows and the vault lacks
}

// Health looks at the desk's foundations and changes nothing. It reads every original, which
// takes a while: progress is called on the way and may be nil.
func (d *Desk) Health(ctx context.Context, progress func(vault.Progress)) (Health, error) {
	h := Health{Notifies: d.notifies(), Profiles: map[checks.Path]error{}}
	info, err := os.Stat(d.dir)
	if err != nil {
		return h, err
	}
	h.Private = info.Mode().Perm()&0o077 == 0
	for _, path := range checks.Paths() {
		p, err := d.profileFor(path, "")
		if err == nil {
			err = p.Validate(d.checks)
		}
		h.Profiles[path] = err
	}
	if h.Vault, err = d.vault.VerifyAll(ctx, progress); err != nil {
		return h, err
	}
	names, err := d.CaseNames(ctx)
	if err != nil {
		return h, err
	}
	seen := map[string]bool{}
	for _, name := range append(names, pipeline.Unsorted) {
		c, err := d.ledger.Case(ctx, name)
		if named(name, err) != nil {
			if err := noCase(name, err); err != nil {
				return h, err
			}
			continue
		}
		for _, doc := range c.Documents {
			if seen[doc.SHA256] {
				continue
			}
			seen[doc.SHA256] = true
			has, err := d.vault.Has(doc.SHA256)
			if err != nil {
				return h, err
			}
			if !has {
				h.Missing = append(h.Missing, doc.SHA256)
			}
		}
	}
	return h, nil
}

// noCase returns err unless it only says that there is no such case, which an empty tray and a
// case removed a moment ago are allowed.
func noCase(name string, err error) error {
	var none *NoCaseError
	if errors.As(named(name, err), &none) {
		return nil
	}
	return err
}

// notifies tries whether the system announces a change in the inbox: a file is made, waited for
// and removed. Its name is one that intake leaves alone.
func (d *Desk) notifies() bool {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return false
	}
	defer w.Close()
	if err := w.Add(d.InboxDir()); err != nil {
		return false
	}
	probe := filepath.Join(d.InboxDir(), ".dossier-probe.tmp")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		return false
	}
	defer os.Remove(probe)
	select {
	case <-w.Events:
		return true
	case <-time.After(2 * time.Second): // local file systems answer within a millisecond
		return false
	}
}
