package evaluate

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"

	"dossier/checks"
)

//go:embed page.html.tmpl
var pageText string

//go:embed page.css
var pageCSS string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"percent": func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) },
	"number":  func(v float64) string { return fmt.Sprintf("%.3f", v) },
	"two":     func(v float64) string { return fmt.Sprintf("%.2f", v) },
	"one":     func(v float64) string { return fmt.Sprintf("%.1f", v) },
	"whole":   func(v float64) string { return fmt.Sprintf("%.0f", v) },
	"half":    halfName,
	"type":    typeName,
	"alarm":   alarmName,
	"bar":     bar,
	"at":      func(m Measure, i int) Operating { return m.At[i] },
	"t":       func(en, zh string) checks.Text { return checks.Text{En: en, Zh: zh} },
}).Parse(pageText))

// A pageView is what the template is given.
type pageView struct {
	*Result
	Lang     string
	CSS      template.CSS
	Head     *Half
	Chart    template.HTML
	Pictures []shown
	Matrix   matrix
	ByCheck  matrix
	OwnRate  bool // thresholds come from the very negatives they are stated on
}

type shown struct {
	Mistake
	Picture template.URL
	Alarm   bool
}

// HTML writes the result as one page that needs nothing else: both languages with a switch, ROC
// curves as SVG, and the worst mistakes as pictures. lang is the language shown first.
func HTML(w io.Writer, r *Result, lang string) error {
	v := pageView{Result: r, Lang: lang, CSS: template.CSS(pageCSS), Head: r.headline()}
	if v.Head != nil {
		v.Chart = template.HTML(chart(r)) // made of numbers and our own words alone
		v.OwnRate = v.Head.Overall.At[0].From == v.Head.Name
		v.Matrix = chainMatrix(v.Head.Cells)
		v.ByCheck = checkMatrix(v.Head.Checks)
	}
	for i := range r.Mistakes {
		m := r.Mistakes[i]
		s := shown{Mistake: m, Alarm: m.Label != Altered}
		if m.file != nil {
			uri, err := m.thumbnail()
			if err != nil {
				return err
			}
			s.Picture = template.URL(uri) // base64 of our own encoder
		}
		v.Pictures = append(v.Pictures, s)
	}
	return pageTemplate.Execute(w, v)
}

// A matrix is found counts by row and column.
type matrix struct {
	Rows, Columns []string
	Cells         [][]Cell
}

func chainMatrix(cells []Cell) matrix {
	return newMatrix(cells, func(c Cell) (string, string) { return c.Type, c.Chain })
}

func checkMatrix(list []Measure) matrix {
	var all []Cell
	for _, m := range list {
		for _, c := range m.ByType {
			c.Chain = m.Name
			all = append(all, c)
		}
	}
	return newMatrix(all, func(c Cell) (string, string) { return c.Chain, c.Type })
}

func newMatrix(cells []Cell, of func(Cell) (row, column string)) matrix {
	rows, columns := map[string]bool{}, map[string]bool{}
	at := map[[2]string]Cell{}
	for _, c := range cells {
		r, col := of(c)
		rows[r], columns[col] = true, true
		at[[2]string{r, col}] = c
	}
	m := matrix{Rows: sorted(rows), Columns: sorted(columns)}
	for _, r := range m.Rows {
		var line []Cell
		for _, c := range m.Columns {
			line = append(line, at[[2]string{r, c}])
		}
		m.Cells = append(m.Cells, line)
	}
	return m
}

// Share is how much of a cell was found at 1 % false alarms.
func (c Cell) Share() float64 {
	if c.Of == 0 {
		return 0
	}
	return float64(c.Found1) / float64(c.Of)
}

// Shade is a cell's background: from nothing to the blue of what was found; it prints in grey.
func (c Cell) Shade() template.CSS {
	return template.CSS(fmt.Sprintf("background:rgba(0,114,178,%.2f)", 0.45*c.Share()))
}

// bar draws a share with its interval on a line from 0 to 1.
func bar(e Estimate) template.HTML {
	const width = 90.0
	x := func(v float64) float64 { return 4 + (width-8)*min(max(v, 0), 1) } // room for the dot at both ends
	return template.HTML(fmt.Sprintf(`<svg class="bar" width="%.0f" height="12" aria-hidden="true"><line x1="4" x2="%.0f" y1="6" y2="6" class="axis"/>`+
		`<line x1="%.1f" x2="%.1f" y1="6" y2="6" class="interval"/><circle cx="%.1f" cy="6" r="3"/></svg>`, width, width-4, x(e.Low), x(e.High), x(e.Value)))
}

// chart draws the ROC curves of the halves. The axis of false alarms is a square root, so that
// the first percents, where a desk works, have room.
func chart(r *Result) string {
	const left, top, side = 46.0, 10.0, 380.0
	x := func(v float64) float64 { return left + side*math.Sqrt(min(max(v, 0), 1)) }
	y := func(v float64) float64 { return top + side*(1-min(max(v, 0), 1)) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="roc" viewBox="0 0 %.0f %.0f" role="img" aria-label="ROC">`, left+side+24, top+side+44)
	for _, v := range []float64{0, 0.01, 0.05, 0.1, 0.2, 0.5, 1} {
		class := "grid"
		if v == 0.01 || v == 0.05 {
			class = "grid mark"
		}
		fmt.Fprintf(&b, `<line class="%s" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text x="%.1f" y="%.1f" text-anchor="middle">%g %%</text>`,
			class, x(v), x(v), y(0), y(1), x(v), y(0)+16, 100*v)
	}
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text x="%.1f" y="%.1f" text-anchor="end">%g %%</text>`,
			x(0), x(1), y(v), y(v), x(0)-6, y(v)+4, 100*v)
	}
	var chance strings.Builder
	for i := range 41 {
		v := float64(i*i) / 1600
		fmt.Fprintf(&chance, "%.1f,%.1f ", x(v), y(v))
	}
	fmt.Fprintf(&b, `<polyline class="chance" points="%s"/>`, chance.String())
	for _, h := range r.Halves {
		if h.Name == "all" {
			continue
		}
		var points strings.Builder
		for i, p := range h.Curve {
			if i > 0 { // between two scores the curve is a straight line, on this axis a bow
				q := h.Curve[i-1]
				for k := 1; k < 12 && p.FalseAlarms-q.FalseAlarms > 0.01; k++ {
					u := float64(k) / 12
					fmt.Fprintf(&points, "%.1f,%.1f ", x(q.FalseAlarms+u*(p.FalseAlarms-q.FalseAlarms)), y(q.Sensitivity+u*(p.Sensitivity-q.Sensitivity)))
				}
			}
			fmt.Fprintf(&points, "%.1f,%.1f ", x(p.FalseAlarms), y(p.Sensitivity))
		}
		fmt.Fprintf(&b, `<polyline class="curve %s" points="%s"/>`, h.Name, points.String())
	}
	fmt.Fprintf(&b, `<text class="en" x="%.0f" y="%.0f" text-anchor="middle">false alarms</text><text class="zh" x="%.0f" y="%.0f" text-anchor="middle">误报率</text></svg>`,
		left+side/2, top+side+36, left+side/2, top+side+36)
	return b.String()
}
