package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"dossier/pipeline"
)

// A CaseFolder is one existing client folder that makes a case of its own.
type CaseFolder struct {
	Name string // of the case
	Dir  string // absolute; the files are named below it
	// Prefix stands before the documents' names; it is empty except in the tray, where files of
	// several folders meet.
	Prefix string
	// Loose limits the folder to the files lying directly in it.
	Loose bool
}

// PlanOptions change how folders become cases.
type PlanOptions struct {
	// Claimed, if not nil, reports whether the case of that name already has documents that
	// came from elsewhere than dir (absolute). A folder's name that is claimed gets a suffix, so
	// that two clients of the same name, met in two runs, never share a case.
	Claimed func(ctx context.Context, name, dir string) (bool, error)
}

// Plan lists the cases in existing folders, without touching them. A DIR is read as the inbox
// is:
//
//   - each sub-folder of DIR with a file in it, at whatever depth, is a case named after it,
//     and a file deeper down is the document "sub/name.jpg";
//   - a DIR without such sub-folders, or with an answers.yaml of its own, is itself one case;
//   - files lying beside the sub-folders belong to no case and go to the tray.
//
// Folders come in the order of their paths, one at a time: what is remembered of them is their
// names. Two folders whose names are the same, or differ only in case or in how an accent is
// spelled (which no every file system keeps apart), get distinct cases: the later in order
// has a suffix made from its path, the same in every run over the same folders. dirs that
// name one folder twice, or one inside another, are an error. An error for one folder does not
// end the sequence.
func Plan(ctx context.Context, dirs []string, o PlanOptions) iter.Seq2[CaseFolder, error] {
	return func(yield func(CaseFolder, error) bool) {
		absolute, err := distinctDirs(dirs)
		if err != nil {
			yield(CaseFolder{}, err)
			return
		}
		p := planner{o: o, names: map[string]bool{nameKey(pipeline.Unsorted): true}}
		for _, dir := range absolute {
			if !p.folder(ctx, dir, yield) {
				return
			}
		}
	}
}

// distinctDirs makes the folders absolute and sorts them.
func distinctDirs(dirs []string) ([]string, error) {
	var out []string
	for _, dir := range dirs {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", dir, err)
		}
		out = append(out, abs)
	}
	slices.Sort(out)
	for i, dir := range out {
		for _, other := range out[:i] {
			if under(filepath.ToSlash(dir), filepath.ToSlash(other)) {
				return nil, fmt.Errorf("%s lies in %s, which is also given: name each folder once", dir, other)
			}
		}
	}
	return out, nil
}

type planner struct {
	o     PlanOptions
	names map[string]bool // given to folders of this run, by nameKey
}

// nameKey is the same for names that some file system takes for one.
func nameKey(name string) string { return cases.Fold().String(norm.NFC.String(name)) }

// folder yields the cases of one DIR; false means that the caller has had enough.
func (p *planner) folder(ctx context.Context, dir string, yield func(CaseFolder, error) bool) bool {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return yield(CaseFolder{}, fmt.Errorf("folder %s: %w", dir, bare(err)))
	}
	defer root.Close()
	entries, err := listFolder(root, ".")
	if err != nil {
		return yield(CaseFolder{}, fmt.Errorf("folder %s: %w", dir, bare(err)))
	}
	var folders []string
	loose, whole := false, false
	for _, e := range entries {
		if isAnswers(e.Name()) && e.Type().IsRegular() {
			whole = true
		}
		if reason, _ := ignoreEntry(e.Name(), e.Type()); reason != "" && !isAnswers(e.Name()) {
			continue
		}
		if e.IsDir() {
			folders = append(folders, e.Name())
		} else {
			loose = true
		}
	}
	if whole {
		return p.yield(ctx, CaseFolder{Dir: dir}, filepath.Base(dir), yield)
	}
	held := false // some sub-folder has a file
	for _, name := range folders {
		if err := ctx.Err(); err != nil {
			yield(CaseFolder{}, err)
			return false
		}
		holds, err := holdsFile(ctx, root, name)
		if err != nil {
			held = true
			if !yield(CaseFolder{}, fmt.Errorf("folder %s: %w", filepath.Join(dir, name), bare(err))) {
				return false
			}
			continue
		}
		if !holds {
			continue
		}
		held = true
		if !p.yield(ctx, CaseFolder{Dir: filepath.Join(dir, name)}, printable(name), yield) {
			return false
		}
	}
	switch {
	case !loose:
		return true
	case held:
		return yield(CaseFolder{Name: pipeline.Unsorted, Dir: dir, Prefix: printable(filepath.Base(dir)) + "/", Loose: true}, nil)
	default:
		return p.yield(ctx, CaseFolder{Dir: dir, Loose: true}, printable(filepath.Base(dir)), yield)
	}
}

