package edits

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dossier/checks/picture/filetest"
	"dossier/fixtures/jpegwriter"
)

// written is a picture written with the given options and EXIF data.
func written(t *testing.T, x *jpegwriter.EXIF, o jpegwriter.Options, segments ...jpegwriter.Segment) []byte {
	t.Helper()
	if x != nil {
		o.Segments = append(o.Segments, jpegwriter.Segment{Marker: 0xE1, Data: append([]byte("Exif\x00\x00"), x.Bytes()...)})
	}
	o.Segments = append(o.Segments, segments...)
	data, err := jpegwriter.Encode(landscape(64, 48), o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var adobeSegment = jpegwriter.Segment{Marker: 0xEE, Data: []byte("Adobe\x00\x64\x00\x00\x00\x00\x01")}

func TestEncoder(t *testing.T) {
	htc := &jpegwriter.EXIF{Make: "HTC", Model: "HTC One"} // learned: the library's tables at quality 95
	other := &jpegwriter.EXIF{Make: "Nobody", Model: "N1"}
	named := &jpegwriter.EXIF{Make: "HTC", Model: "HTC One", Software: "Adobe Photoshop CS6 (Windows)"}
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"as learned":                   {written(t, htc, jpegwriter.Options{Quality: 95}), nil},
		"other tables":                 {written(t, htc, jpegwriter.Options{Quality: 80}), []string{"unlike_device"}},
		"unknown device":               {written(t, other, jpegwriter.Options{Quality: 80}), []string{"device_unknown"}},
		"optimized":                    {written(t, htc, jpegwriter.Options{Quality: 95, Optimize: true}), []string{"unlike_cameras"}},
		"full colour":                  {written(t, other, jpegwriter.Options{Quality: 95, Sampling: jpegwriter.S444}), []string{"unlike_cameras"}},
		"progressive":                  {written(t, other, jpegwriter.Options{Quality: 95, Progressive: true}), []string{"unlike_cameras"}},
		"Adobe's marker":               {written(t, htc, jpegwriter.Options{Quality: 95}, adobeSegment), []string{"camera_claim_contradicted"}},
		"Photoshop, marker":            {written(t, named, jpegwriter.Options{Quality: 95}, adobeSegment), []string{"library_tables"}},
		"Photoshop, no marker":         {written(t, named, jpegwriter.Options{Quality: 95}), []string{"library_tables", "program_claim_contradicted"}},
		"nobody named":                 {written(t, nil, jpegwriter.Options{Quality: 70}), []string{"library_tables"}},
		"nobody named, maker's tables": {filetest.JPEG{Width: 16, Height: 16, Values: []uint8{1, 2, 3}, Adobe: -1}.Bytes(), nil},
	} {
		findings, skipped := findingsOn(t, Encoder, c.data)
		if got := codesOf(findings); skipped != "" || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %s, want %v", name, got, skipped, c.want)
		}
	}
	for name, data := range map[string][]byte{"empty": {}, "not a JPEG": []byte("BM00000000000000"), "no frame": {0xFF, 0xD8, 0xFF, 0xD9}} {
		if _, skipped := findingsOn(t, Encoder, data); skipped == "" {
			t.Errorf("%s was not skipped", name)
		}
	}
}

// A table that is defined twice with other values.
func TestTablesRedefined(t *testing.T) {
	data := filetest.JPEG{Width: 16, Height: 16, Values: []uint8{1, 2, 3}, Adobe: -1,
		Segments: filetest.Segment(0xDB, append([]byte{0}, []byte(strings.Repeat("\x05", 64))...))}.Bytes()
	if findings, _ := findingsOn(t, Encoder, data); !slices.Equal(codesOf(findings), []string{"tables_redefined"}) {
		t.Errorf("%v", codesOf(findings))
	}
}

// The table that is embedded can be read, and holds what its document says.
func TestFingerprints(t *testing.T) {
	devices, programs := fingerprints()
	if len(devices) == 0 || len(programs) == 0 {
		t.Fatalf("%d devices, %d programs", len(devices), len(programs))
	}
	files := 0
	for name, prints := range devices {
		for _, p := range prints {
			files += p.files
			if _, both := programs[p.tables]; both {
				t.Errorf("%s and %s write the same tables", name, programs[p.tables])
			}
			if len(p.tables) != 16 || p.sampling == "" || p.huffman == "" || p.files < 1 {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
	for word, n := range map[string]int{"files of": files, "models": len(devices)} {
		if !strings.Contains(encoderDoc, fmt.Sprintf("%d %s", n, word)) {
			t.Errorf("the document does not say %d %s", n, word)
		}
	}
}
