//go:build browser

package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	pdf "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The page in a real browser: go test -tags browser ./pipeline/report. The tests need a Chromium
// or Chrome on the path and fail without one; nothing is skipped.

// A tab is a browser tab that writes down what a page asks of the network and complains about.
type tab struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string
	errors   []string
}

func openTab(t *testing.T) *tab {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("no browser: %v", err)
	}
	// The first action must not have a time limit (it would end the browser); all later ones do.
	b.do(step(network.Enable, network.EnableParams{}), step(log.Enable, cdp.Empty{}))
	limited, over := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(over)
	b.ctx = limited
	return b
}

// step makes an action of a protocol command whose answer says nothing.
func step[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, command, params)
		return chromedp.Void{}, err
	}
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "data:") {
			b.requests = append(b.requests, e.Request.URL)
		}
	case *log.EventEntryAdded:
		b.errors = append(b.errors, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, fmt.Sprint(e.ExceptionDetails.Text, " ", e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		b.errors = append(b.errors, fmt.Sprint("console ", e.Type))
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

// open writes a page to a file and shows it.
func (b *tab) open(html, query string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(html), 0o600); err != nil {
		b.Fatal(err)
	}
	url := "file://" + path + query
	b.do(chromedp.Navigate(url))
	return url
}

func eval[T any](b *tab, script string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.Fatalf("%s: %v", script, err)
	}
	return v
}

// quiet fails if the page asked the network for anything but itself or complained.
func (b *tab) quiet(self string) {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if r != self {
			b.Errorf("the page asked for %s", r)
		}
	}
	if len(b.errors) > 0 {
		b.Errorf("the browser complains: %q", b.errors)
	}
	b.requests, b.errors = nil, nil
}

const (
	shownVerdict = `document.querySelector(".verdict .word").innerText.trim()`
	pictures     = `[...document.images].every(i => i.complete && i.naturalWidth > 0)`
)

func TestBrowserLanguageSwitch(t *testing.T) {
	b := openTab(t)
	c := failCase()
	self := b.open(render(t, c, sampleOptions(t, c)), "")
	if got := eval[string](b, shownVerdict); got != "Fail: cannot be submitted yet" {
		t.Errorf("shown first: %q", got)
	}
	if !eval[bool](b, pictures) || eval[int](b, "document.images.length") != 2 {
		t.Error("a picture is not shown")
	}
	eval[bool](b, `document.querySelector('[data-set-lang="zh"]').click() || true`)
	for what, script := range map[string]string{
		"未通过：暂时不能提交":                   shownVerdict,
		"zh-Hans":                      "document.documentElement.lang",
		"未通过：044 Hefeng Tea – Dossier": "document.title",
		"true":                         `document.querySelector('[data-set-lang="zh"]').getAttribute("aria-pressed")`,
		"false":                        `document.querySelector('[data-set-lang="en"]').getAttribute("aria-pressed")`,
	} {
		if got := eval[string](b, script); got != what {
			t.Errorf("after the switch %s is %q, want %q", script, got, what)
		}
	}
	if english := eval[int](b, `[...document.querySelectorAll(".en")].filter(e => e.offsetParent !== null && e.getClientRects().length).length`); english != 0 {
		t.Errorf("%d English texts are still shown", english)
	}
	b.do(chromedp.Navigate(self)) // the choice is remembered
	if got := eval[string](b, shownVerdict); got != "未通过：暂时不能提交" {
		t.Errorf("opened again: %q", got)
	}
	b.do(chromedp.Navigate(self + "?lang=en")) // and an address can ask for one
	if got := eval[string](b, shownVerdict); got != "Fail: cannot be submitted yet" {
		t.Errorf("asked for English: %q", got)
	}
	b.mu.Lock()
	b.requests = slices.DeleteFunc(b.requests, func(r string) bool { return r == self+"?lang=en" })
	b.mu.Unlock()
	b.quiet(self)
}