// yield gives the folder a name that no other has, and hands it on.
func (p *planner) yield(ctx context.Context, f CaseFolder, name string, yield func(CaseFolder, error) bool) bool {
	if name == string(filepath.Separator) || name == "." {
		name = "root"
	}
	f.Name = name
	taken := p.names[nameKey(name)]
	if !taken && p.o.Claimed != nil {
		claimed, err := p.o.Claimed(ctx, name, f.Dir)
		if err != nil {
			return yield(CaseFolder{}, fmt.Errorf("look up case %q: %w", name, err))
		}
		taken = claimed
	}
	if taken {
		sum := sha256.Sum256([]byte(f.Dir))
		// 32 bits tell a few namesakes apart; a clerk has to be able to read the name out.
		f.Name = shorten(name, 240) + "-" + hex.EncodeToString(sum[:4])
	}
	p.names[nameKey(f.Name)] = true
	return yield(f, nil)
}

// shorten cuts a name to n bytes between characters: with a suffix it still has to be a folder's
// name, 255 bytes on most file systems.
func shorten(name string, n int) string {
	if len(name) <= n {
		return name
	}
	for n > 0 && name[n]&0xc0 == 0x80 {
		n--
	}
	return name[:n]
}

// errFound ends a search.
var errFound = errors.New("found")

