package bundle

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/sebdah/goldie/v2"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/page"
)

// binderFor makes the binder of a case and returns it with what its pages hold.
func binderFor(t testing.TB, in Input) *page.Made {
	t.Helper()
	b := &building{in: in}
	chosen, left := choose(in.Case)
	leaves, err := b.readDocuments(t.Context(), chosen)
	if err != nil {
		t.Fatal(err)
	}
	made, err := bind(t.Context(), in.Case, leaves, left)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// valid reads a PDF strictly, with another library than the one that wrote it.
func valid(t testing.TB, pdf []byte) *model.Context {
	t.Helper()
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	ctx, err := api.ReadAndValidate(bytes.NewReader(pdf), conf)
	if err != nil {
		t.Fatalf("the binder is not a valid PDF: %v", err)
	}
	return ctx
}

func pagesAsText(pages []page.Page) []byte {
	var out strings.Builder
	for i, p := range pages {
		form := "portrait"
		if p.Width > p.Height {
			form = "landscape"
		}
		fmt.Fprintf(&out, "== page %d, %s, %d pictures\n%s\n", i+1, form, p.Pictures, strings.Join(p.Lines, "\n"))
	}
	// The pictures are encoded by the test, and another version may encode them otherwise.
	return regexp.MustCompile(`\b[0-9a-f]{16}\b`).ReplaceAll([]byte(out.String()), []byte("<16 digits>"))
}

// What stands on the pages, as a whole: testdata/binder.golden. Run with -update after a change
// that is meant, and read the difference.
func TestBinderPages(t *testing.T) {
	made := binderFor(t, passing(t))
	goldie.New(t).Assert(t, "binder", pagesAsText(made.Pages))
	if ctx := valid(t, made.PDF); ctx.PageCount != len(made.Pages) {
		t.Errorf("%d pages in the file, %d drawn", ctx.PageCount, len(made.Pages))
	}
}

// JPEGs are not compressed anew: their very bytes are in the PDF.
func TestBinderHoldsJPEGsAsTheyAre(t *testing.T) {
	in := passing(t)
	pdf := binderFor(t, in).PDF
	s := in.Open
	for i, want := range []bool{true, false, true, false} { // JPEG, BMP, JPEG, GIF
		r, err := s(in.Case.Documents[i].SHA256)
		if err != nil {
			t.Fatal(err)
		}
		var data bytes.Buffer
		if _, err := data.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(pdf, data.Bytes()); got != want {
			t.Errorf("document %d: its bytes in the binder: %v, want %v", i+1, got, want)
		}
	}
}

// A page lies as its picture does once upright, whatever the file stores.
func TestBinderPagesLieAsTheirPictures(t *testing.T) {
	for orientation, landscape := range map[int]bool{0: true, 1: true, 3: true, 5: false, 6: false, 8: false} {
		in := passing(t)
		s := store{}
		in.Open = s.open
		in.Case.Documents = []pipeline.Document{document(s, "a.jpg", checks.BusinessLicense, jpegOf(t, 90, 60, orientation))}
		p := binderFor(t, in).Pages[1]
		if got := p.Width > p.Height; got != landscape {
			t.Errorf("a wide picture with orientation %d: landscape %v, want %v", orientation, got, landscape)
		}
	}
}

// A document that cannot be shown has its page all the same, which says why.
func TestBinderOfDocumentsThatCannotBeShown(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"PDF":     {[]byte("%PDF-1.4\n%%EOF\n"), "a PDF document"},
		"text":    {[]byte("用途说明：客户服务"), "plain text"},
		"damaged": {jpegOf(t, 64, 64, 0)[:40], "damaged"},
		"huge":    {hugeBMP(), "too large"},
	} {
		in := passing(t)
		s := store{}
		in.Open = s.open
		in.Case.Documents = []pipeline.Document{document(s, "x.jpg", checks.Proposal, c.data)}
		made := binderFor(t, in)
		valid(t, made.PDF)
		text := strings.Join(made.Pages[1].Lines, " ")
		if made.Pages[1].Pictures != 0 || !strings.Contains(text, c.want) || !strings.Contains(text, "documents/01-proposal") {
			t.Errorf("%s: the page says %q", name, text)
		}
	}
}

// hugeBMP is a header that claims 60,000 x 60,000 pixels.
func hugeBMP() []byte {
	b := make([]byte, 54)
	copy(b, "BM")
	b[10], b[14], b[26], b[28] = 54, 40, 1, 24
	b[18], b[19], b[22], b[23] = 0x60, 0xea, 0x60, 0xea
	return b
}

// Many documents and decisions run over several cover pages, and the page numbers in the list
// still hold.
func TestBinderOfALongCase(t *testing.T) {
	in := passing(t)
	s := store{}
	in.Open = s.open
	in.Case.Documents = nil
	for i := range 60 {
		d := document(s, fmt.Sprintf("第%d页 %s.jpg", i+1, strings.Repeat("很长的名称", 12)), checks.Credential, jpegOf(t, 8+i, 8, 0))
		in.Case.Documents = append(in.Case.Documents, d)
	}
	made := binderFor(t, in)
	covers := slices.IndexFunc(made.Pages, func(p page.Page) bool { return p.Pictures > 0 })
	if covers < 2 || len(made.Pages) != covers+60 {
		t.Fatalf("%d pages, %d of them covers", len(made.Pages), covers)
	}
	var list []string
	for _, p := range made.Pages[:covers] {
		list = append(list, p.Lines...)
	}
	for _, want := range []string{fmt.Sprintf("p. %d", covers+1), fmt.Sprintf("p. %d", covers+60)} {
		if !slices.Contains(list, want) {
			t.Errorf("the list of documents does not say %q", want)
		}
	}
	if last := made.Pages[len(made.Pages)-1].Lines; !slices.Contains(last, fmt.Sprintf("%d / %d", covers+60, covers+60)) {
		t.Errorf("the last page says %q", last)
	}
}
