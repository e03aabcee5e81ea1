package edits

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/c2patest"
	"dossier/checks/picture/filetest"
)

// findingsOn runs a check on a file and returns its findings, and the reason if it was skipped.
func findingsOn(t *testing.T, c *checks.Check, data []byte) (findings []checks.Finding, skipped string) {
	t.Helper()
	settings, err := c.Settings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Run(context.Background(), checks.NewSubject("a file", checks.Unknown, data), settings)
	if reason, ok := checks.SkipReason(err); ok {
		return nil, reason.En
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range o.Findings {
		if f.Message.En == "" || f.Message.Zh == "" || f.Remedy.En == "" || f.Remedy.Zh == "" {
			t.Errorf("%s: a sentence is missing", f.Code)
		}
		for _, s := range []string{f.Message.En, f.Message.Zh} {
			if strings.Contains(s, "%!") {
				t.Errorf("%s: badly formatted: %s", f.Code, s)
			}
		}
		if !slices.ContainsFunc(c.Codes, func(k checks.Code) bool { return k.Code == f.Code }) {
			t.Errorf("the check does not declare the code %s", f.Code)
		}
	}
	return o.Findings, ""
}

func codesOf(findings []checks.Finding) []string {
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// smallPicture is a picture without metadata.
func smallPicture(segments ...[]byte) []byte {
	return filetest.JPEG{Width: 64, Height: 48, Values: []uint8{100, 120, 140}, Adobe: -1, Segments: bytes.Join(segments, nil)}.Bytes()
}

// xmpSegment wraps the inside of an RDF element into an APP1 segment.
func xmpSegment(rdf string) []byte {
	return filetest.Segment(0xE1, []byte("http://ns.adobe.com/xap/1.0/\x00"+
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`+rdf+`</rdf:RDF></x:xmpmeta>`))
}

func TestProvenance(t *testing.T) {
	signer, other := c2patest.NewSigner(-7, "A Maker"), c2patest.NewSigner(-7, "Another")
	base := func() c2patest.Manifest {
		return c2patest.Manifest{Label: "urn:c2pa:one", Title: "photo.jpg", Signer: signer, Actions: []map[string]any{{"action": "c2pa.created"}}}
	}
	build := func(change func(m *c2patest.Manifest)) []byte {
		m := base()
		change(&m)
		return c2patest.JPEG(smallPicture(), 0, m)
	}
	valid := build(func(*c2patest.Manifest) {})
	edited := bytes.Clone(valid)
	edited[len(edited)-10] ^= 1
	renamed := bytes.Replace(valid, []byte("c2pa.created"), []byte("c2pa.creates"), 1)
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"no credentials":  {smallPicture(), nil},
		"valid":           {valid, []string{"credentials"}},
		"picture changed": {edited, []string{"changed_after_signing", "credentials"}},
		// The action's name is not one the specification knows, either.
		"statement changed": {renamed, []string{"corrections_recorded", "credentials", "statement_changed"}},
		"other signature": {build(func(m *c2patest.Manifest) {
			m.Signer = &c2patest.Signer{Algorithm: -7, Key: other.Key, Chain: signer.Chain}
		}), []string{"credentials", "signature_wrong"}},
		"no signature": {build(func(m *c2patest.Manifest) { m.NoSignature = true }), []string{"credentials", "signature_wrong"}},
		"chain of another": {build(func(m *c2patest.Manifest) {
			m.Signer = &c2patest.Signer{Algorithm: -7, Key: signer.Key, Chain: [][]byte{signer.Chain[0], other.Chain[1]}}
		}), []string{"certificate_doubtful", "credentials"}},
		"no certificate": {build(func(m *c2patest.Manifest) { m.Signer = &c2patest.Signer{Algorithm: -7, Key: signer.Key} }), []string{"credentials", "signature_wrong"}},
		"unknown algorithm": {build(func(m *c2patest.Manifest) {
			m.Signer = &c2patest.Signer{Algorithm: -12345, Key: signer.Key, Chain: signer.Chain}
		}), []string{"credentials", "not_verifiable"}},
		"unlisted statement": {build(func(m *c2patest.Manifest) { m.Unlisted = true }), []string{"credentials", "statement_changed"}},
		"hash with a hole":   {build(func(m *c2patest.Manifest) { m.LeaveOut = 40 }), []string{"bytes_left_out", "credentials"}},
		"other hash":         {build(func(m *c2patest.Manifest) { m.Binding = "c2pa.hash.bmff.v3" }), []string{"credentials", "not_verifiable"}},
		"something placed": {build(func(m *c2patest.Manifest) {
			m.Actions = []map[string]any{{"action": "c2pa.opened"}, {"action": "c2pa.placed"}}
		}), []string{"credentials", "edits_recorded"}},
		"cropped": {build(func(m *c2patest.Manifest) { m.Actions = []map[string]any{{"action": "c2pa.cropped"}} }), []string{"corrections_recorded", "credentials"}},
		"resaved": {build(func(m *c2patest.Manifest) {
			m.Actions = []map[string]any{{"action": "c2pa.resized"}, {"action": "c2pa.transcoded"}}
		}), []string{"credentials"}},
		"cut off": {valid[:600], []string{"credentials_damaged"}},
		"stored elsewhere": {smallPicture(xmpSegment(`<rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="https://example.com/m/1"/>`)),
			[]string{"credentials_elsewhere"}},
		"another provenance": {smallPicture(xmpSegment(`<rdf:Description xmlns:a="http://example.com/ns/" a:provenance="the attic"/>`)), nil},
		// JUMBF is used for other things as well.
		"other boxes": {smallPicture(c2patest.Segments(c2patest.Superbox("json", "a.label", c2patest.Box("json", []byte("{}"))), 0)), nil},
	} {
		findings, skipped := findingsOn(t, Provenance, c.data)
		if skipped != "" || !slices.Equal(codesOf(findings), c.want) {
			t.Errorf("%s: %v %s, want %v", name, codesOf(findings), skipped, c.want)
		}
	}
}

func TestProvenanceOfIngredients(t *testing.T) {
	signer := c2patest.NewSigner(-7, "A Maker")
	first := c2patest.Manifest{Label: "urn:c2pa:one", Title: "before.jpg", Signer: signer,
		Actions: []map[string]any{{"action": "c2pa.drawing", "softwareAgent": "A Painter"}}}
	second := func(relationship string) []byte {
		return c2patest.JPEG(smallPicture(), 0, first, c2patest.Manifest{Label: "urn:c2pa:two", Signer: signer,
			Actions:     []map[string]any{{"action": "c2pa.opened"}},
			Ingredients: []c2patest.Ingredient{{Title: "before.jpg", Relationship: relationship, Manifest: first.Label}}})
	}
	// What was done to the picture before counts, what was done to a picture beside it does not.
	findings, _ := findingsOn(t, Provenance, second("parentOf"))
	if got := codesOf(findings); !slices.Equal(got, []string{"credentials", "edits_recorded"}) {
		t.Errorf("parent: %v", got)
	} else if m := findings[0].Message; !strings.Contains(m.En, "A Painter") || !strings.Contains(m.Zh, "绘制") {
		t.Errorf("message %v", m)
	}
	findings, _ = findingsOn(t, Provenance, second("componentOf"))
	if got := codesOf(findings); !slices.Equal(got, []string{"credentials"}) {
		t.Errorf("component: %v", got)
	}
	broken := bytes.Replace(second("parentOf"), []byte("A Painter"), []byte("A Camera!"), 1)
	findings, _ = findingsOn(t, Provenance, broken)
	if got := codesOf(findings); !slices.Equal(got, []string{"credentials", "edits_recorded", "history_changed"}) {
		t.Errorf("broken ingredient: %v", got)
	}
}

// Every reason that checks/picture/c2pa gives has its Chinese words; whoever adds one is told here.
func TestReasonsAreTranslated(t *testing.T) {
	sources, err := filepath.Glob("../picture/c2pa/*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal(err)
	}
	reason := regexp.MustCompile(`(?:Reason = [A-Z]\w+, (?:fmt\.Sprintf\()?|Reason = |Reason: |fail\(|return Unverified, (?:fmt\.Sprintf\()?|return Differs, )"([^"]+)`)
	n := 0
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reason.FindAllStringSubmatch(string(source), -1) {
			n++
			if zh := inChinese(m[1]); strings.Contains(zh, m[1]) {
				t.Errorf("%s: no Chinese for %q", path, m[1])
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d reasons were found in the source", n)
	}
}

func TestProvenanceIsSkippedWhereThereIsNoRoom(t *testing.T) {
	if _, skipped := findingsOn(t, Provenance, filetest.BMP{Width: 1, Height: 1, Bits: 24, Pixels: make([]byte, 4)}.Bytes()); skipped == "" {
		t.Error("a bitmap was not skipped")
	}
}
