package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/pipeline"
)

// files unpacks a bundle with the standard library: name to bytes, and the names in order.
func files(t testing.TB, data []byte) (map[string][]byte, []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out, names := map[string][]byte{}, []string(nil)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name], names = content, append(names, f.Name)
	}
	return out, names
}

func TestWhatABundleHolds(t *testing.T) {
	in := passing(t)
	data, m := build(t, in)
	got, names := files(t, data)
	want := []string{"manifest.json", "answers.yaml", "answers.json",
		"documents/01-business-license.jpg",
		"documents/02-organization-code-certificate.bmp", // a BMP by content, whatever its name says
		"documents/03-holder-photo.jpg", "documents/04-application-form.gif",
		"binder.pdf", "report/report.json", "report/report.html", "report/report.pdf"}
	if !slices.Equal(names, want) {
		t.Fatalf("the bundle holds\n%q, want\n%q", names, want)
	}
	for i, e := range m.Documents() {
		original := in.Case.Documents[i]
		if e.OriginalName != original.Path || e.SHA256 != original.SHA256 || e.Kind != original.Kind {
			t.Errorf("entry %d is %+v, want %s", i, e, original.Path)
		}
		if sum := sha256.Sum256(got[e.Name]); hex.EncodeToString(sum[:]) != original.SHA256 {
			t.Errorf("%s: the bytes are not those received", e.Name)
		}
		if e.BinderPage != i+2 {
			t.Errorf("%s is on page %d of the binder, want %d", e.Name, e.BinderPage, i+2)
		}
	}
	for _, e := range m.Entries {
		sum := sha256.Sum256(got[e.Name])
		if e.SHA256 != hex.EncodeToString(sum[:]) || e.Bytes != int64(len(got[e.Name])) {
			t.Errorf("the manifest is wrong about %s", e.Name)
		}
	}
	if string(got["answers.yaml"]) != string(in.Answers) {
		t.Error("answers.yaml is not as it was written")
	}
	var answers struct{ Values map[string]string }
	if err := json.Unmarshal(got["answers.json"], &answers); err != nil || answers.Values["operator_name"] != "王某" {
		t.Errorf("answers.json: %v %v", answers, err)
	}
	// The PDF of scans and the stray picture are accounted for, not lost.
	if len(m.LeftOut) != 2 || m.LeftOut[0].OriginalName != "scan.pdf" || m.LeftOut[1].OriginalName != "IMG_0001.jpg" {
		t.Errorf("left out: %+v", m.LeftOut)
	}
	if len(m.Decisions) != 1 || m.Decisions[0].Who != "李雷 <lilei@agency.example>" {
		t.Errorf("decisions: %+v", m.Decisions)
	}
	var stored Manifest
	if err := json.Unmarshal(got["manifest.json"], &stored); err != nil || stored.Schema != "dossier.manifest/1" || stored.ReportVersion != 3 ||
		stored.Profile.ID != in.Case.Profile.ID || stored.Versions.Checks["format/decode"] != 1 {
		t.Errorf("the manifest in the bundle is %+v (%v)", stored, err)
	}
}

// A picture nobody could name is submitted when somebody has said so, and only then.
func TestUnknownKindIsInOnceDecided(t *testing.T) {
	in := passing(t)
	f := pipeline.Finding{Code: "unasked", Severity: pipeline.NeedReview, Documents: []string{"IMG_0001.jpg"},
		Decision: &pipeline.Decision{Who: "李雷", When: when, Because: "补充材料"}}
	in.Case.Results[0].Findings = append(in.Case.Results[0].Findings, f)
	data, m := build(t, in)
	got, _ := files(t, data)
	if got["documents/05-other.jpg"] == nil {
		t.Error("the document that was decided on is not in the bundle")
	}
	if len(m.LeftOut) != 1 {
		t.Errorf("left out: %+v, want the PDF of scans alone", m.LeftOut)
	}
}

func TestSameCaseSameBytesEverywhere(t *testing.T) {
	first, _ := build(t, passing(t))

	// The record as it comes back from a store, and on another machine: another zone, another
	// locale, one core.
	in := passing(t)
	stored, err := json.Marshal(in.Case)
	if err != nil {
		t.Fatal(err)
	}
	in.Case = new(pipeline.Case)
	if err := json.Unmarshal(stored, in.Case); err != nil {
		t.Fatal(err)
	}
	in.Case.GeneratedAt = in.Case.GeneratedAt.UTC()
	local := time.Local
	time.Local = time.FixedZone("Chatham", 12*3600+45*60)
	t.Setenv("TZ", "Pacific/Chatham")
	t.Setenv("LANG", "de_DE.UTF-8")
	t.Setenv("LC_ALL", "zh_CN.GBK")
	defer func() { time.Local = local }()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 5 { // several times, for maps are walked in another order each time
		if again, _ := build(t, in); !bytes.Equal(again, first) {
			t.Fatal("the same case gave another bundle")
		}
	}

	in.Case.Version++
	if other, _ := build(t, in); bytes.Equal(other, first) {
		t.Error("another report gave the same bundle")
	}
}

