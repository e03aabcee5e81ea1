package evaluate

import (
	"slices"
	"sort"
	"time"

	"dossier/pipeline"
)

// Schema is the name of the published JSON schema of a Result.
const Schema = "dossier.eval/1"

// A Result is everything that was measured on a list of labels.
type Result struct {
	Schema   string         `json:"schema"` // Schema
	Labels   string         `json:"labels"` // base name of the list
	SHA256   string         `json:"labels_sha256"`
	Dossier  string         `json:"dossier"` // version of the program
	Profile  string         `json:"profile"`
	Checks   map[string]int `json:"checks"` // versions of the checks that were measured
	Leak     Leak           `json:"leak"`
	Halves   []Half         `json:"halves"` // calibrate, report, and both together as "all"
	Costs    *Costs         `json:"costs,omitempty"`
	Mistakes []Mistake      `json:"mistakes"`
	Files    []File         `json:"files"`
	MadeAt   time.Time      `json:"made_at"`
}

// A Half is what was measured on one half of the set.
type Half struct {
	Name        string       `json:"name"`
	Sources     int          `json:"sources"`
	Altered     int          `json:"altered"`
	Honest      int          `json:"honest"`
	Untouched   int          `json:"untouched"`
	Overall     Measure      `json:"overall"`
	Types       []Measure    `json:"types"`  // each type of alteration against all negatives
	Chains      []Measure    `json:"chains"` // each chain: its altered against its own negatives
	Checks      []Measure    `json:"checks"` // each check's own score
	Cells       []Cell       `json:"cells"`  // type by chain, at the thresholds of Overall
	FalseAlarms []FalseAlarm `json:"false_alarms"`
	Curve       []Point      `json:"curve"` // of Overall
}

// A Measure is how well one score tells altered files from others.
type Measure struct {
	Name      string      `json:"name"`
	Altered   int         `json:"altered"`
	Negatives int         `json:"negatives"`
	Measured  int         `json:"measured"` // files on which the check, or any of the family, could measure
	AUC       Estimate    `json:"auc"`
	At        []Operating `json:"at"` // at 1 % and at 5 % false alarms
	// Regions is how many altered files with a mask got a region; IoU the median over these, and
	// AllIoU over all altered files with a mask, those without a region counting 0.
	Masked  int     `json:"masked"`
	Regions int     `json:"regions"`
	IoU     Overlap `json:"iou"`
	AllIoU  Overlap `json:"iou_all"`
	ByType  []Cell  `json:"by_type,omitempty"` // of a check: what it finds at its threshold of 1 %
}

// An Operating is a point of operation.
type Operating struct {
	Rate      float64 `json:"rate"`      // of false alarms asked for
	Threshold float64 `json:"threshold"` // a file with a greater score is called altered
	// From is the half whose negatives set the threshold: for the half "report" it is "calibrate"
	// if there is one, so that the rate met is an honest one.
	From        string   `json:"from"`
	Found       int      `json:"found"`
	Sensitivity Estimate `json:"sensitivity"`
	Alarms      int      `json:"alarms"`
	FalseAlarms Estimate `json:"false_alarms"` // the rate really met
}

// A Cell counts the altered files of one type in one chain.
type Cell struct {
	Type   string `json:"type"`
	Chain  string `json:"chain,omitempty"`
	Found1 int    `json:"found_at_1"` // at 1 % false alarms
	Found5 int    `json:"found_at_5"`
	Of     int    `json:"of"`
}

// A FalseAlarm counts what the verdicts say of the honest files of one type.
type FalseAlarm struct {
	Label    Label    `json:"label"`
	Type     string   `json:"type"` // empty: all types of the label
	Files    int      `json:"files"`
	Noted    int      `json:"noted"`  // with a note of the family and nothing worse
	Review   int      `json:"review"` // verdict "review"
	Strong   int      `json:"strong"` // verdict "strong"
	AtReview Estimate `json:"at_review_or_worse"`
}

// rates are the rates of false alarms that are reported.
var rates = []float64{0.01, 0.05}

