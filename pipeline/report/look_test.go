package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestPagesToLookAt writes the sample pages where a person can open them, when
// DOSSIER_REPORT_SAMPLES names a folder; it checks in any case that each can be rendered twice
// to the same bytes.
func TestPagesToLookAt(t *testing.T) {
	folder := os.Getenv("DOSSIER_REPORT_SAMPLES")
	cases := samples()
	cases["many"] = manyCase(45)
	for name, c := range cases {
		for _, lang := range []string{English, Chinese} {
			opt := sampleOptions(t, c)
			opt.Lang = lang
			var first, second bytes.Buffer
			if err := HTML(&first, c, opt); err != nil {
				t.Fatal(err)
			}
			if err := HTML(&second, c, opt); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Errorf("%s in %s: two renderings of one record differ", name, lang)
			}
			if folder != "" {
				if err := os.WriteFile(filepath.Join(folder, name+"."+lang+".html"), first.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