// The evidence gives way to the picture as it came, and comes back, also for the printer.
func TestBrowserEvidenceAndPlainPicture(t *testing.T) {
	b := openTab(t)
	c := reviewCase()
	self := b.open(render(t, c, sampleOptions(t, c)), "")
	const button, evidence, plain = `document.querySelector("[data-plain]")`, `document.querySelector(".evidence img").src`,
		`document.querySelector(".evidence").closest(".document").querySelector(".frame img").src`
	marked := eval[string](b, evidence)
	if marked == eval[string](b, plain) {
		t.Fatal("the evidence is the plain picture from the start")
	}
	press := func(want bool) {
		t.Helper()
		eval[bool](b, button+`.click() || true`)
		if got := eval[string](b, evidence) == eval[string](b, plain); got != want {
			t.Errorf("plain picture shown: %v, want %v", got, want)
		}
		if got := eval[string](b, button+`.getAttribute("aria-pressed")`); got != fmt.Sprint(want) {
			t.Errorf("pressed: %s, want %v", got, want)
		}
	}
	press(true)
	press(false)
	press(true)
	eval[bool](b, `window.dispatchEvent(new Event("beforeprint"))`)
	if eval[string](b, evidence) != marked {
		t.Error("the printed page has lost its evidence")
	}
	b.quiet(self)
}

