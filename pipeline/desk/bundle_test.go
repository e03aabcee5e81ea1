package desk

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"dossier/pipeline"
	"dossier/pipeline/bundle"
)

// accepted is a desk with the sample's case on it, everything in it that needs a decision decided.
func accepted(t *testing.T) *Desk {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "acme")
	putSample(t, dir)
	d := openDesk(t, t.TempDir())
	runBatch(t, d, dir)
	c, err := d.Examine(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if f := c.Failures(); len(f) > 0 {
		t.Fatalf("the sample fails %s %s: %s", f[0].Result.Check, f[0].Finding.Code, f[0].Finding.Message.En)
	}
	for len(c.OpenReviews()) > 0 {
		id := c.OpenReviews()[0].Result.Check
		if _, err := d.Accept(t.Context(), "acme", Acceptance{Check: id, Because: "looked at with the client", Who: "li"}); err != nil {
			t.Fatal(err)
		}
		if c, err = d.Examine(t.Context(), "acme"); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestBundleIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	d := accepted(t)
	first, err := d.Bundle(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	bytes1, err := os.ReadFile(first.Path)
	if err != nil {
		t.Fatal(err)
	}
	for name, again := range map[string]func() Bundle{
		"at once": func() Bundle {
			b, err := d.Bundle(t.Context(), "acme")
			if err != nil {
				t.Fatal(err)
			}
			return b
		},
		"after a restart, with the folder lost": func() Bundle {
			home := d.Dir()
			if err := os.RemoveAll(d.CaseDir("acme")); err != nil {
				t.Fatal(err)
			}
			other := openDesk(t, home)
			b, err := other.Bundle(t.Context(), "acme")
			if err != nil {
				t.Fatal(err)
			}
			return b
		},
		"in another process": func() Bundle {
			text, _ := json.Marshal(childJob{Desk: d.Dir(), Bundle: "acme"})
			c := exec.CommandContext(t.Context(), os.Args[0])
			// Another zone and another language of the system must not show.
			c.Env = append(os.Environ(), childJobName+"="+string(text), "TZ=Asia/Shanghai", "LANG=zh_CN.UTF-8")
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			return Bundle{Path: first.Path, SHA256: first.SHA256}
		},
	} {
		b := again()
		data, err := os.ReadFile(b.Path)
		if err != nil {
			t.Fatal(err)
		}
		if digest(data) != digest(bytes1) || b.SHA256 != digest(data) {
			t.Errorf("%s: the bundle is %.12s, recorded as %.12s, want %.12s", name, digest(data), b.SHA256, digest(bytes1))
		}
	}
	built, err := d.ledger.Bundles(t.Context(), "acme")
	if err != nil || len(built) != 1 {
		t.Errorf("recorded %+v, %v, want the one bundle", built, err)
	}
	c, err := d.Examine(t.Context(), "acme")
	if err != nil || c.Verdict != pipeline.VerdictPass {
		t.Fatalf("verdict %s, %v", c.Verdict, err)
	}
}

func TestDecisionsAreRecordedAndEndWithTheDocument(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "acme")
	putSample(t, dir)
	d := openDesk(t, t.TempDir())
	runBatch(t, d, dir)
	// The same holder's picture in another case is something a person must look at.
	other := filepath.Join(t.TempDir(), "other")
	c1 := sample()
	put(t, filepath.Join(other, holder), c1.File(holder).Data)
	runBatch(t, d, other)
	c, err := d.Examine(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	open := c.OpenReviews()
	if len(open) == 0 {
		t.Fatalf("nothing waits for a decision: %v", findings(c))
	}
	check := open[0].Result.Check
	var notReady *bundle.NotReadyError
	if _, err := d.Bundle(t.Context(), "acme"); !errors.As(err, &notReady) {
		t.Errorf("bundled undecided: %v", err)
	}
	for _, bad := range []Acceptance{{Check: check, Who: "li"}, {Check: check, Because: "looked"}, {Check: "format/none", Who: "li", Because: "looked"}} {
		if _, err := d.Accept(t.Context(), "acme", bad); err == nil {
			t.Errorf("accepted %+v", bad)
		}
	}
	n, err := d.Accept(t.Context(), "acme", Acceptance{Check: check, Because: "sisters with one licence", Who: "li"})
	if err != nil || n == 0 {
		t.Fatalf("%d decisions, %v", n, err)
	}
	decided, err := d.ledger.Decisions(t.Context(), "acme")
	if err != nil || len(decided) != n || decided[0].Who != "li" || decided[0].Because != "sisters with one licence" || decided[0].Check != check {
		t.Errorf("recorded %+v, %v", decided, err)
	}
	after, err := d.Examine(t.Context(), "acme")
	if err != nil || after.Version <= c.Version || len(after.OpenReviews()) >= len(open) {
		t.Errorf("version %d with %d open reviews, %v; before %d with %d", after.Version, len(after.OpenReviews()), err, c.Version, len(open))
	}
	wantProjected(t, d, after)
}

func TestNewReportPutsTheEarlierBundleAway(t *testing.T) {
	t.Parallel()
	d := accepted(t)
	b, err := d.Bundle(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Examine(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.ExamineAgain(t.Context(), "acme")
	if err != nil || again.Version != c.Version+1 {
		t.Fatalf("version %d, %v, want %d", again.Version, err, c.Version+1)
	}
	if _, err := os.Stat(b.Path); err == nil {
		t.Error("the bundle of the earlier report lies beside the newer")
	}
	data, err := os.ReadFile(filepath.Join(d.CaseDir("acme"), versionsDir, versionFolder(c.Version), bundleName))
	if err != nil || digest(data) != b.SHA256 {
		t.Errorf("the earlier bundle is not with its report: %v", err)
	}
}
