package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/durable"
	"dossier/pipeline/ledger"
	"dossier/pipeline/report"
	"dossier/pipeline/vault"
)

// The names below a case's folder.
const (
	reportJSON   = "report.json"
	reportHTML   = "report.html"
	reportPDF    = "report.pdf"
	documentsDir = "documents"
	overlaysDir  = "overlays"
	versionsDir  = "versions"
	bundleName   = "bundle.zip"
)

// project writes a report, its documents and its pictures of evidence out to the case's
// folder. Everything there comes from the ledger and the vault, so that doing it again does
// no harm; a crash in the middle is made good at the next start.
func (d *Desk) project(ctx context.Context, c *pipeline.Case) error {
	dir := d.CaseDir(c.Case)
	written, err := readVersion(dir)
	if err != nil {
		return err
	}
	if written == c.Version && d.whole(dir, c) {
		return d.ledger.Projected(ctx, c.Case, c.Version)
	}
	if written > c.Version {
		return nil // somebody has been faster with a newer one
	}
	lock, err := durable.Shared(d.projectLock())
	if err != nil && !durable.LockUnsupported(err) {
		return err
	}
	defer lock.Release()
	if err := durable.MkdirAll(dir, durable.DirMode); err != nil {
		return err
	}
	if err := d.archive(ctx, c.Case, c.Version); err != nil {
		return err
	}
	if err := d.projectDocuments(dir, c); err != nil {
		return err
	}
	d.step("wrote documents")
	if err := d.projectOverlays(dir, c); err != nil {
		return err
	}
	d.step("wrote overlays")
	links, err := d.versionLinks(ctx, c, "")
	if err != nil {
		return err
	}
	// report.json goes last: it tells which version the folder shows.
	for _, file := range []struct {
		name string
		fill func(io.Writer) error
	}{
		{reportHTML, func(w io.Writer) error { return report.HTML(w, c, d.htmlOptions(c, "", links)) }},
		{reportPDF, func(w io.Writer) error { return report.PDF(w, c, d.pdfOptions()) }},
		{reportJSON, func(w io.Writer) error { return report.JSON(w, c) }},
	} {
		if err := durable.Write(filepath.Join(dir, file.name), durable.FileMode, file.fill); err != nil {
			return fmt.Errorf("writing %s: %w", file.name, err)
		}
		d.step("wrote " + file.name)
	}
	err = d.ledger.Projected(ctx, c.Case, c.Version)
	if errors.Is(err, ledger.ErrNotFound) {
		// The case was purged while this was being written: nothing of it may stay.
		return errors.Join(named(c.Case, err), os.RemoveAll(dir))
	}
	if err != nil {
		return err
	}
	return d.overtaken(ctx, c)
}

