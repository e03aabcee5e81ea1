package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"testing"
	"time"

	"golang.org/x/image/bmp"

	"dossier/checks"
	"dossier/pipeline"
)

// store is documents by SHA-256, as the vault gives them out.
type store map[string][]byte

func (s store) open(sum string) (io.ReadCloser, error) {
	data, ok := s[sum]
	if !ok {
		return nil, errors.New("no such document")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (s store) put(data []byte) string {
	sum := sha256.Sum256(data)
	key := hex.EncodeToString(sum[:])
	s[key] = data
	return key
}

// quarters is a picture whose four quarters are red, green, blue and white, by rows: it tells
// every orientation from every other.
func quarters(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	colors := [4]color.RGBA{{220, 30, 30, 255}, {30, 160, 60, 255}, {40, 60, 200, 255}, {245, 245, 245, 255}}
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, colors[2*(2*y/h)+2*x/w])
		}
	}
	return img
}

// jpegOf is a JPEG of quarters with an EXIF orientation; 0 writes no EXIF.
func jpegOf(t testing.TB, w, h, orientation int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, quarters(w, h), nil); err != nil {
		t.Fatal(err)
	}
	if orientation == 0 {
		return out.Bytes()
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[6+8+2+8+1] = byte(orientation) // header, count, then the low byte of the one tag's value
	segment := append([]byte{0xff, 0xe1, 0, 0}, exif...)
	binary.BigEndian.PutUint16(segment[2:], uint16(len(exif)+2))
	return append(append(append([]byte{}, out.Bytes()[:2]...), segment...), out.Bytes()[2:]...)
}

func bmpOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := bmp.Encode(&out, quarters(w, h)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gifOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := gif.Encode(&out, quarters(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var when = time.Date(2026, 3, 2, 9, 30, 0, 0, time.FixedZone("", 8*3600))

// document is a record of a document on which one check ran and found nothing.
func document(s store, name string, kind checks.Kind, data []byte) pipeline.Document {
	return pipeline.Document{
		Schema: pipeline.DocumentSchema, Path: name, SHA256: s.put(data), Kind: kind, KindSource: pipeline.KindGiven,
		Verdict: pipeline.VerdictPass, Format: pipeline.Format{Name: "jpeg", OK: true, Bytes: int64(len(data))},
		Results: []pipeline.Result{{Check: "format/decode", Version: 1, Outcome: pipeline.Ran}},
	}
}

// passing is a complete case that may be bundled: a PDF of scans whose page is a document of
// its own, a decision, an unknown document nobody decided on, and names of every kind.
func passing(t testing.TB) Input {
	t.Helper()
	s := store{}
	license := document(s, "营业执照（副本）.jpg", checks.BusinessLicense, jpegOf(t, 96, 64, 6))
	org := document(s, "scan.pdf/第1页.jpg", checks.OrganizationCodeCertificate, bmpOf(t, 24, 16))
	org.Origin = &checks.Origin{Name: "scan.pdf", SHA256: s.put([]byte("%PDF-1.4 scans")), Page: 1}
	holder := document(s, "王𠀀 手持.JPEG", checks.HolderPhoto, jpegOf(t, 64, 96, 0))
	form := document(s, "a very long name of a form that the client has given to the file because nobody told him otherwise - final - final 2 (copy).gif",
		checks.ApplicationForm, gifOf(t, 32, 48))
	pdf := document(s, "scan.pdf", checks.Unknown, []byte("%PDF-1.4 scans"))
	pdf.Parts = 1
	stray := document(s, "IMG_0001.jpg", checks.Unknown, jpegOf(t, 16, 16, 0))

	review := pipeline.Finding{Code: "soft", Severity: pipeline.NeedReview,
		Message: checks.Text{En: "the text is soft: edge width 4.1 px, at most 2.5 wanted", Zh: "文字不够清晰：边缘宽度 4.1 像素，要求不超过 2.5"},
		Remedy:  checks.Text{En: "scan again at 300 dpi", Zh: "请以 300 dpi 重新扫描"}}
	review.Decision = &pipeline.Decision{Check: "legibility/sharpness", Code: "soft", Document: license.SHA256,
		Fingerprint: pipeline.Fingerprint("legibility/sharpness", license.SHA256, review),
		Who:         "李雷 <lilei@agency.example>", When: when.Add(time.Hour), Because: "所有文字都可以辨认；已与原件核对 checked against the original"}
	license.Results = append(license.Results, pipeline.Result{Check: "legibility/sharpness", Version: 1,
		Outcome: pipeline.Ran, Findings: []pipeline.Finding{review}})

	c := &pipeline.Case{
		Schema: pipeline.CaseSchema, Case: "杭州某某科技有限公司", Version: 3, GeneratedAt: when, Path: checks.Organization,
		Profile:   pipeline.ProfileRef{ID: "wechat-organization@2014-09", SHA256: "00", Title: checks.Text{En: "WeChat Official Account, organisation", Zh: "微信公众平台，组织"}},
		Verdict:   pipeline.VerdictPass,
		Answers:   map[string]string{"account_name": "某某服务号", "operator_name": "王某", "mobile": "13800000000"},
		Documents: []pipeline.Document{license, org, holder, form, pdf, stray},
		Results:   []pipeline.Result{{Check: "casefile/complete", Version: 1, Outcome: pipeline.Ran}},
		Versions:  pipeline.Versions{Dossier: "0.1.0", Checks: map[string]int{"format/decode": 1, "legibility/sharpness": 1, "casefile/complete": 1}},
	}
	return Input{Case: c, Answers: []byte("path: organization\n"), Open: s.open, Report: map[string][]byte{
		"report.html": []byte("<!doctype html><title>report</title>"), "report.json": []byte("{}\n"), "report.pdf": []byte("%PDF-1.7 report"),
	}}
}

func build(t testing.TB, in Input) ([]byte, *Manifest) {
	t.Helper()
	var out bytes.Buffer
	m, err := Write(t.Context(), &out, in)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), m
}