// holdsFile reports whether there is a file to take in below a folder.
func holdsFile(ctx context.Context, root *os.Root, dir string) (bool, error) {
	err := walkFiles(ctx, root, dir, true, func(_ string, _ fs.FileInfo, left *leftAlone) error {
		if left == nil {
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}

// walkFiles calls visit for each file in dir, and if deep also for those below, in the order of
// their names, and for each entry that is left alone, with the reason; names are below root.
// Folders that cannot be read are left alone too, except dir itself.
func walkFiles(ctx context.Context, root *os.Root, dir string, deep bool, visit func(rel string, info fs.FileInfo, left *leftAlone) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := listFolder(root, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		rel := join(dir, e.Name())
		reason, detail := ignoreEntry(rel, e.Type())
		if reason == pipeline.IgnoreMisplaced {
			reason = "" // here the folder is the case, and its top is the answers' place
		}
		switch {
		case reason != "":
			err = visit(rel, nil, &leftAlone{reason, detail})
		case e.IsDir() && !deep:
		case e.IsDir():
			err = walkFiles(ctx, root, rel, deep, visit)
			var left *leftAlone
			var pathError *fs.PathError
			if errors.As(err, &pathError) && !missing(err) && errors.As(unreadable(err), &left) {
				err = visit(rel, nil, left)
			}
		default:
			var info fs.FileInfo
			if info, err = e.Info(); err == nil {
				err = visit(rel, info, nil)
			}
		}
		if err != nil && !missing(err) {
			return err
		}
	}
	return nil
}

// bare takes the path out of an error that is going to be said beside it.
func bare(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// A FolderResult is what became of a client folder.
type FolderResult struct {
	Receipts       []pipeline.Receipt // taken in this time, and the pages of PDFs with them
	Standings      []pipeline.Standing
	Seen           int // files that were taken in before and have not changed
	AnswersChanged bool
	Ignored        []pipeline.Ignored
	Bytes          int64 // that were read
}

// batchTries and batchPause: how often a file that changes under the reading is tried, and the
// pause before. Existing folders are at rest; if one is just being filled, the next run gets it.
const (
	batchTries = 3
	batchPause = 2 * time.Second
)

// groupFiles is how many files are recorded in one transaction: a case of ordinary size is
// recorded whole or not at all, and a folder with ten thousand files does not fill the memory.
const groupFiles = 64

// TakeFolder takes in the files of one folder and leaves every one of them as and where it is.
// What the ledger has already (same path, size and modification time) is not read again, so
// that an interrupted run goes on where it stopped. An error means that the vault or the
// ledger did not work, or that ctx has ended; result then tells what was done before. Single
// files that cannot be read are in result.Ignored and in the ledger.
func (t *Taker) TakeFolder(ctx context.Context, f CaseFolder) (result FolderResult, err error) {
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		return result, fmt.Errorf("folder %s: %w", f.Dir, bare(err))
	}
	defer root.Close()
	var group []pipeline.Receipt
	record := func() error {
		if len(group) == 0 {
			return nil
		}
		standings, err := t.record(ctx, group)
		if err != nil {
			return err
		}
		result.Receipts = append(result.Receipts, group...)
		result.Standings = append(result.Standings, standings...)
		group = nil
		return nil
	}
	pending := 0
	err = walkFiles(ctx, root, ".", !f.Loose, func(rel string, info fs.FileInfo, left *leftAlone) error {
		in := file{root: root, rel: rel, path: filepath.Join(f.Dir, filepath.FromSlash(rel)),
			place: place{Case: f.Name, Name: f.Prefix + printable(rel)}}
		var err error
		if left == nil {
			var receipts []pipeline.Receipt
			receipts, err = t.takeOne(ctx, in, info, f.Prefix == "" && isAnswers(rel), &result)
			group = append(group, receipts...)
			if len(receipts) > 0 {
				pending++
			}
			errors.As(err, &left)
		}
		if left != nil {
			record := t.ignoredAt(in.path, *left)
			result.Ignored = append(result.Ignored, record)
			if err := t.Ledger.Ignore(ctx, record); err != nil {
				return fmt.Errorf("record in the ledger: %w", err)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", in.path, err)
		}
		if pending >= groupFiles {
			pending = 0
			return record()
		}
		return nil
	})
	if err != nil {
		// What is in the vault already is worth recording, unless that is what failed.
		if ctx.Err() == nil {
			err = errors.Join(err, record())
		}
		return result, err
	}
	return result, record()
}

// takeOne takes one file of a client folder as far as the vault.
func (t *Taker) takeOne(ctx context.Context, in file, info fs.FileInfo, answers bool, result *FolderResult) ([]pipeline.Receipt, error) {
	if answers {
		changed, err := t.answers(ctx, in, nil)
		result.AnswersChanged = result.AnswersChanged || changed
		if errors.Is(err, errGone) {
			err = nil
		}
		return nil, err
	}
	_, seen, err := t.Ledger.Seen(ctx, in.path, info.Size(), info.ModTime())
	if err != nil {
		return nil, fmt.Errorf("look up in the ledger: %w", err)
	}
	if seen {
		result.Seen++
		return nil, nil
	}
	for try := 1; ; try++ {
		s, err := t.stage(ctx, in, nil)
		switch {
		case err == nil:
			result.Bytes += s.receipts[0].Bytes
			return s.receipts, nil
		case errors.Is(err, errGone):
			return nil, nil
		case !errors.Is(err, errChanged):
			return nil, err
		case try == batchTries:
			return nil, &leftAlone{pipeline.IgnoreUnsettled, "run again when it has come to rest"}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(batchPause):
		}
	}
}
