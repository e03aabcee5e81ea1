package desk

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"dossier/checks"
	"dossier/pipeline"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		os.Setenv(shortVariable, "1")
	}
	if runAsChild() {
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(built)
		os.Exit(code)
	}))
}

// The case of the first page: a client's files are dropped, and one report comes.
func TestOneDropMakesOneReport(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	w := watch(t, d)
	putSample(t, filepath.Join(d.InboxDir(), "acme"))
	c := w.waitReport("acme", "with its four documents", func(c *pipeline.Case) bool { return len(c.Documents) == 4 })
	w.stop()
	if n := len(w.reports("acme")); n != 1 || c.Version != 1 {
		t.Errorf("%d reports, the last is version %d; want one: files of one drop belong together", n, c.Version)
	}
	for _, f := range sample().Files {
		if f.Name != "answers.yaml" && documentNames(c)[f.Name] != digest(f.Data) {
			t.Errorf("%s is not in the report as it was dropped", f.Name)
		}
	}
	for _, doc := range c.Documents {
		if doc.Kind == checks.Unknown {
			t.Errorf("%s has no kind", doc.Path)
		}
	}
	if len(c.Answers) == 0 {
		t.Error("the report does not have the answers")
	}
	wantProjected(t, d, c)
	if left := contents(t, d.InboxDir()); len(left) != 1 || left["acme/answers.yaml"] == "" {
		t.Errorf("in the inbox lies %v, want the answers alone", left)
	}
}

func TestReplacedDocumentMakesAVersionAndTheOldStaysReadable(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	w := watch(t, d)
	old, renewed := variant(licence, 1), variant(licence, 2)
	put(t, filepath.Join(d.InboxDir(), "acme", licence), old)
	first := w.waitReport("acme", "the first", func(*pipeline.Case) bool { return true })
	put(t, filepath.Join(d.InboxDir(), "acme", licence), renewed)
	second := w.waitReport("acme", "the second", func(c *pipeline.Case) bool { return c.Version == 2 })
	w.stop()
	if got := documentNames(second)[licence]; got != digest(renewed) || len(second.Documents) != 1 {
		t.Errorf("the second report has %v, want the new scan alone", documentNames(second))
	}
	if len(second.Replaced) != 1 || second.Replaced[0].SHA256 != digest(old) {
		t.Errorf("replaced: %+v, want the old scan", second.Replaced)
	}
	wantProjected(t, d, second)
	again, err := d.Report(t.Context(), "acme", 1)
	if err != nil || again.Version != 1 || documentNames(again)[licence] != digest(old) || !again.GeneratedAt.Equal(first.GeneratedAt) {
		t.Errorf("version 1 reads %+v, %v", again, err)
	}
	for _, name := range []string{reportHTML, reportJSON} {
		if data, err := os.ReadFile(filepath.Join(d.CaseDir("acme"), versionsDir, "0001", name)); err != nil || len(data) == 0 {
			t.Errorf("versions/0001/%s: %v", name, err)
		}
	}
	// The report of old leads to the new one and back.
	html, _ := os.ReadFile(filepath.Join(d.CaseDir("acme"), reportHTML))
	if !bytes.Contains(html, []byte("versions/0001/report.html")) {
		t.Error("the newest report does not lead to the old one")
	}
}