// Summarize measures a run. costs may be nil.
func Summarize(l *List, files []File, costs *Costs) Result {
	r := Result{Schema: Schema, Labels: l.Name, SHA256: l.SHA256, Checks: map[string]int{}, Leak: measureLeak(files), Costs: costs, Files: files}
	for _, f := range files {
		for _, c := range f.Checks {
			r.Checks[c.Check] = c.Version
		}
	}
	split := map[string][]File{}
	for _, f := range files {
		split[f.Half] = append(split[f.Half], f)
	}
	if len(split[Calibrate]) > 0 {
		r.Halves = append(r.Halves, summarize(Calibrate, split[Calibrate], split[Calibrate], Calibrate))
	}
	if len(split[Report]) > 0 {
		from, name := split[Calibrate], Calibrate
		if !slices.ContainsFunc(from, File.negative) {
			from, name = split[Report], Report
		}
		r.Halves = append(r.Halves, summarize(Report, split[Report], from, name))
	}
	if len(split) > 1 {
		r.Halves = append(r.Halves, summarize("all", files, files, "all"))
	}
	r.Mistakes = mistakes(files, r.headline())
	return r
}

// headline is the half that is to be quoted: report, else what there is.
func (r *Result) headline() *Half {
	for i := range r.Halves {
		if r.Halves[i].Name == Report {
			return &r.Halves[i]
		}
	}
	if len(r.Halves) == 0 {
		return nil
	}
	return &r.Halves[0]
}

func (f File) negative() bool { return f.Label != Altered }

// A view is one way to score files.
type view struct {
	score    func(*File) float64
	measured func(*File) bool
	overlap  func(*File) *Overlap
}

var overall = view{
	score: func(f *File) float64 { return f.Score },
	measured: func(f *File) bool {
		return slices.ContainsFunc(f.Checks, func(c CheckScore) bool { return c.Outcome == pipeline.Ran })
	},
	overlap: func(f *File) *Overlap {
		if len(f.Regions) == 0 {
			return nil
		}
		return f.Overlap
	},
}

func ofCheck(id string) view {
	return view{
		score:    func(f *File) float64 { c, _ := f.Check(id); return c.Score },
		measured: func(f *File) bool { c, ok := f.Check(id); return ok && c.Outcome == pipeline.Ran },
		overlap:  func(f *File) *Overlap { c, _ := f.Check(id); return c.Overlap },
	}
}

func scores(files []File, v view) (out []float64) {
	for i := range files {
		out = append(out, v.score(&files[i]))
	}
	return out
}

func pick(files []File, want func(File) bool) (out []File) {
	for _, f := range files {
		if want(f) {
			out = append(out, f)
		}
	}
	return out
}

// summarize measures files; the thresholds come from the negatives of from.
func summarize(name string, files, from []File, fromName string) Half {
	h := Half{Name: name, Types: []Measure{}, Chains: []Measure{}, Checks: []Measure{}, Cells: []Cell{}}
	sources := map[string]bool{}
	checks := map[string]bool{}
	types, chains := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		sources[f.Source] = true
		switch f.Label {
		case Altered:
			h.Altered++
			types[f.Type] = true
		case Honest:
			h.Honest++
		default:
			h.Untouched++
		}
		if f.Chain != "" {
			chains[f.Chain] = true
		}
		for _, c := range f.Checks {
			checks[c.Check] = true
		}
	}
	h.Sources = len(sources)
	altered := pick(files, func(f File) bool { return !f.negative() })
	negatives := pick(files, File.negative)
	base := pick(from, File.negative)

	h.Overall = measure("all", altered, negatives, base, fromName, overall)
	h.Overall.AUC = clusteredAUC(scoredBy(files, overall))
	h.Curve = Curve(scores(altered, overall), scores(negatives, overall))
	for _, t := range sorted(types) {
		h.Types = append(h.Types, measure(t, pick(altered, func(f File) bool { return f.Type == t }), negatives, base, fromName, overall))
	}
	for _, c := range sorted(chains) {
		in := func(f File) bool { return f.Chain == c }
		h.Chains = append(h.Chains, measure(c, pick(altered, in), pick(negatives, in), base, fromName, overall))
	}
	for _, id := range sorted(checks) {
		v := ofCheck(id)
		m := measure(id, altered, negatives, base, fromName, v)
		m.ByType = cells(altered, m.At, v, false)
		h.Checks = append(h.Checks, m)
	}
	h.Cells = cells(altered, h.Overall.At, overall, true)
	h.FalseAlarms = falseAlarms(negatives)
	return h
}

