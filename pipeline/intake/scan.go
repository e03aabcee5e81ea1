package intake

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dossier/pipeline"
)

// A snapshot is what a look through the inbox, or one folder of it, found.
type snapshot struct {
	dir     string           // what was looked through; "." is the inbox
	files   map[string]stamp // by path below the inbox
	ignored map[string]leftAlone
	folders []string // that were looked through
	missing bool     // dir is not there
	full    bool     // more than MaxEntries were there; the rest was not looked at

	known      map[string]stamp // files that are not looked at again
	watchError error            // the last folder's that could not be watched
}

// scan looks through a folder of the inbox. watch, if not nil, is called for each folder before
// it is listed, so that a file that arrives between the two is either listed or reported. Files in
// known are taken to be as they were, as long as they are there.
func scan(ctx context.Context, inbox, dir string, known map[string]stamp, watch func(path string)) (snapshot, error) {
	s := snapshot{dir: dir, known: known, files: map[string]stamp{}, ignored: map[string]leftAlone{}}
	root, err := os.OpenRoot(inbox)
	if missing(err) {
		s.missing = true
		return s, nil
	}
	if err != nil {
		return s, err
	}
	defer root.Close()
	if dir != "." {
		// The folder may have become something else since it was reported, and a link is not
		// followed just because a folder was there before.
		info, err := root.Lstat(dir)
		if missing(err) || err == nil && !info.IsDir() {
			s.missing = true
			return s, nil
		}
	}
	err = s.walk(ctx, root, inbox, dir, watch)
	return s, err
}

func (s *snapshot) walk(ctx context.Context, root *os.Root, inbox, dir string, watch func(string)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if watch != nil {
		watch(filepath.Join(inbox, filepath.FromSlash(dir)))
	}
	entries, err := listFolder(root, dir)
	if missing(err) {
		s.missing = s.missing || dir == s.dir
		return nil
	}
	if err != nil {
		var left *leftAlone
		if dir == "." || !errors.As(unreadable(err), &left) {
			return err
		}
		s.ignored[dir] = *left
		return nil
	}
	s.folders = append(s.folders, dir)
	for _, entry := range entries {
		if len(s.files)+len(s.ignored) >= MaxEntries {
			s.full = true
			return nil
		}
		rel := join(dir, entry.Name())
		if reason, detail := ignoreEntry(rel, entry.Type()); reason != "" {
			if !isLeaving(entry.Name()) {
				s.ignored[rel] = leftAlone{reason, detail}
			}
			continue
		}
		if entry.IsDir() {
			if err := s.walk(ctx, root, inbox, rel, watch); err != nil {
				return err
			}
			continue
		}
		if st, ok := s.known[rel]; ok {
			s.files[rel] = st
			continue
		}
		info, err := root.Lstat(rel)
		if err != nil {
			continue // gone again, or seen at the next look
		}
		s.files[rel] = stamp{info}
	}
	return nil
}

// listFolder lists a folder, sorted by name. What was read before an error is dropped: a
// partial list would make the rest look gone.
func listFolder(root *os.Root, dir string) ([]fs.DirEntry, error) {
	f, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// placeIn returns where rel lies and whether it is an answers sheet.
func placeIn(rel string) (p place, answers bool) {
	if name, ok := answersCase(rel); ok {
		return place{Case: name, Name: placeOf(rel).Name}, true
	}
	return placeOf(rel), false
}

// ignoredAt makes the ledger's record of an entry that is left alone.
func (t *Taker) ignoredAt(path string, left leftAlone) pipeline.Ignored {
	return pipeline.Ignored{Path: path, Reason: left.reason, Detail: left.detail, At: t.now()}
}