func TestSameBytesHereAndElsewhere(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	w := watch(t, d)
	data := variant(holder, 1)
	put(t, filepath.Join(d.InboxDir(), "acme", holder), data)
	first := w.waitReport("acme", "the first", func(*pipeline.Case) bool { return true })
	put(t, filepath.Join(d.InboxDir(), "acme", "again.jpg"), data)
	w.wait("the same bytes are recognised", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, e := range w.events {
			if e.Name == "again.jpg" {
				if e.Standing != pipeline.StandingSame {
					t.Errorf("the same bytes are %q, want %q", e.Standing, pipeline.StandingSame)
				}
				return true
			}
		}
		return false
	})
	put(t, filepath.Join(d.InboxDir(), "other", holder), data)
	other := w.waitReport("other", "its own", func(*pipeline.Case) bool { return true })
	// Now acme's report speaks of it too: it is a finding in both.
	acme := w.waitReport("acme", "one that knows of the other case", func(c *pipeline.Case) bool {
		return findings(c)["casefile/complete same_bytes_elsewhere"] || c.Version > first.Version
	})
	w.stop()
	for _, c := range []*pipeline.Case{acme, other} {
		told := false
		c.Walk(func(_ *pipeline.Document, _ *pipeline.Result, f *pipeline.Finding) {
			told = told || strings.Contains(f.Code, "elsewhere") || strings.Contains(f.Code, "other_case")
		})
		if !told {
			t.Errorf("%s: no finding tells of the same bytes in the other case: %v", c.Case, findings(c))
		}
	}
	if len(acme.Documents) != 1 {
		t.Errorf("acme has %v, want the document once", documentNames(acme))
	}
}