func TestBrowserWithoutScript(t *testing.T) {
	b := openTab(t)
	b.do(step(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	c := reviewCase()
	opt := sampleOptions(t, c)
	opt.Lang = Chinese
	self := b.open(render(t, c, opt), "")
	if got := eval[string](b, shownVerdict); got != "待复核：需先由人工查看" {
		t.Errorf("shown: %q", got)
	}
	if eval[int](b, `[...document.querySelectorAll("button")].filter(e => e.getClientRects().length).length`) != 0 {
		t.Error("a button is shown that can do nothing without the script")
	}
	b.quiet(self)
}

// Nothing a file's name holds may act, call out or be refused loudly by the page's own policy.
func TestBrowserHostileNames(t *testing.T) {
	b := openTab(t)
	c := hostileCase()
	self := b.open(render(t, c, sampleOptions(t, c)), "")
	if n := eval[int](b, `document.scripts.length`); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if n := eval[int](b, `document.images.length`); n != len(hostileNames) {
		t.Errorf("%d pictures, want %d", n, len(hostileNames))
	}
	if got := eval[string](b, `document.querySelector("#document-1-head .file").textContent`); got != `license\u202egpj.exe` {
		t.Errorf("the first name is shown as %q", got)
	}
	b.quiet(self)
}

// TestBrowserWidths looks for anything that sticks out, from a small phone to a wide screen.
func TestBrowserWidths(t *testing.T) {
	b := openTab(t)
	cases := samples()
	for _, name := range []string{"fail", "hostile", "review", "pass"} {
		for _, lang := range []string{English, Chinese} {
			opt := sampleOptions(t, cases[name])
			b.open(render(t, cases[name], opt), "?lang="+lang)
			for _, width := range []int64{320, 360, 600, 840, 1280, 2560} {
				b.do(chromedp.EmulateViewport(width, 900))
				if wide := eval[int64](b, `document.documentElement.scrollWidth`); wide > width {
					t.Errorf("%s in %s at %d px is %d px wide: %s", name, lang, width, wide,
						eval[string](b, `[...document.querySelectorAll("body *")].filter(e => !e.closest(".skip") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className + " " + (e.textContent||"").slice(0, 30)).slice(0, 4).join("; ")`))
				}
			}
		}
	}
}

// TestBrowserKeyboard walks the page with the tab key alone.
func TestBrowserKeyboard(t *testing.T) {
	b := openTab(t)
	c := failCase()
	self := b.open(render(t, c, sampleOptions(t, c)), "")
	const focused = `(e => e.dataset && e.dataset.setLang || e.getAttribute("href") && e.getAttribute("href").baseVal || e.getAttribute("href") || e.id || e.tagName)(document.activeElement)`
	var stops []string
	for range 200 {
		b.do(chromedp.KeyEvent("\t"))
		at := eval[string](b, focused)
		if at == "BODY" || len(stops) > 0 && at == stops[0] {
			break
		}
		stops = append(stops, at)
		if outlined := eval[bool](b, `(s => s.outlineStyle !== "none" || document.activeElement.closest(".frame"))(getComputedStyle(document.activeElement)) ? true : false`); !outlined {
			t.Errorf("the focus on %s cannot be seen", at)
		}
	}
	if want := []string{"#verdict", "en", "zh", "#finding-10"}; len(stops) < 4 || !slices.Equal(stops[:4], want) {
		t.Fatalf("the first stops are %v, want %v", stops[:min(4, len(stops))], want)
	}
	// The place on the picture comes before the finding that it belongs to.
	place, finding := slices.Index(stops, "#finding-2"), slices.Index(stops, "#place-2")
	last := len(stops) - 1 - slices.Index(reversed(stops), "#finding-2")
	if place < 0 || finding < 0 || last > finding {
		t.Errorf("place at stop %d, its finding at %d of %v", last, finding, stops)
	}
	// Focus on one lights the other.
	eval[bool](b, `document.querySelector("#place-2").focus() || true`)
	if !eval[bool](b, `document.querySelector("#finding-2").classList.contains("lit")`) || eval[int](b, `document.querySelectorAll(".finding.lit").length`) != 1 {
		t.Error("the focus on a place does not light its finding alone")
	}
	eval[bool](b, `document.querySelector('#finding-2 a.number').focus() || true`)
	if !eval[bool](b, `document.querySelector("#place-2").classList.contains("lit")`) {
		t.Error("the focus on a finding does not light its place")
	}
	// The switch works from the keyboard.
	eval[bool](b, `document.querySelector('[data-set-lang="zh"]').focus() || true`)
	b.do(chromedp.KeyEvent(" "))
	if got := eval[string](b, `document.documentElement.lang`); got != "zh-Hans" {
		t.Errorf("after a key on the switch the language is %s", got)
	}
	b.quiet(self)
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// TestBrowserPlacesMatchThePicture compares an outline on the screen with the region it stands for.
func TestBrowserPlacesMatchThePicture(t *testing.T) {
	b := openTab(t)
	c := failCase()
	b.open(render(t, c, sampleOptions(t, c)), "")
	for _, width := range []int64{360, 1280} {
		b.do(chromedp.EmulateViewport(width, 900))
		got := eval[[]float64](b, `(() => {
			const p = document.querySelector("#place-2"), i = p.closest(".frame").querySelector("img").getBoundingClientRect(), r = p.querySelector(".edge").getBoundingClientRect();
			return [(r.left - i.left) / i.width, (r.top - i.top) / i.height, r.width / i.width, r.height / i.height];
		})()`)
		for k, want := range []float64{2700. / 4032, 2050. / 3024, 900. / 4032, 800. / 3024} {
			// A hundredth of the picture: the outline's own line is in the browser's rectangle.
			if d := got[k] - want; d > 0.01 || d < -0.01 {
				t.Errorf("at %d px number %d of the outline is %.3f of the picture, want %.3f", width, k, got[k], want)
			}
		}
	}
}

func TestBrowserCopiesTheMessage(t *testing.T) {
	b := openTab(t)
	c := failCase()
	self := b.open(render(t, c, sampleOptions(t, c)), "")
	eval[bool](b, `(() => {
		Object.defineProperty(navigator, "clipboard", {value: {writeText: t => { window.copied = t; return Promise.resolve(); }}});
		document.querySelector('[data-copy="message-zh"]').click();
		return true;
	})()`)
	m, _ := ClientMessage(c)
	if got := eval[string](b, "window.copied"); got != m.Text.Zh {
		t.Errorf("copied %q", got)
	}
	if got := eval[string](b, `document.querySelector('[data-copy="message-zh"]').innerText.trim()`); got != "Copied" {
		t.Errorf("the button says %q", got)
	}
	b.quiet(self)
}

func TestBrowserPrint(t *testing.T) {
	b := openTab(t)
	c := failCase()
	b.open(render(t, c, sampleOptions(t, c)), "")
	b.do(step(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	if got := eval[string](b, shownVerdict); !strings.Contains(got, "Fail") || !strings.Contains(got, "未通过") {
		t.Errorf("printed verdict: %q", got)
	}
	if !eval[bool](b, `[...document.querySelectorAll("button, .messages-part")].every(e => e.getClientRects().length === 0)`) {
		t.Error("a button or the message is printed")
	}
	b.do(step(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}))
	made, err := chromedp.Run(b.ctx, func(ctx context.Context, target *chromedp.Target) (pdf.PrintToPDFResult, error) {
		return cdp.Call(ctx, target, pdf.PrintToPDF, pdf.PrintToPDFParams{PreferCSSPageSize: new(true)})
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Data) < 10_000 || !strings.HasPrefix(string(made.Data), "%PDF") {
		t.Errorf("the printed page has %d bytes", len(made.Data))
	}
}
