package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/desk"
)

// caseLine is one line on a case: verdict, name, what is to do, where the report is.
func (p *program) caseLine(d *desk.Desk, c *pipeline.Case) string {
	fails, reviews := len(c.Failures()), len(c.OpenReviews())
	what := p.say("nothing to do", "无需处理")
	switch {
	case fails > 0 && reviews > 0:
		what = p.say("%d to mend, %d to look at", "%d 项须改正，%d 项须人工确认", fails, reviews)
	case fails > 0:
		what = p.say("%d to mend", "%d 项须改正", fails)
	case reviews > 0:
		what = p.say("%d to look at", "%d 项须人工确认", reviews)
	}
	return fmt.Sprintf("%s  %s  (%s)  %s", p.verdictWord(c.Verdict), visible(c.Case), what,
		filepath.Join(d.CaseDir(c.Case), "report.html"))
}

// verdictWord is the verdict, padded so that lines below each other align.
func (p *program) verdictWord(v pipeline.Verdict) string {
	if p.lang == "zh" {
		switch v {
		case pipeline.VerdictPass:
			return "通过　　"
		case pipeline.VerdictReview:
			return "人工确认"
		}
		return "不通过　"
	}
	return fmt.Sprintf("%-6s", v)
}

// visible makes a name fit for one line of a screen: control characters, line breaks and marks
// that turn the writing direction are shown as escapes.
func visible(s string) string {
	clean := true
	for _, r := range s {
		if hidden(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == unicode.ReplacementChar && s[i] >= 0x80 && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	return r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// ignoreWord says in both languages why an entry was left alone.
func ignoreWord(r pipeline.IgnoreReason) checks.Text {
	zh := map[pipeline.IgnoreReason]string{
		pipeline.IgnoreSymlink: "符号链接", pipeline.IgnoreDevice: "不是普通文件", pipeline.IgnoreHidden: "隐藏文件",
		pipeline.IgnoreTemporary: "临时文件", pipeline.IgnoreSystem: "系统文件", pipeline.IgnoreUnreadable: "无法读取",
		pipeline.IgnoreUnsettled: "仍在变化", pipeline.IgnoreTooLarge: "文件过大", pipeline.IgnoreTooDeep: "文件夹层级过深",
		pipeline.IgnoreMisplaced: "位置不对",
	}[r]
	if zh == "" {
		zh = string(r)
	}
	return checks.Text{En: string(r), Zh: zh}
}

// count writes a number with its noun: "1 document", "4 documents".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
