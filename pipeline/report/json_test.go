package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"dossier/checks"
	"dossier/pipeline"
)

func compileSchema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat() // so that "date-time" is checked, not only noted
	for _, n := range []string{pipeline.DocumentSchema, pipeline.CaseSchema} {
		raw, err := Schema(n)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(doc.(map[string]any)["$id"].(string), doc); err != nil {
			t.Fatal(err)
		}
	}
	id := map[string]string{pipeline.DocumentSchema: "urn:dossier:document:1", pipeline.CaseSchema: "urn:dossier:case:1"}[name]
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t testing.TB, s *jsonschema.Schema, record []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(record))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestSchemaOfAnUnknownNameIsRefused(t *testing.T) {
	if _, err := Schema("dossier.case/9"); err == nil {
		t.Error("a schema that does not exist was returned")
	}
}

func TestRecordsFollowTheirSchemas(t *testing.T) {
	caseSchema, documentSchema := compileSchema(t, pipeline.CaseSchema), compileSchema(t, pipeline.DocumentSchema)
	cases := samples()
	cases["empty"] = &pipeline.Case{Case: "empty", Version: 1, GeneratedAt: morning, Path: checks.Overseas, Verdict: pipeline.VerdictFail,
		Profile: pipeline.ProfileRef{ID: "wechat-overseas@2014-09", SHA256: sha("p")}}
	for name, c := range cases {
		var buf bytes.Buffer
		if err := JSON(&buf, c); err != nil {
			t.Fatal(err)
		}
		if err := validate(t, caseSchema, buf.Bytes()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range c.Documents {
			var line bytes.Buffer
			if err := DocumentJSON(&line, &c.Documents[i]); err != nil {
				t.Fatal(err)
			}
			if err := validate(t, documentSchema, line.Bytes()); err != nil {
				t.Errorf("%s, document %q: %v", name, c.Documents[i].Path, err)
			}
			if n := bytes.Count(line.Bytes(), []byte("\n")); n != 1 || !bytes.HasSuffix(line.Bytes(), []byte("\n")) {
				t.Errorf("%s, document %q: %d line breaks, want one at the end", name, c.Documents[i].Path, n)
			}
		}
	}
}

// TestStoredRecordGivesTheSameReport reads a report.json back and renders it again.
func TestStoredRecordGivesTheSameReport(t *testing.T) {
	for name, c := range samples() {
		if name == "hostile" {
			continue // JSON cannot hold names that are no UTF-8; see TestBrokenUTF8
		}
		var first, second bytes.Buffer
		if err := JSON(&first, c); err != nil {
			t.Fatal(err)
		}
		var stored pipeline.Case
		if err := json.Unmarshal(first.Bytes(), &stored); err != nil {
			t.Fatal(err)
		}
		if err := JSON(&second, &stored); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: report.json changes when it is read and written again", name)
		}
		var pageNow, pageLater bytes.Buffer
		if err := HTML(&pageNow, c, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := HTML(&pageLater, &stored, Options{}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(pageNow.Bytes(), pageLater.Bytes()) {
			t.Errorf("%s: the page of the stored record is another", name)
		}
	}
}

func TestListsAreNeverNull(t *testing.T) {
	c := &pipeline.Case{Documents: []pipeline.Document{{Results: []pipeline.Result{{Findings: []pipeline.Finding{{}}}, {}}}}, Results: []pipeline.Result{{}}}
	var buf bytes.Buffer
	if err := JSON(&buf, c); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(buf.String(), `"diameter_mm": null`, "")
	if strings.Contains(text, "null") {
		t.Errorf("a list is null:\n%s", text)
	}
	for _, field := range []string{`"documents": [`, `"results": [`, `"replaced": []`, `"rules": []`, `"answers": {}`, `"checks": {}`, `"seals": []`, `"readings": []`, `"measures": []`, `"findings": []`} {
		if !strings.Contains(text, field) {
			t.Errorf("no %s in\n%s", field, text)
		}
	}
	if c.Rules != nil || c.Documents[0].Seals != nil || c.Documents[0].Results[0].Findings[0].Measures != nil {
		t.Error("writing the record changed it")
	}
	if !bytes.Contains(buf.Bytes(), []byte("\"region\": [\n")) && !bytes.Contains(buf.Bytes(), []byte(`"region": [0,0,0,0]`)) {
		t.Errorf("the region is no list of four:\n%s", buf.String())
	}
}

func TestBrokenUTF8(t *testing.T) {
	d := document("\xff.jpg", checks.Unknown, 1, 1, 1)
	var buf bytes.Buffer
	if err := DocumentJSON(&buf, &d); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(buf.Bytes()) || !bytes.Contains(buf.Bytes(), []byte("\ufffd.jpg")) && !bytes.Contains(buf.Bytes(), []byte(`\ufffd.jpg`)) {
		t.Errorf("got %s", buf.Bytes())
	}
}

func TestFiguresThatAreNoNumbersAreNamed(t *testing.T) {
	broken := failCase()
	broken.Documents[0].Results[4].Findings[0].Measures[0].Value = math.NaN()
	err := JSON(&bytes.Buffer{}, broken)
	if err == nil || !strings.Contains(err.Error(), "format/pixels") || !strings.Contains(err.Error(), "IMG_20140908_101112.jpg") {
		t.Errorf("NaN in a measure: %v", err)
	}
	score := passCase()
	score.Documents[0].Edit.Score = math.Inf(1)
	if err := DocumentJSON(&bytes.Buffer{}, &score.Documents[0]); err == nil {
		t.Error("an infinite score was written")
	}
	over := passCase()
	over.Documents[1].Seals[0].Overlaps = map[string]float64{checks.OverlapDate: math.NaN()}
	if err := DocumentJSON(&bytes.Buffer{}, &over.Documents[1]); err == nil || !strings.Contains(err.Error(), "date") {
		t.Errorf("NaN in an overlap: %v", err)
	}
	of := passCase()
	of.Results[0].Findings = []pipeline.Finding{{Measures: []checks.Measure{{Value: math.Inf(-1)}}}}
	if err := JSON(&bytes.Buffer{}, of); err == nil {
		t.Error("an infinite measure of the case was written")
	}
}

func TestRecordsOfAnotherSchemaAreRefused(t *testing.T) {
	var unsupported *checks.UnsupportedError
	if err := JSON(&bytes.Buffer{}, &pipeline.Case{Schema: "dossier.case/2"}); !errors.As(err, &unsupported) {
		t.Errorf("case: %v", err)
	}
	if err := DocumentJSON(&bytes.Buffer{}, &pipeline.Document{Schema: "dossier.document/2"}); !errors.As(err, &unsupported) {
		t.Errorf("document: %v", err)
	}
}

// TestBrokenRecordsAreRefused changes one thing in a good record at a time.
func TestBrokenRecordsAreRefused(t *testing.T) {
	schema := compileSchema(t, pipeline.CaseSchema)
	var buf bytes.Buffer
	if err := JSON(&buf, reviewCase()); err != nil {
		t.Fatal(err)
	}
	document := func(c map[string]any, i int) map[string]any { return c["documents"].([]any)[i].(map[string]any) }
	result := func(c map[string]any, check string) map[string]any {
		for _, r := range document(c, 1)["results"].([]any) {
			if r.(map[string]any)["check"] == check {
				return r.(map[string]any)
			}
		}
		t.Fatalf("no result of %s", check)
		return nil
	}
	finding := func(c map[string]any, check string) map[string]any {
		return result(c, check)["findings"].([]any)[0].(map[string]any)
	}
	for name, breakIt := range map[string]func(c map[string]any){
		"another schema":            func(c map[string]any) { c["schema"] = "dossier.case/2" },
		"a field nobody knows":      func(c map[string]any) { c["colour"] = "red" },
		"no case name":              func(c map[string]any) { delete(c, "case") },
		"version 0":                 func(c map[string]any) { c["version"] = 0 },
		"a date that is none":       func(c map[string]any) { c["generated_at"] = "2014-13-10" },
		"a path that is none":       func(c map[string]any) { c["path"] = "family" },
		"a verdict that is none":    func(c map[string]any) { c["verdict"] = "ok" },
		"documents null":            func(c map[string]any) { c["documents"] = nil },
		"a profile without date":    func(c map[string]any) { c["profile"].(map[string]any)["id"] = "wechat" },
		"an answer that is no text": func(c map[string]any) { c["answers"].(map[string]any)["mobile"] = 138 },
		"a short digest":            func(c map[string]any) { document(c, 0)["sha256"] = "abc" },
		"a digest in capitals":      func(c map[string]any) { document(c, 0)["sha256"] = strings.Repeat("A", 64) },
		"a kind that is none":       func(c map[string]any) { document(c, 0)["kind"] = "passport" },
		"a kind source that is none": func(c map[string]any) {
			document(c, 0)["kind_source"] = ""
		},
		"a negative size":      func(c map[string]any) { document(c, 0)["format"].(map[string]any)["bytes"] = -1 },
		"a format in capitals": func(c map[string]any) { document(c, 0)["format"].(map[string]any)["name"] = "JPEG" },
		"a score above 1":      func(c map[string]any) { document(c, 0)["edit"].(map[string]any)["score"] = 1.01 },
		"an edit verdict":      func(c map[string]any) { document(c, 0)["edit"].(map[string]any)["verdict"] = "clean" },
		"seals null":           func(c map[string]any) { document(c, 0)["seals"] = nil },
		"a reading without a box": func(c map[string]any) {
			delete(document(c, 1)["readings"].([]any)[0].(map[string]any), "box")
		},
		"a field in capitals": func(c map[string]any) {
			document(c, 1)["readings"].([]any)[0].(map[string]any)["field"] = "ID"
		},
		"a check without family":        func(c map[string]any) { result(c, "legibility/glare")["check"] = "glare" },
		"an outcome that is none":       func(c map[string]any) { result(c, "legibility/glare")["outcome"] = "passed" },
		"skipped without a reason":      func(c map[string]any) { result(c, "edits/noise")["reason"] = "" },
		"ran, but with a reason":        func(c map[string]any) { result(c, "legibility/glare")["reason"] = "slow" },
		"findings null":                 func(c map[string]any) { result(c, "edits/noise")["findings"] = nil },
		"a severity that is none":       func(c map[string]any) { finding(c, "legibility/glare")["severity"] = "error" },
		"a message in one language":     func(c map[string]any) { delete(finding(c, "legibility/glare")["message"].(map[string]any), "zh") },
		"an empty message":              func(c map[string]any) { finding(c, "legibility/glare")["message"].(map[string]any)["zh"] = "" },
		"a region of three":             func(c map[string]any) { finding(c, "legibility/glare")["region"] = []any{1, 2, 3} },
		"a region of five":              func(c map[string]any) { finding(c, "legibility/glare")["region"] = []any{1, 2, 3, 4, 5} },
		"a region with a fraction":      func(c map[string]any) { finding(c, "legibility/glare")["region"] = []any{1.5, 2, 3, 4} },
		"a region left of the picture":  func(c map[string]any) { finding(c, "legibility/glare")["region"] = []any{-1, 2, 3, 4} },
		"a measure without its unit":    func(c map[string]any) { delete(measureOf(finding(c, "legibility/glare")), "unit") },
		"a measure that is no number":   func(c map[string]any) { measureOf(finding(c, "legibility/glare"))["value"] = "3%" },
		"a decision nobody made":        func(c map[string]any) { finding(c, "edits/metadata")["decision"].(map[string]any)["who"] = "" },
		"a decision without a reason":   func(c map[string]any) { finding(c, "edits/metadata")["decision"].(map[string]any)["because"] = "" },
		"a decision without its digest": func(c map[string]any) { finding(c, "edits/metadata")["decision"].(map[string]any)["fingerprint"] = "x" },
		"a rule without a source":       func(c map[string]any) { delete(c["rules"].([]any)[0].(map[string]any), "source") },
		"a check version 0":             func(c map[string]any) { c["versions"].(map[string]any)["checks"].(map[string]any)["format/size"] = 0 },
	} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(buf.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Fatalf("the record is not even good before it is broken: %v", err)
		}
		breakIt(v.(map[string]any))
		if schema.Validate(v) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func measureOf(finding map[string]any) map[string]any {
	return finding["measures"].([]any)[0].(map[string]any)
}

// TestEveryFieldHasItsSchema holds the structs of the record beside the schemas: a field that is
// added to one and forgotten in the other fails here.
func TestEveryFieldHasItsSchema(t *testing.T) {
	files := map[string]map[string]any{}
	for _, name := range []string{pipeline.DocumentSchema, pipeline.CaseSchema} {
		raw, err := Schema(name)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		files[v["$id"].(string)] = v
	}
	c := &comparison{t: t, files: files, seen: map[reflect.Type]bool{}}
	c.compare("case", reflect.TypeFor[pipeline.Case](), "urn:dossier:case:1", files["urn:dossier:case:1"])
	for _, want := range []reflect.Type{reflect.TypeFor[pipeline.Document](), reflect.TypeFor[pipeline.Finding](), reflect.TypeFor[pipeline.Decision](),
		reflect.TypeFor[checks.Seal](), reflect.TypeFor[checks.Reading](), reflect.TypeFor[checks.Origin](), reflect.TypeFor[pipeline.Rule]()} {
		if !c.seen[want] {
			t.Errorf("%v was never compared", want)
		}
	}
}

type comparison struct {
	t     *testing.T
	files map[string]map[string]any
	seen  map[reflect.Type]bool
}

// resolve follows $ref and a single allOf to the schema that says the type.
func (c *comparison) resolve(file string, s map[string]any) (string, map[string]any) {
	for {
		if all, ok := s["allOf"].([]any); ok {
			s = all[0].(map[string]any)
			continue
		}
		ref, ok := s["$ref"].(string)
		if !ok {
			return file, s
		}
		name, pointer, _ := strings.Cut(ref, "#")
		if name != "" {
			file = name
		}
		s = c.files[file]
		for _, step := range strings.FieldsFunc(pointer, func(r rune) bool { return r == '/' }) {
			s = s[step].(map[string]any)
		}
	}
}

var enums = map[reflect.Type][]string{
	reflect.TypeFor[pipeline.Verdict]():     {"pass", "review", "fail"},
	reflect.TypeFor[pipeline.Severity]():    {"note", "review", "fail"},
	reflect.TypeFor[pipeline.Outcome]():     {"ran", "skipped", "failed"},
	reflect.TypeFor[pipeline.EditVerdict](): {"none", "review", "strong", "not_measured"},
	reflect.TypeFor[pipeline.KindSource]():  {"given", "content", "name"},
	reflect.TypeFor[checks.Kind]():          wordsOf(checks.Kinds()),
	reflect.TypeFor[checks.Path]():          wordsOf(checks.Paths()),
}

func wordsOf[T ~string](list []T) []string {
	var words []string
	for _, w := range list {
		words = append(words, string(w))
	}
	return words
}

func (c *comparison) compare(at string, typ reflect.Type, file string, s map[string]any) {
	t := c.t
	file, s = c.resolve(file, s)
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	wantType := func(want string) {
		switch have := s["type"].(type) {
		case string:
			if have != want {
				t.Errorf("%s is %q in the schema, want %q", at, have, want)
			}
		case []any:
			if !slices.Contains(have, any(want)) {
				t.Errorf("%s is %v in the schema, want %q", at, have, want)
			}
		default:
			if s["enum"] == nil && s["const"] == nil && s["anyOf"] == nil {
				t.Errorf("%s has no type in the schema", at)
			}
		}
	}
	if want, ok := enums[typ]; ok {
		var have []string
		for _, w := range s["enum"].([]any) {
			have = append(have, w.(string))
		}
		slices.Sort(have)
		if want := slices.Sorted(slices.Values(want)); !slices.Equal(have, want) {
			t.Errorf("%s may be %v in the schema, %v in the code", at, have, want)
		}
		return
	}
	switch {
	case typ == reflect.TypeFor[time.Time]():
		wantType("string")
		if s["format"] != "date-time" {
			t.Errorf("%s has no format date-time", at)
		}
		return
	case typ == reflect.TypeFor[checks.Region]():
		wantType("array")
		if items, _ := s["prefixItems"].([]any); len(items) != 4 {
			t.Errorf("%s is no list of four", at)
		}
		return
	}
	switch typ.Kind() {
	case reflect.Struct:
		wantType("object")
		if c.seen[typ] {
			return
		}
		c.seen[typ] = true
		if s["additionalProperties"] != false {
			t.Errorf("%s: fields nobody knows are let through", at)
		}
		properties := s["properties"].(map[string]any)
		required := map[string]bool{}
		for _, r := range s["required"].([]any) {
			required[r.(string)] = true
		}
		left := maps.Clone(properties)
		for i := range typ.NumField() {
			name, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name == "" || name == "-" {
				t.Errorf("%s: field %s has no name in JSON", at, typ.Field(i).Name)
				continue
			}
			sub, ok := properties[name].(map[string]any)
			if !ok {
				t.Errorf("%s.%s is not in the schema", at, name)
				continue
			}
			delete(left, name)
			if always := !strings.Contains(options, "omit"); always != required[name] {
				t.Errorf("%s.%s: always written %v, required by the schema %v", at, name, always, required[name])
			}
			c.compare(at+"."+name, typ.Field(i).Type, file, sub)
		}
		for name := range left {
			t.Errorf("%s.%s is in the schema and not in the record", at, name)
		}
	case reflect.Slice:
		wantType("array")
		items, ok := s["items"].(map[string]any)
		if !ok {
			t.Errorf("%s: nothing is said of its items", at)
			return
		}
		c.compare(at+"[]", typ.Elem(), file, items)
	case reflect.Map:
		wantType("object")
		c.compare(at+"{}", typ.Elem(), file, s["additionalProperties"].(map[string]any))
	case reflect.String:
		wantType("string")
	case reflect.Bool:
		wantType("boolean")
	case reflect.Int, reflect.Int64:
		wantType("integer")
	case reflect.Float64:
		wantType("number")
	default:
		t.Errorf("%s: a %v is not compared", at, typ)
	}
}