func TestBuildLeavesTheCaseAlone(t *testing.T) {
	in := passing(t)
	before, _ := json.Marshal(in.Case)
	build(t, in)
	if after, _ := json.Marshal(in.Case); !bytes.Equal(before, after) {
		t.Error("building changed the record")
	}
}

// The bytes of the zip around the entries, for good: a library that writes them differently
// would make every bundle that exists fail its verification.
func TestZipStructureIsForGood(t *testing.T) {
	var out bytes.Buffer
	content := [][]byte{[]byte("{}"), []byte("abc")}
	parts := []part{{"manifest.json", 2, 0x11223344}, {"documents/01-x.jpg", 3, 0x55667788}}
	err := writeZip(&out, parts, func(i int, w io.Writer) error { _, err := w.Write(content[i]); return err }, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "504b0304" + "1400" + "0000" + "0000" + "0000" + "2100" + "44332211" + "02000000" + "02000000" + "0d00" + "0000" + hex.EncodeToString([]byte("manifest.json{}")) +
		"504b0304" + "1400" + "0000" + "0000" + "0000" + "2100" + "88776655" + "03000000" + "03000000" + "1200" + "0000" + hex.EncodeToString([]byte("documents/01-x.jpgabc")) +
		"504b0102" + "1400" + "1400" + "0000" + "0000" + "0000" + "2100" + "44332211" + "02000000" + "02000000" + "0d00" + "0000" + "0000" + "00000000" + "00000000" + "00000000" + hex.EncodeToString([]byte("manifest.json")) +
		"504b0102" + "1400" + "1400" + "0000" + "0000" + "0000" + "2100" + "88776655" + "03000000" + "03000000" + "1200" + "0000" + "0000" + "00000000" + "00000000" + "2d000000" + hex.EncodeToString([]byte("documents/01-x.jpg")) +
		"504b0506" + "0000" + "0000" + "0200" + "0200" + "7b000000" + "60000000" + "0000"
	if got := hex.EncodeToString(out.Bytes()); got != want {
		t.Errorf("the zip is\n%s, want\n%s", got, want)
	}
	if got := layoutOf(parts).size; got != int64(out.Len()) {
		t.Errorf("the layout says %d bytes, the zip has %d", got, out.Len())
	}
}

func TestNotReady(t *testing.T) {
	review := pipeline.Finding{Code: "soft", Severity: pipeline.NeedReview, Message: checks.Text{En: "soft text", Zh: "文字模糊"}}
	failing := pipeline.Finding{Code: "missing", Severity: pipeline.Fail, Message: checks.Text{En: "the licence is missing", Zh: "缺少营业执照"}}
	for _, c := range []struct {
		name   string
		change func(c *pipeline.Case)
		want   []Stand
		says   string
	}{
		{"a failure, even one somebody has accepted", func(c *pipeline.Case) {
			f := failing
			f.Decision = &pipeline.Decision{Who: "x"}
			c.Results[0].Findings = []pipeline.Finding{f}
		}, []Stand{StandFails}, "1 finding must be put right"},
		{"undecided reviews, and a failure first", func(c *pipeline.Case) {
			c.Documents[0].Results[0].Findings = []pipeline.Finding{review}
			c.Documents[2].Results[0].Findings = []pipeline.Finding{review}
			c.Results[0].Findings = []pipeline.Finding{failing}
		}, []Stand{StandFails, StandUndecided, StandUndecided}, "1 finding must be put right, 2 findings wait for a decision"},
		{"a check that panicked", func(c *pipeline.Case) {
			c.Documents[0].Results[0].Outcome = pipeline.Failed
			c.Documents[0].Results[0].Reason = "panic"
		}, []Stand{StandUnmeasured}, "1 check did not come to its end"},
		{"a document nothing was measured on", func(c *pipeline.Case) { c.Documents[1].Results = nil }, []Stand{StandUnmeasured}, "1 check did not come"},
		{"nothing to submit", func(c *pipeline.Case) { c.Documents = c.Documents[4:] }, []Stand{StandEmpty}, "there is no document to submit"},
		{"a verdict that nothing explains", func(c *pipeline.Case) { c.Verdict = pipeline.VerdictReview }, []Stand{StandUnmeasured}, "is not ready"},
		{"a severity nobody knows", func(c *pipeline.Case) {
			c.Results[0].Findings = []pipeline.Finding{{Code: "x", Severity: "catastrophe"}}
		}, []Stand{StandFails}, "1 finding"},
	} {
		in := passing(t)
		c.change(in.Case)
		path := filepath.Join(t.TempDir(), "bundle.zip")
		_, err := Build(t.Context(), path, in)
		var not *NotReadyError
		if !errors.As(err, &not) {
			t.Errorf("%s: error %v, want a *NotReadyError", c.name, err)
			continue
		}
		var got []Stand
		for _, b := range not.Blockers {
			got = append(got, b.Stand)
			if b.Stand == StandUndecided && b.Fingerprint == "" {
				t.Errorf("%s: a decision could not be recorded without a fingerprint", c.name)
			}
		}
		if !slices.Equal(got, c.want) || !strings.Contains(err.Error(), c.says) || not.Summary().Zh == "" {
			t.Errorf("%s: %v %q, want %v and %q", c.name, got, err, c.want, c.says)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was written", c.name)
		}
	}
	if err := Ready(passing(t).Case); err != nil {
		t.Errorf("a case that passes: %v", err)
	}
}

// A vault whose bytes have rotted must be found out, whether before the first byte is written
// or at the second reading, and whatever lay at the target stays as it was.
func TestRottenVaultLeavesNothingBehind(t *testing.T) {
	for name, rotten := range map[string]func(reads int, data []byte) []byte{
		"at once":              func(_ int, data []byte) []byte { return append([]byte{data[0] ^ 1}, data[1:]...) },
		"at the second time":   func(reads int, data []byte) []byte { return append([]byte{data[0] ^ byte(reads/5)}, data[1:]...) },
		"shorter the 2nd time": func(reads int, data []byte) []byte { return data[:len(data)-reads/5] },
		"longer the 2nd time":  func(reads int, data []byte) []byte { return append(slices.Clone(data), make([]byte, reads/5)...) },
	} {
		in := passing(t)
		open, reads := in.Open, 0
		in.Open = func(sum string) (io.ReadCloser, error) {
			reads++ // four documents: the fifth opening is the first document's second
			r, err := open(sum)
			if err != nil {
				return nil, err
			}
			data, err := io.ReadAll(r)
			return io.NopCloser(bytes.NewReader(rotten(reads, data))), err
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "bundle.zip")
		if err := os.WriteFile(path, []byte("the bundle before"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Build(t.Context(), path, in)
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) || corrupt.Document != "营业执照（副本）.jpg" || corrupt.Have == corrupt.Want {
			t.Errorf("%s: error %v, want a *CorruptError about the licence", name, err)
		}
		entries, _ := os.ReadDir(dir)
		if before, _ := os.ReadFile(path); len(entries) != 1 || string(before) != "the bundle before" {
			t.Errorf("%s: the folder holds %v", name, entries)
		}
	}
}

func TestBuildToAFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "bundle.zip")
	if _, err := Build(t.Context(), path, passing(t)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: identity documents are for one account only", info.Mode())
	}
	streamed, _ := build(t, passing(t))
	if written, _ := os.ReadFile(path); !bytes.Equal(written, streamed) {
		t.Error("Build and Write differ")
	}
	v, err := VerifyFile(t.Context(), path, Options{})
	if err != nil || !v.OK || v.Intact != 10 {
		t.Errorf("the new bundle does not verify: %+v %v", v, err)
	}
}