// whole reports whether the files of a report are all there.
func (d *Desk) whole(dir string, c *pipeline.Case) bool {
	names := []string{reportHTML, reportPDF, reportJSON}
	for _, doc := range c.Documents {
		if doc.Origin == nil {
			names = append(names, filepath.Join(documentsDir, filepath.FromSlash(doc.Path)))
		}
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// projectDocuments puts copies of the originals, under the names they came under, into the
// case's folder, and takes away copies of those that are no longer part of the case. They are
// copies, not links: whoever edits one must not reach the vault.
func (d *Desk) projectDocuments(dir string, c *pipeline.Case) error {
	root := filepath.Join(dir, documentsDir)
	current := map[string]bool{}
	for _, doc := range c.Documents {
		rel, ok := safeName(doc.Path)
		if !ok {
			continue // a name no file system would take: the report and the bundle still hold it
		}
		target := filepath.Join(root, rel)
		current[target] = true
		if same, err := hasDigest(target, doc.SHA256, doc.Format.Bytes); err != nil {
			return err
		} else if same {
			continue
		}
		if err := durable.MkdirAll(filepath.Dir(target), durable.DirMode); err != nil {
			return err
		}
		original, err := d.vault.Open(doc.SHA256)
		if err != nil {
			return fmt.Errorf("copying the document %q: %w", doc.Path, err)
		}
		_, err = durable.Copy(target, original, durable.FileMode)
		original.Close()
		if err != nil {
			return fmt.Errorf("copying the document %q: %w", doc.Path, err)
		}
	}
	return d.removeStale(root, current)
}

// removeStale removes from the copies those of documents that are no longer in the case. A
// file that is not a copy of something in the vault was put there by a person and stays.
func (d *Desk) removeStale(root string, current map[string]bool) error {
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || current[path] || !e.Type().IsRegular() {
			return err
		}
		sum, err := fileDigest(path)
		if err != nil {
			return err
		}
		if ours, err := d.vault.Has(sum); err != nil || !ours {
			return err
		}
		return os.Remove(path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (d *Desk) projectOverlays(dir string, c *pipeline.Case) error {
	var first error
	for i := range c.Documents {
		doc := &c.Documents[i]
		doc.Walk(func(_ *pipeline.Result, f *pipeline.Finding) {
			rel, ok := safeName(f.Overlay)
			if f.Overlay == "" || !ok || first != nil {
				return
			}
			data, err := d.vault.Derived(doc.SHA256, f.Overlay)
			if errors.Is(err, vault.ErrNotFound) {
				return // derived pictures may be lost and made again; the finding stands without
			}
			if err == nil {
				err = durable.MkdirAll(filepath.Join(dir, overlaysDir), durable.DirMode)
			}
			if err == nil {
				err = durable.WriteFile(filepath.Join(dir, rel), data, durable.FileMode)
			}
			first = err
		})
	}
	return first
}

// archive writes every earlier report of the case to versions/NNNN, unless it is there, and
// moves a bundle that was built from an earlier report there too: a bundle in the case's folder
// always belongs to the report beside it.
func (d *Desk) archive(ctx context.Context, caseName string, current int) error {
	if current <= 1 {
		return nil
	}
	lines, err := d.ledger.Reports(ctx, caseName)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if line.Version >= current {
			continue
		}
		dir := filepath.Join(d.CaseDir(caseName), versionsDir, versionFolder(line.Version))
		if _, err := os.Stat(filepath.Join(dir, reportJSON)); err == nil {
			continue
		}
		old, err := d.ledger.Report(ctx, caseName, line.Version)
		if err != nil {
			return err
		}
		links, err := d.versionLinks(ctx, old, "../../")
		if err != nil {
			return err
		}
		if err := durable.MkdirAll(dir, durable.DirMode); err != nil {
			return err
		}
		if err := durable.Write(filepath.Join(dir, reportHTML), durable.FileMode, func(w io.Writer) error {
			return report.HTML(w, old, d.htmlOptions(old, "../../", links))
		}); err != nil {
			return err
		}
		if err := durable.Write(filepath.Join(dir, reportJSON), durable.FileMode, func(w io.Writer) error { return report.JSON(w, old) }); err != nil {
			return err
		}
	}
	stale := filepath.Join(d.CaseDir(caseName), bundleName)
	version, err := d.bundledVersion(ctx, caseName, stale)
	if err != nil || version == 0 || version >= current {
		return err
	}
	dir := filepath.Join(d.CaseDir(caseName), versionsDir, versionFolder(version))
	if err := os.Rename(stale, filepath.Join(dir, bundleName)); err != nil {
		return fmt.Errorf("putting the earlier bundle away: %w", err)
	}
	return durable.SyncDir(dir)
}

// bundledVersion returns the report version the bundle in the file was built from, 0 if there
// is no such file or it is none of ours.
func (d *Desk) bundledVersion(ctx context.Context, caseName, file string) (int, error) {
	sum, err := fileDigest(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	built, err := d.ledger.Bundles(ctx, caseName)
	if err != nil {
		return 0, err
	}
	for _, b := range built {
		if b.SHA256 == sum {
			return b.Version, nil
		}
	}
	return 0, nil
}

func versionFolder(version int) string { return fmt.Sprintf("%04d", version) }

// versionLinks lists the reports of the case as seen from a page; up leads from the page to
// the case's folder.
func (d *Desk) versionLinks(ctx context.Context, c *pipeline.Case, up string) ([]report.VersionLink, error) {
	lines, err := d.ledger.Reports(ctx, c.Case)
	if err != nil {
		return nil, err
	}
	newest := 0
	for _, l := range lines {
		newest = max(newest, l.Version)
	}
	var links []report.VersionLink
	for _, l := range lines {
		href := up + reportHTML
		if l.Version != newest {
			href = up + path.Join(versionsDir, versionFolder(l.Version), reportHTML)
		}
		links = append(links, report.VersionLink{Version: l.Version, Verdict: l.Verdict, GeneratedAt: l.Generated, Href: href})
	}
	return links, nil
}

func (d *Desk) htmlOptions(c *pipeline.Case, up string, versions []report.VersionLink) report.Options {
	return report.Options{
		Lang: d.Config.Language, Picture: d.preview, Overlay: d.overlays(c), CheckTitle: d.checkTitle, Versions: versions,
		DocumentLink: func(doc *pipeline.Document) string {
			rel, ok := safeName(doc.Path)
			if !ok {
				return ""
			}
			parts := strings.Split(filepath.ToSlash(rel), "/")
			for i := range parts {
				parts[i] = url.PathEscape(parts[i])
			}
			return up + documentsDir + "/" + strings.Join(parts, "/")
		},
	}
}

func (d *Desk) pdfOptions() report.Options {
	return report.Options{Lang: d.Config.Language, Picture: d.preview}
}

// preview hands a document's reduced picture to a report. The size is that of the preview, the
// report takes the original's from the record.
func (d *Desk) preview(sha string) ([]byte, string, int, int, error) {
	data, err := d.vault.Derived(sha, previewName)
	return data, "image/jpeg", 0, 0, err
}

// overlays finds the pictures of evidence that a record's findings name.
func (d *Desk) overlays(c *pipeline.Case) func(name string) ([]byte, string, error) {
	owner := map[string]string{}
	c.Walk(func(doc *pipeline.Document, _ *pipeline.Result, f *pipeline.Finding) {
		if doc != nil && f.Overlay != "" {
			owner[f.Overlay] = doc.SHA256
		}
	})
	return func(name string) ([]byte, string, error) {
		sha, ok := owner[name]
		if !ok {
			return nil, "", fs.ErrNotExist
		}
		data, err := d.vault.Derived(sha, name)
		return data, "image/png", err
	}
}

func (d *Desk) checkTitle(id string) (checks.Text, bool) {
	for _, c := range d.checks {
		if c.ID == id {
			return c.Title, true
		}
	}
	return checks.Text{}, false
}

// safeName returns a document's name as a relative path below a folder, and false for one that
// would lead out of it.
func safeName(name string) (string, bool) {
	rel := filepath.FromSlash(name)
	return rel, name != "" && filepath.IsLocal(rel) && !strings.ContainsRune(name, 0)
}

// hasDigest reports whether the file holds bytes of that digest; size saves reading others.
func hasDigest(path, sha string, size int64) (bool, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || info.Size() != size) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	sum, err := fileDigest(path)
	return sum == sha, err
}

func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// readVersion returns which version of the report the case's folder shows, 0 if none. It reads
// no further into report.json than it must.
func readVersion(dir string) (int, error) {
	f, err := os.Open(filepath.Join(dir, reportJSON))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, nil // an empty file is no report
	}
	var version int
	_, after, ok := bytes.Cut(head[:n], []byte(`"version": `))
	if !ok {
		return 0, nil
	}
	if _, err := fmt.Sscanf(string(after), "%d", &version); err != nil {
		return 0, nil
	}
	return version, nil
}