func scoredBy(files []File, v view) (out []scored) {
	for i := range files {
		out = append(out, scored{files[i].Source, files[i].Label == Altered, v.score(&files[i])})
	}
	return out
}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func measure(name string, altered, negatives, base []File, from string, v view) Measure {
	m := Measure{Name: name, Altered: len(altered), Negatives: len(negatives)}
	positive, negative := scores(altered, v), scores(negatives, v)
	m.AUC = AUC(positive, negative)
	for _, rate := range rates {
		t := Threshold(scores(base, v), rate)
		found, alarms := above(positive, t), above(negative, t)
		m.At = append(m.At, Operating{Rate: rate, Threshold: t, From: from, Found: found, Sensitivity: Wilson(found, len(altered)),
			Alarms: alarms, FalseAlarms: Wilson(alarms, len(negatives))})
	}
	for _, set := range [][]File{altered, negatives} {
		for i := range set {
			if v.measured(&set[i]) {
				m.Measured++
			}
		}
	}
	var pixels, box, allPixels, allBox []float64
	for i := range altered {
		if altered[i].Mask == "" {
			continue
		}
		m.Masked++
		o := v.overlap(&altered[i])
		if o == nil {
			allPixels, allBox = append(allPixels, 0), append(allBox, 0)
			continue
		}
		pixels, box = append(pixels, o.Pixels), append(box, o.Box)
		allPixels, allBox = append(allPixels, o.Pixels), append(allBox, o.Box)
	}
	m.Regions = len(pixels)
	m.IoU, m.AllIoU = Overlap{median(pixels), median(box)}, Overlap{median(allPixels), median(allBox)}
	return m
}

// cells counts what is found, by type and, if asked for, by chain.
func cells(altered []File, at []Operating, v view, byChain bool) []Cell {
	counts := map[[2]string]*Cell{}
	var keys [][2]string
	for i := range altered {
		f := &altered[i]
		k := [2]string{f.Type}
		if byChain {
			k[1] = f.Chain
		}
		c := counts[k]
		if c == nil {
			c = &Cell{Type: k[0], Chain: k[1]}
			counts[k] = c
			keys = append(keys, k)
		}
		c.Of++
		if v.score(f) > at[0].Threshold {
			c.Found1++
		}
		if v.score(f) > at[1].Threshold {
			c.Found5++
		}
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i][0] < keys[j][0] || keys[i][0] == keys[j][0] && keys[i][1] < keys[j][1]
	})
	out := []Cell{}
	for _, k := range keys {
		out = append(out, *counts[k])
	}
	return out
}

func falseAlarms(negatives []File) []FalseAlarm {
	out := []FalseAlarm{}
	for _, label := range []Label{Untouched, Honest} {
		of := pick(negatives, func(f File) bool { return f.Label == label })
		if len(of) == 0 {
			continue
		}
		types := map[string]bool{}
		for _, f := range of {
			types[f.Type] = true
		}
		out = append(out, alarms(label, "", of))
		if len(types) > 1 {
			for _, t := range sorted(types) {
				out = append(out, alarms(label, t, pick(of, func(f File) bool { return f.Type == t })))
			}
		}
	}
	return out
}

func alarms(label Label, kind string, files []File) FalseAlarm {
	a := FalseAlarm{Label: label, Type: kind, Files: len(files)}
	for _, f := range files {
		switch f.Verdict {
		case pipeline.EditReview:
			a.Review++
		case pipeline.EditStrong:
			a.Strong++
		default:
			if slices.ContainsFunc(f.Checks, func(c CheckScore) bool { return c.Severity == string(pipeline.Note) }) {
				a.Noted++
			}
		}
	}
	a.AtReview = Wilson(a.Review+a.Strong, a.Files)
	return a
}
