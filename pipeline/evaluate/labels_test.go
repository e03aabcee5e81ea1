package evaluate

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/fixtures/jpegwriter"
)

func put(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pngOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(x * 5), uint8(y * 3), uint8(x ^ y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBothFormsOfListsSayTheSame(t *testing.T) {
	dir := t.TempDir()
	lines := put(t, dir, "a.jsonl", []byte(`{"path":"x/1.jpg","label":"altered","type":"blur","mask":"m/1.png","source":"s.jpg","half":"report","chain":"device","kind":"holder_photo","more":{"q":1}}

{"path":"2.jpg","label":"untouched"}
`))
	table := put(t, dir, "a.csv", []byte("\uFEFFLabel,path,detail,type,mask,source,half,chain,kind\r\naltered,x/1.jpg,,blur,m/1.png,s.jpg,report,device,holder_photo\r\nuntouched, 2.jpg\r\n"))
	for _, path := range []string{lines, table} {
		l, err := ReadLabels(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Entries) != 2 || l.Name != filepath.Base(path) || len(l.SHA256) != 64 {
			t.Fatalf("%+v", l)
		}
		a, b := l.Entries[0], l.Entries[1]
		if a.File != filepath.Join(dir, "x", "1.jpg") || a.MaskFile != filepath.Join(dir, "m", "1.png") || a.Label != Altered || a.Type != "blur" ||
			a.Source != "s.jpg" || a.Half != Report || a.Chain != "device" || a.Kind != checks.HolderPhoto {
			t.Errorf("%s: %+v", path, a)
		}
		if b.Label != Untouched || b.Type != "untouched" || b.Source != "2.jpg" || b.Half != HalfOf("2.jpg") || b.Kind != checks.Unknown || b.Line != 3 {
			t.Errorf("%s: %+v", path, b)
		}
	}
}

// The rule of halves, by digests computed elsewhere: sha256sum gives 50... for a.jpg and 53...
// for d.jpg.
func TestHalves(t *testing.T) {
	for name, want := range map[string]string{"a.jpg": Calibrate, "folder/a.jpg": Calibrate, "d.jpg": Report} {
		if got := HalfOf(name); got != want {
			t.Errorf("%s is of the half %s, want %s", name, got, want)
		}
	}
	count := map[string]int{}
	for i := range 400 {
		count[HalfOf(strings.Repeat("x", i)+".jpg")]++
	}
	if count[Calibrate] < 150 || count[Report] < 150 {
		t.Errorf("halves of 400: %v", count)
	}
}

func TestWhatIsWrongWithALine(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "line 1: no header",
		"name,label\n1.jpg,altered\n": `line 1: the header names no column "path"`,
		"path,label\n1.jpg,altered\n2.jpg,forged\n":              `line 3: there is no label "forged"`,
		"path,label\n1.jpg,honest\n\n1.jpg,honest\n":             "line 4: 1.jpg stands on line 2 already",
		"path,label,half\n1.jpg,honest,left\n":                   `line 2: there is no half "left"`,
		"path,label,kind\n1.jpg,honest,poem\n":                   `line 2: there is no kind of document "poem"`,
		"path,label,mask\n1.jpg,honest,m.png\n":                  `line 2: a mask of what was altered, but the label is "honest"`,
		"path,label\n,honest\n":                                  "line 2: no path",
		"path,label\n\"1.jpg,honest\n":                           "not CSV",
		`{"path":"1.jpg","label":"honest"}` + "\n{\"path\":7}\n": "line 2: not a JSON object",
		"path,label\n": "line 1: there are no labels",
	} {
		path := put(t, t.TempDir(), "labels", []byte(text))
		_, err := ReadLabels(path)
		var bad *LabelError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
			continue
		}
		if zh := bad.In("zh"); !strings.Contains(zh, "第") || strings.Contains(zh, "\n  line ") {
			t.Errorf("%q in Chinese: %s", text, zh)
		}
	}
	if _, err := ReadLabels(filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a list that is not there: %v", err)
	}
	many := put(t, t.TempDir(), "many", []byte("path,label\n"+strings.Repeat("1.jpg,forged\n", 40)))
	if _, err := ReadLabels(many); strings.Count(err.Error(), "\n") != maxProblems+1 {
		t.Errorf("a list of many problems is told as %v", err)
	}
}

func TestFilesAndMasksAreLookedAt(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "1.jpg", jpegOf(t, 64, 40))
	turned, err := jpegwriter.Encode(image.NewRGBA(image.Rect(0, 0, 64, 40)), jpegwriter.Options{EXIF: &jpegwriter.EXIF{Make: "Lanting", Orientation: 6}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "turned.jpg", turned)
	put(t, dir, "wide.png", pngOf(t, image.NewGray(image.Rect(0, 0, 64, 40))))
	put(t, dir, "high.png", pngOf(t, image.NewGray(image.Rect(0, 0, 40, 64))))
	put(t, dir, "no.png", []byte("no picture"))
	put(t, dir, "no.jpg", []byte("no picture"))
	for text, want := range map[string]string{
		"1.jpg,altered,wide.png,s,report":                                 "",
		"turned.jpg,altered,high.png,s,report":                            "",
		"1.jpg,altered,high.png,s,report":                                 "line 2: the mask is 40 x 64 pixels, the upright picture 64 x 40",
		"turned.jpg,altered,wide.png,s,report":                            "line 2: the mask is 64 x 40 pixels, the upright picture 40 x 64",
		"2.jpg,altered,,s,report":                                         "line 2: there is no file",
		".,altered,,s,report":                                             "line 2: there is no file",
		"1.jpg,altered,none.png,s,report":                                 "line 2: there is no mask",
		"1.jpg,altered,no.png,s,report":                                   "is not a PNG file",
		"no.jpg,altered,wide.png,s,report":                                "is not a picture that can be read",
		"1.jpg,altered,wide.png,s,report\nturned.jpg,honest,,s,calibrate": "line 3: source s is in the half calibrate here and in report on line 2",
	} {
		path := put(t, dir, "labels.csv", []byte("path,label,mask,source,half\n"+text+"\n"))
		l, err := ReadLabels(path)
		if err != nil {
			t.Fatal(err)
		}
		err = l.Verify()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadLabels(f *testing.F) {
	f.Add([]byte("path,label,mask\n1.jpg,altered,1.png\n"))
	f.Add([]byte(`{"path":"1.jpg","label":"honest"}`))
	f.Add([]byte("path,label\n\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "l")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := ReadLabels(path)
		var bad *LabelError
		if err != nil && !errors.As(err, &bad) {
			t.Fatalf("%v", err)
		}
		if err == nil && len(l.Entries) == 0 {
			t.Fatal("a list without entries passed")
		}
	})
}
