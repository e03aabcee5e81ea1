package intake

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"dossier/fixtures"
)

// testJPEG is a picture of that size with something on it.
func testJPEG(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x*y/64 + width), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A pdfPage is a page for buildPDF: what is drawn, and the picture it draws, if any.
type pdfPage struct {
	content       string
	scan          []byte // JPEG
	width, height int
	rotate        int
}

// jpegPage is a page that a JPEG fills.
func jpegPage(scan []byte, width, height int) pdfPage {
	return pdfPage{content: fmt.Sprintf("q %d 0 0 %d 0 0 cm /Im0 Do Q\n", width, height), scan: scan, width: width, height: height}
}

// textPage is a page of set text, without a picture.
func textPage() pdfPage {
	return pdfPage{content: "BT /F1 24 Tf 100 700 Td (no picture here) Tj ET\n", width: 595, height: 842}
}

// buildPDF writes a PDF of the pages, its cross-reference table exact to the byte.
func buildPDF(pages ...pdfPage) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(offsets))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+3*i)
	}
	object("<< /Type /Pages /Kids [ %s] /Count %d >>", kids.String(), len(pages))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	for i, p := range pages {
		at := 4 + 3*i
		resources := "/Font << /F1 3 0 R >>"
		if p.scan != nil {
			resources = fmt.Sprintf("/XObject << /Im0 %d 0 R >>", at+1)
		}
		object("<< /Type /Page /Parent 2 0 R /Rotate %d /MediaBox [0 0 %d %d] /Resources << %s >> /Contents %d 0 R >>",
			p.rotate, p.width, p.height, resources, at+2)
		if p.scan != nil {
			object("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream",
				p.width, p.height, len(p.scan), p.scan)
		} else {
			object("null")
		}
		object("<< /Length %d >>\nstream\n%s\nendstream", len(p.content), p.content)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	return b.Bytes()
}

func TestScansComeOutOfAPDFByteForByte(t *testing.T) {
	first, second := testJPEG(t, 400, 300), testJPEG(t, 300, 400)
	pages := map[string][]byte{
		"as here":                  buildPDF(jpegPage(first, 400, 300), jpegPage(second, 300, 400)),
		"as office scanners write": fixtures.PDF([][]byte{first, second}, 72, fixtures.PDFOptions{}),
	}
	for name, pdf := range pages {
		scan, err := Pages(t.Context(), pdf, DefaultPDFLimits())
		if err != nil || len(scan.Pages) != 2 || len(scan.Problems) != 0 {
			t.Fatalf("%s: %d pages, problems %v, error %v; want two pages and no trouble", name, len(scan.Pages), scan.Problems, err)
		}
		for i, want := range [][]byte{first, second} {
			if p := scan.Pages[i]; p.Number != i+1 || p.Format != "jpg" || p.Orientation != 1 || !bytes.Equal(p.Data, want) {
				t.Errorf("%s: page %d: number %d, %s, orientation %d, bytes as stored: %v", name, i+1, p.Number, p.Format, p.Orientation, bytes.Equal(p.Data, want))
			}
		}
	}
}

func TestTurnedPageSaysSo(t *testing.T) {
	page := jpegPage(testJPEG(t, 400, 300), 400, 300)
	page.rotate = 90 // ISO 32000-1, 7.7.3.3: clockwise, as EXIF's 6 does
	scan, err := Pages(t.Context(), buildPDF(page), DefaultPDFLimits())
	if err != nil || len(scan.Pages) != 1 {
		t.Fatalf("%d pages, %v", len(scan.Pages), err)
	}
	if got := scan.Pages[0].Orientation; got != 6 {
		t.Errorf("orientation %d, want 6", got)
	}
}

func TestPDFsThatHoldNothingToTakeOut(t *testing.T) {
	scan := testJPEG(t, 400, 300)
	whole := buildPDF(jpegPage(scan, 400, 300))
	for name, c := range map[string]struct {
		pdf  []byte
		word string // in the one problem
	}{
		"locked":       {fixtures.PDF([][]byte{scan}, 72, fixtures.PDFOptions{Encrypted: true}), "password"},
		"text alone":   {buildPDF(textPage()), "no scanned picture on page 1"},
		"a mere logo":  {buildPDF(jpegPage(testJPEG(t, 80, 60), 80, 60)), "page 1"},
		"no pages":     {buildPDF(), "could not be opened"},
		"only a start": {[]byte("%PDF-1.4\n"), "could not be opened"},
		"half":         {whole[:len(whole)/2], ""},
	} {
		got, err := Pages(t.Context(), c.pdf, DefaultPDFLimits())
		if err != nil {
			t.Errorf("%s: %v, want problems and no error: the file is at fault", name, err)
			continue
		}
		if c.word == "" {
			continue // a reader may still find the picture of a file cut short; it must only not break down
		}
		if len(got.Pages) != 0 || len(got.Problems) != 1 || !strings.Contains(got.Problems[0].En, c.word) || got.Problems[0].Zh == "" {
			t.Errorf("%s: %d pages, problems %v; want one problem with %q", name, len(got.Pages), got.Problems, c.word)
		}
	}
}

func TestPagesBeyondTheLimitAreNamed(t *testing.T) {
	scan := testJPEG(t, 400, 300)
	limits := DefaultPDFLimits()
	limits.Pages = 2
	got, err := Pages(t.Context(), buildPDF(jpegPage(scan, 400, 300), jpegPage(scan, 400, 300), jpegPage(scan, 400, 300)), limits)
	if err != nil || len(got.Pages) != 2 || len(got.Problems) != 1 || !strings.Contains(got.Problems[0].En, "more than 2 pages") {
		t.Errorf("%d pages, problems %v, %v", len(got.Pages), got.Problems, err)
	}
}

func TestInterruptedPDFSaysNothingOfTheFile(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := Pages(ctx, buildPDF(textPage()), DefaultPDFLimits()); err == nil || len(got.Problems) != 0 {
		t.Errorf("problems %v, error %v; want the context's error alone", got.Problems, err)
	}
}

func FuzzPages(f *testing.F) {
	f.Add(buildPDF(jpegPage(testJPEG(f, 400, 300), 400, 300), textPage()))
	f.Add(fixtures.PDF([][]byte{testJPEG(f, 400, 300)}, 72, fixtures.PDFOptions{Encrypted: true}))
	f.Add([]byte("%PDF-1.7\n1 0 obj\n<< /Kids [1 0 R] >>\nendobj\ntrailer << /Root 1 0 R >>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		scan, err := Pages(t.Context(), data, DefaultPDFLimits())
		if err != nil {
			t.Skip(err)
		}
		for _, p := range scan.Pages {
			if p.Number < 1 || p.Orientation < 1 || p.Orientation > 8 || len(p.Data) == 0 {
				t.Errorf("page %d, orientation %d, %d bytes", p.Number, p.Orientation, len(p.Data))
			}
		}
	})
}
