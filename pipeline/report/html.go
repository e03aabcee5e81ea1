package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// Options say how a page is made beyond what its record holds. Everything may be left out.
type Options struct {
	// Lang is the language that is shown first: English or Chinese, English if empty. Both are
	// on the page.
	Lang string
	// Picture returns a document's preview by its SHA-256: a reduced upright picture that a
	// browser shows (JPEG, PNG, GIF or WebP), and the size of the upright original in pixels, in
	// which regions are measured. After an error, or without the function, the page says that
	// there is no picture to show.
	Picture func(sha256 string) (data []byte, contentType string, width, height int, err error)
	// Overlay returns a picture of evidence by Finding.Overlay.
	Overlay func(path string) (data []byte, contentType string, err error)
	// CheckTitle names a check for people ("format/pixels": number of pixels). Without it, or
	// for a check it does not know, the check's id is shown.
	CheckTitle func(check string) (checks.Text, bool)
	// DocumentLink returns where the original lies, as a URL reference relative to the page and
	// already escaped ("documents/a%20b.jpg"), or "" for no link.
	DocumentLink func(d *pipeline.Document) string
	// Versions are the case's reports, this one included, in the order they are to be shown.
	Versions []VersionLink
}

// A VersionLink leads to another version of a case's report.
type VersionLink struct {
	Version     int
	Verdict     pipeline.Verdict
	GeneratedAt time.Time
	Href        string // a URL reference relative to the page, already escaped
}

// maxEmbedded is the largest picture put into a page: 4 MiB, ten times a usual preview. A page
// of forty such would still open; an original of 60 MB handed over by mistake would not.
const maxEmbedded = 4 << 20

//go:embed page.html.tmpl
var pageTemplate string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// policy lets the page use its own style, its own script and pictures inside it, nothing else:
// a file name or a reading that slipped through the escaping could still not act or call out.
var policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src " +
	hashSource(pageStyle) + "; script-src " + hashSource(pageScript)

// hashSource names an inline style or script in a Content-Security-Policy.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

var compiled = template.Must(template.New("page").Funcs(template.FuncMap{
	"both":  bothHTML,
	"say":   func(en, zh string) template.HTML { return bothHTML(checks.Text{En: en, Zh: zh}) },
	"raw":   rawHTML,
	"name":  nameHTML,
	"brief": briefHTML,
	"icon":  iconHTML,
	"when":  formatTime,
	"short": shortHash,
}).Parse(pageTemplate))

// HTML writes the report of a case as one page that needs no other file and no network: the
// verdict, what to do, a message to the client, every document with its picture and findings,
// and what the report rests on, in English and Chinese. It is shown in opt.Lang until the
// reader switches.
//
// The page holds what the record holds, names and numbers included: it is as private as the
// documents themselves. Only its title and the message to the client are masked.
func HTML(w io.Writer, c *pipeline.Case, opt Options) error {
	if opt.Lang != Chinese {
		opt.Lang = English
	}
	var buf bytes.Buffer
	if err := compiled.Execute(&buf, newPage(c, opt)); err != nil {
		return fmt.Errorf("report of case %q as HTML: %w", c.Case, err)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// bothHTML puts a text on the page in both languages, of which the style shows one.
func bothHTML(t checks.Text) template.HTML {
	if t.En == t.Zh {
		return rawHTML(t.En) // a unit, a file name: the same in both
	}
	return template.HTML(`<span class="en" lang="en">` + string(rawHTML(t.En)) +
		`</span><span class="zh" lang="zh-Hans">` + string(rawHTML(t.Zh)) + `</span>`)
}

// rawHTML escapes a text from outside and spells its control characters out.
func rawHTML(s string) template.HTML {
	var b strings.Builder
	for _, part := range segments(s) {
		text := template.HTMLEscapeString(part.Text)
		if part.Control {
			text = `<span class="ctl">` + text + `</span>`
		}
		b.WriteString(text)
	}
	return template.HTML(b.String())
}

// nameHTML is rawHTML for a name, whose writing direction must not reach what stands beside it,
// and whose ending must stand at its end.
func nameHTML(s string) template.HTML {
	return `<bdi class="name" dir="ltr">` + rawHTML(s) + `</bdi>`
}

// briefHTML is nameHTML for lists, where a long name is shortened.
func briefHTML(s string) template.HTML {
	if short := brief(s); short != s {
		return `<bdi class="name" dir="ltr">` + rawHTML(short) + `</bdi>`
	}
	return nameHTML(s)
}

// iconHTML is the mark of a tone or verdict. Its shape differs as well as its colour, and the
// word always stands beside it, so it is hidden from readers that speak.
func iconHTML(tone string) (template.HTML, error) {
	switch tone {
	case "pass", "review", "fail", "note", "accepted":
		return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-` + tone + `"/></svg>`), nil
	}
	return "", fmt.Errorf("no icon %q", tone)
}

// embedPicture returns the src attribute of a picture inside the page, or "" if it is none that
// a browser shows or is too large.
func embedPicture(data []byte, contentType string) template.HTMLAttr {
	switch contentType {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
	default:
		return ""
	}
	if len(data) == 0 || len(data) > maxEmbedded {
		return ""
	}
	return template.HTMLAttr(`src="data:` + contentType + `;base64,` + base64.StdEncoding.EncodeToString(data) + `"`)
}
