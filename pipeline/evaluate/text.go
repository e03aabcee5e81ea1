package evaluate

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"

	"dossier/checks"
)

// Text writes the result for a terminal: the half to be quoted in full, the others in a line.
func (r *Result) Text(w io.Writer, lang string) error {
	say := func(en, zh string, args ...any) string { return checks.Textf(en, zh, args...).In(lang) }
	var t grid
	line := func(cells ...string) { t = append(t, cells) }
	h := r.headline()
	if h == nil {
		return nil
	}
	line(say("half", "子集"), say("altered", "改动"), say("negatives", "未改动"), say("sources", "来源"), "AUC",
		say("found at 1 %%", "误报率 1%% 时检出"), say("found at 5 %%", "误报率 5%% 时检出"), "IoU", say("header alone (AUC)", "仅看文件头的 AUC"))
	for _, half := range r.Halves {
		m := half.Overall
		line(halfName(half.Name).In(lang), itoa(half.Altered), itoa(half.Honest+half.Untouched), itoa(half.Sources), estimate(m.AUC), operating(m.At[0]), operating(m.At[1]),
			overlapText(m), estimate(r.Leak.AUC))
	}
	line()
	table := func(title checks.Text, rows []Measure) {
		if len(rows) == 0 {
			return
		}
		line(title.In(lang), say("altered", "改动"), say("measured", "可测"), "AUC", say("found at 1 %%", "误报率 1%% 时检出"), say("found at 5 %%", "误报率 5%% 时检出"),
			say("false alarms at 1 %%", "1%% 时实际误报"), "IoU", say("header alone", "仅文件头"))
		for _, m := range rows {
			line(typeName(m.Name).In(lang), itoa(m.Altered), fmt.Sprintf("%d/%d", m.Measured, m.Altered+m.Negatives), estimate(m.AUC), operating(m.At[0]), operating(m.At[1]),
				fmt.Sprintf("%d/%d", m.At[0].Alarms, m.Negatives), overlapText(m), fmt.Sprintf("%.2f", r.Leak.AUC.Value))
		}
		line()
	}
	name := halfName(h.Name)
	table(checks.Text{En: "by type, half " + name.En, Zh: "按类型，" + name.Zh}, h.Types)
	table(checks.Text{En: "by chain, half " + name.En, Zh: "按处理过程，" + name.Zh}, h.Chains)
	table(checks.Text{En: "by check, half " + name.En, Zh: "按检查项，" + name.Zh}, h.Checks)
	line(say("false alarms, half %[1]s", "误报（%[2]s）", name.En, name.Zh), say("files", "文件"), say("notes", "提示"), say("review", "需复核"), say("strong", "强烈迹象"), say("review or worse", "复核及以上"))
	for _, a := range h.FalseAlarms {
		line(alarmName(a).In(lang), itoa(a.Files), itoa(a.Noted), itoa(a.Review), itoa(a.Strong), estimate(a.AtReview))
	}
	if c := r.Costs; c != nil {
		line()
		line(say("cost on %d files", "开销（%d 个文件）", c.Files), say("ms a megapixel", "毫秒/百万像素"), say("slowest, ms", "最慢（毫秒）"), say("allocated, bytes a pixel", "分配（字节/像素）"))
		for _, k := range append(c.Checks, c.Total) {
			line(k.Check, fmt.Sprintf("%.1f", k.PerMegapixel), fmt.Sprintf("%.0f", k.Slowest), fmt.Sprintf("%.1f", k.AllocatedBytes))
		}
		line(say("peak of the heap: %.0f bytes a pixel", "堆内存峰值：每像素 %.0f 字节", c.PeakBytes))
	}
	return t.write(w)
}

func itoa(n int) string { return fmt.Sprint(n) }

// estimate words a share or area with its interval.
func estimate(e Estimate) string { return fmt.Sprintf("%.3f [%.3f-%.3f]", e.Value, e.Low, e.High) }

func operating(o Operating) string {
	return fmt.Sprintf("%.1f %% [%.1f-%.1f]", 100*o.Sensitivity.Value, 100*o.Sensitivity.Low, 100*o.Sensitivity.High)
}

func overlapText(m Measure) string {
	if m.Masked == 0 {
		return "-"
	}
	if m.Regions == 0 {
		return fmt.Sprintf("- (0/%d)", m.Masked)
	}
	return fmt.Sprintf("%.2f (%d/%d)", m.IoU.Pixels, m.Regions, m.Masked)
}

// A grid is rows of cells; an empty row begins a new block of columns.
type grid [][]string

// write aligns the columns of each block, Chinese characters taking two places.
func (g grid) write(w io.Writer) error {
	var b strings.Builder
	for len(g) > 0 {
		n := 0
		for n < len(g) && len(g[n]) > 0 {
			n++
		}
		var widths []int
		for _, row := range g[:n] {
			for i, c := range row {
				if i == len(widths) {
					widths = append(widths, 0)
				}
				widths[i] = max(widths[i], places(c))
			}
		}
		for _, row := range g[:n] {
			for i, c := range row {
				b.WriteString(c)
				if i < len(row)-1 {
					b.WriteString(strings.Repeat(" ", widths[i]-places(c)+2))
				}
			}
			b.WriteByte('\n')
		}
		if n < len(g) {
			b.WriteByte('\n')
			n++
		}
		g = g[n:]
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// places is how wide a terminal shows a string.
func places(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
