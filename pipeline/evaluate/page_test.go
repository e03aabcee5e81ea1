package evaluate

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"dossier/checks"
	"dossier/pipeline"
)

func validate(t *testing.T, name string, record []byte) {
	t.Helper()
	text, err := SchemaText(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(record))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(value); err != nil {
		t.Error(err)
	}
}

func result(t *testing.T) (*List, *Result) {
	l, examine := set(t, 40, 0.6, 0.1)
	files := run(t, l, examine, Options{Workers: 2})
	list, meter := Metered([]*checks.Check{{ID: "edits/grid", Run: func(context.Context, *checks.Subject, checks.Settings) (checks.Observation, error) {
		return checks.Observation{}, nil
	}}, {ID: "casefile/names"}})
	if list[1].Run != nil || list[0].ID != "edits/grid" {
		t.Fatal("metering changed the checks")
	}
	costs, err := MeasureCosts(t.Context(), files, func(ctx context.Context, s *checks.Subject) (pipeline.Document, error) {
		_, err := list[0].Run(ctx, s, checks.Settings{})
		return pipeline.Document{}, err
	}, meter)
	if err != nil {
		t.Fatal(err)
	}
	if costs.Files != costFiles || len(costs.Checks) != 1 || costs.Total.PerMegapixel != costs.Checks[0].PerMegapixel {
		t.Errorf("%+v", costs)
	}
	r := Summarize(l, files, costs)
	r.Dossier, r.Profile, r.MadeAt = "v", "p", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return l, &r
}

func TestJSONFollowsItsSchema(t *testing.T) {
	_, r := result(t)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	validate(t, Schema, text)
	if _, err := SchemaText("dossier.poem/1"); err == nil {
		t.Error("a schema that does not exist")
	}
}

func TestTextInBothLanguages(t *testing.T) {
	_, r := result(t)
	for lang, want := range map[string][]string{
		"en": {"header alone", "blurred", "edits/grid", "false alarms, half report", "ms a megapixel"},
		"zh": {"仅看文件头", "局部模糊", "edits/grid", "误报（报告部分）", "毫秒/百万像素"},
	} {
		var b bytes.Buffer
		if err := r.Text(&b, lang); err != nil {
			t.Fatal(err)
		}
		for _, w := range append(want, "0.") {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: nothing of %q in\n%s", lang, w, b.String())
			}
		}
		if strings.Contains(b.String(), "%!") {
			t.Errorf("%s: a format went wrong:\n%s", lang, b.String())
		}
	}
	if places("复核 a") != 6 {
		t.Errorf("复核 a takes %d places", places("复核 a"))
	}
}

func TestPage(t *testing.T) {
	_, r := result(t)
	r.Labels = `<script>alert(1)</script>`
	r.Mistakes[0].Path = `"><img src=x onerror=alert(1)>`
	// A picture that cannot be shown must not spoil the page.
	if err := os.WriteFile(r.Mistakes[1].file.File, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "zh"} {
		var b bytes.Buffer
		if err := HTML(&b, r, lang); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		if got := strings.Count(page, "<figure>"); got != len(r.Mistakes) {
			t.Errorf("%d pictures of %d mistakes", got, len(r.Mistakes))
		}
		if got := strings.Count(page, `src="data:image/jpeg;base64,`); got != len(r.Mistakes)-1 {
			t.Errorf("%d pictures are shown, one of %d cannot be", got, len(r.Mistakes))
		}
		for _, bad := range []string{"<script", "<img src=x", "http://", "https://", "%!", "ZgotmplZ", "NaN"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the page holds %q", lang, bad)
			}
		}
		if strings.Count(page, `class="en" lang="en"`) != strings.Count(page, `class="zh" lang="zh"`) {
			t.Error("a sentence is in one language only")
		}
		for _, want := range []string{`<html lang="` + lang + `"`, `id="lang-` + lang + `" checked`, `class="curve report"`, `class="curve calibrate"`, "漏检", "Missed"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: nothing of %s", lang, want)
			}
		}
	}
	// A set without anything to compare still makes a page.
	empty := Summarize(&List{}, nil, nil)
	if err := HTML(&bytes.Buffer{}, &Result{SHA256: strings.Repeat("0", 64), Halves: empty.Halves}, "en"); err != nil {
		t.Error(err)
	}
}
