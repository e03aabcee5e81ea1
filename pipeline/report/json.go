package report

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"dossier/checks"
	"dossier/pipeline"
)

//go:embed schema/*.json
var schemaFiles embed.FS

// schemaFile names the file of each published schema.
var schemaFile = map[string]string{
	pipeline.DocumentSchema: "schema/dossier.document-1.json",
	pipeline.CaseSchema:     "schema/dossier.case-1.json",
}

// Schema returns the published JSON Schema (draft 2020-12) of a record: pipeline.DocumentSchema
// or pipeline.CaseSchema. That of a case refers to that of a document by its $id.
func Schema(name string) ([]byte, error) {
	file, ok := schemaFile[name]
	if !ok {
		return nil, fmt.Errorf("no schema %q; there are %s and %s", name, pipeline.DocumentSchema, pipeline.CaseSchema)
	}
	return schemaFiles.ReadFile(file)
}

// JSON writes the record of a case, indented, as dossier.case/1: report.json. Every list is
// written as a list, also when it is empty.
func JSON(w io.Writer, c *pipeline.Case) error {
	if c.Schema != "" && c.Schema != pipeline.CaseSchema {
		return &checks.UnsupportedError{Format: "case record", Feature: "schema " + c.Schema}
	}
	for i := range c.Documents {
		if err := checkDocument(&c.Documents[i]); err != nil {
			return fmt.Errorf("case %q: %w", c.Case, err)
		}
	}
	if err := finite(c.Results); err != nil {
		return fmt.Errorf("case %q: %w", c.Case, err)
	}
	return encode(w, wholeCase(c), "  ")
}

// DocumentJSON writes the record of a document in one line, as dossier.document/1.
func DocumentJSON(w io.Writer, d *pipeline.Document) error {
	if err := checkDocument(d); err != nil {
		return err
	}
	return encode(w, wholeDocument(*d), "")
}

func encode(w io.Writer, v any, indent string) error {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false) // "<= 2097152" is read by people too; a browser gets the HTML report
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("record as JSON: %w", err)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

func checkDocument(d *pipeline.Document) error {
	if d.Schema != "" && d.Schema != pipeline.DocumentSchema {
		return &checks.UnsupportedError{Format: "document record", Feature: "schema " + d.Schema}
	}
	if bad(d.Edit.Score) {
		return fmt.Errorf("document %q: edit score is %v", d.Path, d.Edit.Score)
	}
	for _, s := range d.Seals {
		if bad(s.Confidence) || bad(s.Completeness) || bad(s.Strength) || s.DiameterMM != nil && bad(*s.DiameterMM) {
			return fmt.Errorf("document %q: a seal's figure is no number", d.Path)
		}
		for part, share := range s.Overlaps {
			if bad(share) {
				return fmt.Errorf("document %q: a seal's overlap with %s is no number", d.Path, part)
			}
		}
	}
	for _, r := range d.Readings {
		if bad(r.Confidence) {
			return fmt.Errorf("document %q: confidence of %s is %v", d.Path, r.Field, r.Confidence)
		}
	}
	if err := finite(d.Results); err != nil {
		return fmt.Errorf("document %q: %w", d.Path, err)
	}
	return nil
}

// finite names the check whose measure JSON cannot hold: the encoder's own error would not.
func finite(results []pipeline.Result) error {
	for _, r := range results {
		for _, f := range r.Findings {
			for _, m := range f.Measures {
				if bad(m.Value) {
					return fmt.Errorf("check %s, finding %s: measure %s is %v", r.Check, f.Code, m.Name, m.Value)
				}
			}
		}
	}
	return nil
}

func bad(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// wholeCase is a copy of c in which no list is nil; c itself is left as it is.
func wholeCase(c *pipeline.Case) *pipeline.Case {
	whole := *c
	whole.Schema = pipeline.CaseSchema
	whole.Documents = make([]pipeline.Document, len(c.Documents))
	for i, d := range c.Documents {
		whole.Documents[i] = wholeDocument(d)
	}
	whole.Results = wholeResults(c.Results)
	whole.Replaced = notNil(c.Replaced)
	whole.Rules = notNil(c.Rules)
	if c.Answers == nil {
		whole.Answers = map[string]string{}
	}
	if c.Versions.Checks == nil {
		whole.Versions.Checks = map[string]int{}
	}
	return &whole
}

func wholeDocument(d pipeline.Document) pipeline.Document {
	d.Schema = pipeline.DocumentSchema
	d.Seals = notNil(d.Seals)
	d.Readings = notNil(d.Readings)
	d.Results = wholeResults(d.Results)
	return d
}

func wholeResults(results []pipeline.Result) []pipeline.Result {
	whole := make([]pipeline.Result, len(results))
	for i, r := range results {
		findings := make([]pipeline.Finding, len(r.Findings))
		for j, f := range r.Findings {
			f.Measures = notNil(f.Measures)
			findings[j] = f
		}
		r.Findings = findings
		whole[i] = r
	}
	return whole
}

// notNil makes an empty list of none, so that JSON has [] and not null.
func notNil[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