func TestTrayAndSuggestion(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	if _, err := d.NewCase(t.Context(), "晨光贸易", checks.Organization); err != nil {
		t.Fatal(err)
	}
	w := watch(t, d)
	put(t, filepath.Join(d.InboxDir(), "晨光贸易 营业执照.jpg"), variant(licence, 1))
	put(t, filepath.Join(d.InboxDir(), "IMG_0001.jpg"), variant(form, 1))
	var s Status
	w.wait("both are in the tray", func() bool {
		var err error
		if s, err = d.Status(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(s.Unsorted) == 2
	})
	w.stop()
	for _, u := range s.Unsorted {
		want := map[string]string{"晨光贸易 营业执照.jpg": "晨光贸易", "IMG_0001.jpg": ""}[u.Name]
		if u.Suggestion.Case != want || u.Suggestion.Why.En == "" || u.Suggestion.Why.Zh == "" {
			t.Errorf("%s: suggested %+v, want %q with a reason", u.Name, u.Suggestion, want)
		}
	}
	c, err := d.Assign(t.Context(), pipeline.Unsorted, "晨光贸易 营业执照.jpg", "晨光贸易")
	if err != nil || len(c.Documents) != 1 || c.Documents[0].Kind != checks.BusinessLicense {
		t.Fatalf("assigned: %+v, %v", c, err)
	}
	wantProjected(t, d, c)
	if s, err = d.Status(t.Context()); err != nil || len(s.Unsorted) != 1 {
		t.Errorf("the tray still holds %+v, %v, want the other file", s.Unsorted, err)
	}
	for _, bad := range []string{"", "..", "a/b", pipeline.Unsorted, "x."} {
		if _, err := d.Assign(t.Context(), pipeline.Unsorted, "IMG_0001.jpg", bad); err == nil {
			t.Errorf("assigned to the case %q", bad)
		}
	}
}

func TestChangedAnswersChangeTheReport(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	w := watch(t, d)
	sheet := filepath.Join(d.InboxDir(), "acme", "answers.yaml")
	put(t, sheet, []byte("path: organization\n"))
	put(t, filepath.Join(d.InboxDir(), "acme", "IMG_0001.jpg"), variant(licence, 1))
	first := w.waitReport("acme", "with the document", func(c *pipeline.Case) bool { return len(c.Documents) == 1 })
	if first.Documents[0].Kind != checks.Unknown || first.Path != checks.Organization {
		t.Errorf("kind %s along %s", first.Documents[0].Kind, first.Path)
	}
	put(t, sheet, []byte("path: individual\ndocuments:\n  IMG_0001.jpg: holder_photo\n"))
	c := w.waitReport("acme", "along the new path", func(c *pipeline.Case) bool { return c.Path == checks.Individual })
	w.stop()
	if doc := c.Documents[0]; doc.Kind != checks.HolderPhoto || doc.KindSource != pipeline.KindGiven {
		t.Errorf("the document is %s by %s, want what the answers say", doc.Kind, doc.KindSource)
	}
	if !strings.HasPrefix(c.Profile.ID, "wechat-individual@") {
		t.Errorf("judged by %s", c.Profile.ID)
	}
	wantProjected(t, d, c)
}

func TestPagesOfAPDFAreDocuments(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	w := watch(t, d)
	pages := [][]byte{variant(licence, 1), variant(form, 1)}
	pdf := scanPDF(pages...)
	put(t, filepath.Join(d.InboxDir(), "acme", "scan.pdf"), pdf)
	c := w.waitReport("acme", "with the pages", func(c *pipeline.Case) bool { return len(c.Documents) == 3 })
	w.stop()
	for _, doc := range c.Documents {
		switch doc.Path {
		case "scan.pdf":
			// What is no picture is no document to submit, and the report says so; its pages stand for it.
			said := false
			doc.Walk(func(_ *pipeline.Result, f *pipeline.Finding) { said = said || f.Code == "container_opened" })
			if !said || doc.Format.OK || doc.Format.Name != "pdf" || doc.Parts != 2 || doc.Origin != nil {
				t.Errorf("the PDF: said %v, format %+v, %d parts, origin %v", said, doc.Format, doc.Parts, doc.Origin)
			}
		case "scan.pdf#page-1.jpg", "scan.pdf#page-2.jpg":
			page := int(doc.Path[len("scan.pdf#page-")] - '0')
			if doc.Origin == nil || doc.Origin.Page != page || doc.Origin.SHA256 != digest(pdf) || doc.SHA256 != digest(pages[page-1]) {
				t.Errorf("%s: origin %+v", doc.Path, doc.Origin)
			}
		default:
			t.Errorf("a document %q", doc.Path)
		}
	}
	said := false
	c.Walk(func(doc *pipeline.Document, _ *pipeline.Result, f *pipeline.Finding) {
		said = said || doc != nil && doc.Path == "scan.pdf" && strings.Contains(f.Message.En, "does not take") && strings.Contains(f.Message.Zh, "不接受")
	})
	if !said {
		t.Errorf("nothing says that a PDF is not accepted: %v", findings(c))
	}
	wantProjected(t, d, c)
}

func TestHostileNamesStayInTheirFolder(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	d := openDesk(t, filepath.Join(root, "desk"))
	w := watch(t, d)
	name := "<img src=x onerror=alert(1)>\n营业执照 \"&'.jpg"
	put(t, filepath.Join(d.InboxDir(), "case & <b>", "sub", name), variant(licence, 1))
	c := w.waitReport("case & <b>", "of the odd names", func(*pipeline.Case) bool { return true })
	w.stop()
	wantProjected(t, d, c)
	if entries, _ := os.ReadDir(root); len(entries) != 1 {
		t.Errorf("beside the desk lies something: %v", entries)
	}
}

func TestPersonalFilesBesideTheCopiesStay(t *testing.T) {
	t.Parallel()
	d := openDesk(t, t.TempDir())
	w := watch(t, d)
	put(t, filepath.Join(d.InboxDir(), "acme", licence), variant(licence, 1))
	put(t, filepath.Join(d.InboxDir(), "acme", "old name.jpg"), variant(form, 1))
	w.waitReport("acme", "the first", func(c *pipeline.Case) bool { return len(c.Documents) == 2 })
	note := filepath.Join(d.CaseDir("acme"), documentsDir, "note.txt")
	put(t, note, []byte("called the client"))
	w.stop()
	if _, err := d.Assign(t.Context(), "acme", "old name.jpg", "other"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(note); err != nil {
		t.Error("a person's own file was removed:", err)
	}
	if _, err := os.Stat(filepath.Join(d.CaseDir("acme"), documentsDir, "old name.jpg")); err == nil {
		t.Error("the copy of a document that went to another case stayed")
	}
}