func TestBuildRefuses(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		change func(in *Input)
	}{
		"no case":                   {t.Context(), func(in *Input) { in.Case = nil }},
		"no vault":                  {t.Context(), func(in *Input) { in.Open = nil }},
		"an empty vault":            {t.Context(), func(in *Input) { in.Open = store{}.open }},
		"a report outside":          {t.Context(), func(in *Input) { in.Report["../../etc/passwd"] = []byte("x") }},
		"a report named in Chinese": {t.Context(), func(in *Input) { in.Report["报告.html"] = []byte("x") }},
		"two names for one file":    {t.Context(), func(in *Input) { in.Report["REPORT.HTML"] = []byte("x") }},
		"a cancelled context":       {cancelled, func(*Input) {}},
	} {
		in := passing(t)
		c.change(&in)
		dir := t.TempDir()
		if _, err := Build(c.ctx, filepath.Join(dir, "bundle.zip"), in); err == nil {
			t.Errorf("%s: a bundle was built", name)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 0 {
			t.Errorf("%s: left behind %v", name, entries)
		}
	}
}

func TestDocumentNames(t *testing.T) {
	for _, c := range []struct {
		n      int
		kind   checks.Kind
		format string
		want   string
	}{
		{1, checks.BusinessLicense, "jpeg", "documents/01-business-license.jpg"},
		{12, checks.Unknown, "tiff", "documents/12-other.tif"},
		{3, "../../x", "unknown", "documents/03-x.bin"},
		{4, "营业", "png", "documents/04-other.png"},
		{100, checks.Kind(strings.Repeat("k", 300)), "gif", "documents/100-" + strings.Repeat("k", 60) + ".gif"},
	} {
		got := documentName(c.n, c.kind, decode.Format(c.format))
		if got != c.want || !goodName(got) {
			t.Errorf("document %d %s %s is named %q, want %q", c.n, c.kind, c.format, got, c.want)
		}
	}
}
