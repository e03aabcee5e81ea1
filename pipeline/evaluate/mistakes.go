package evaluate

import (
	"cmp"
	"slices"

	"dossier/pipeline"
)

// A Mistake is a file that was judged wrongly.
type Mistake struct {
	Path  string  `json:"path"`
	Label Label   `json:"label"`
	Type  string  `json:"type"`
	Chain string  `json:"chain,omitempty"`
	Score float64 `json:"score"`
	// Loudest is the check with the greatest score on the file; empty if none scored.
	Loudest string `json:"loudest"`

	file *File
}

// worst is how many mistakes are shown.
const worst = 20

// mistakes lists the worst: honest files with a verdict of review or worse or a score above the
// threshold of 5 % (the two differ while the checks alarm too often), the highest first, and
// altered files at or below it, the lowest first; half of each as far as there are as many.
// Misses of equal score come in the order of the list, the types taking turns.
func mistakes(files []File, h *Half) []Mistake {
	out := []Mistake{}
	if h == nil {
		return out
	}
	t := h.Overall.At[1].Threshold
	var alarms, misses []*File
	for i := range files {
		f := &files[i]
		if h.Name != "all" && f.Half != h.Name {
			continue
		}
		alarmed := f.Score > t || f.Verdict == pipeline.EditReview || f.Verdict == pipeline.EditStrong
		if f.negative() && alarmed {
			alarms = append(alarms, f)
		}
		if !f.negative() && f.Score <= t {
			misses = append(misses, f)
		}
	}
	slices.SortStableFunc(alarms, func(a, b *File) int { return cmp.Compare(b.Score, a.Score) })
	slices.SortStableFunc(misses, func(a, b *File) int { return cmp.Compare(a.Score, b.Score) })
	misses = spread(misses)
	a := min(len(alarms), max(worst/2, worst-len(misses)))
	m := min(len(misses), worst-a)
	for _, f := range append(slices.Clone(alarms[:a]), misses[:m]...) {
		mistake := Mistake{Path: f.Path, Label: f.Label, Type: f.Type, Chain: f.Chain, Score: f.Score, file: f}
		most := 0.0
		for _, c := range f.Checks {
			if c.Score > most {
				most, mistake.Loudest = c.Score, c.Check
			}
		}
		out = append(out, mistake)
	}
	return out
}

// spread reorders files of equal score so that types take turns.
func spread(files []*File) []*File {
	var out []*File
	for i := 0; i < len(files); {
		j := i
		for j < len(files) && files[j].Score == files[i].Score {
			j++
		}
		turn := map[string]int{}
		type placed struct {
			f    *File
			turn int
		}
		var group []placed
		for _, f := range files[i:j] {
			group = append(group, placed{f, turn[f.Type]})
			turn[f.Type]++
		}
		slices.SortStableFunc(group, func(a, b placed) int { return cmp.Compare(a.turn, b.turn) })
		for _, g := range group {
			out = append(out, g.f)
		}
		i = j
	}
	return out
}
