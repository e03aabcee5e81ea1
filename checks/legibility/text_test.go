package legibility

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/checks/picture/reading"
)

// run runs the check on a file, and skips the test where the program was built without models.
func run(t *testing.T, s *checks.Subject, words map[string][]string) (checks.Observation, error) {
	t.Helper()
	settings, err := Text.Settings(nil, words)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Text.Run(t.Context(), s, settings)
	if why, ok := checks.SkipReason(err); ok && strings.Contains(why.En, "without models") {
		t.Skip(why.En)
	}
	return o, err
}

func kept(t *testing.T, name string, kind checks.Kind) *checks.Subject {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "fixtures", "cases", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return checks.NewSubject(filepath.Base(name), kind, data)
}

func codes(o checks.Observation) string {
	var list []string
	for _, f := range o.Findings {
		list = append(list, f.Code)
		for _, s := range []string{f.Message.En, f.Message.Zh, f.Remedy.En, f.Remedy.Zh} {
			if s == "" || strings.Contains(s, "%!") {
				list = append(list, "badly worded: "+s)
			}
		}
	}
	return strings.Join(list, " ")
}

// Pictures kept with the source, through the models of a scanner, a phone and a messenger, against what
// their case's answers say.
func TestPicturesAreRead(t *testing.T) {
	for _, test := range []struct {
		name string
		kind checks.Kind
		want map[string]string
	}{
		{"organization-complete/营业执照.jpg", checks.BusinessLicense, map[string]string{"company": "北京百川物流有限公司",
			"license_number": "110105022082552", "legal_representative": "陈浩然"}},
		{"organization-complete/手持身份证.jpg", checks.HolderPhoto, map[string]string{"id_number": "150102197703254780", "birth_date": "1977-03-25"}},
		{"name-brackets/授权运营书.jpg", checks.ApplicationForm, map[string]string{"company": "听涛（沈阳）餐饮管理有限公司",
			"license_number": "210102029723143", "organization_code": "57702389-9", "name": "萧思琪", "id_number": "15010219811122294X", "mobile": "13783759849"}},
	} {
		if testing.Short() && test.kind != checks.HolderPhoto {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			o, err := run(t, kept(t, test.name, test.kind), nil)
			if err != nil {
				t.Fatal(err)
			}
			for field, value := range test.want {
				i := slices.IndexFunc(o.Readings, func(r checks.Reading) bool { return r.Field == field })
				if i < 0 {
					t.Errorf("%s was not read", field)
				} else if r := o.Readings[i]; r.Value != value || r.Box.IsZero() {
					t.Errorf("%s is %q at %v, want %q", field, r.Value, r.Box, value)
				}
			}
			if got := codes(o); strings.Contains(got, "number") || strings.Contains(got, "nothing") {
				t.Errorf("found %s", got)
			}
		})
	}
}

// What cannot be read is said, and nothing is made up for it.
func TestWhatCannotBeRead(t *testing.T) {
	for name, want := range map[string]string{
		"covered-card/手持身份证.jpg":   "number_unread",
		"mirrored-photo/手持身份证.jpg": "number_unread name_unread",
	} {
		o, err := run(t, kept(t, name, checks.HolderPhoto), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := codes(o); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		for _, r := range o.Readings {
			if r.Field == "id_number" && r.Confidence > 0.5 {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
	var blank bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	if err := jpeg.Encode(&blank, m, nil); err != nil {
		t.Fatal(err)
	}
	o, err := run(t, checks.NewSubject("blank.jpg", checks.BusinessLicense, blank.Bytes()), nil)
	if err != nil || codes(o) != "nothing_read" {
		t.Errorf("blank paper: %v %q", err, codes(o))
	}
}

// A number whose check character does not fit is said with its place, and is not said to be unread.
func TestFindingsFollowTheReadings(t *testing.T) {
	for name, test := range map[string]struct {
		readings []checks.Reading
		want     string
	}{
		"all there":    {[]checks.Reading{{Field: "id_number", Value: "11010519491231002X", Confidence: 0.99}, {Field: "name", Value: "张伟", Confidence: 0.9}}, ""},
		"doubtful":     {[]checks.Reading{{Field: "id_number", Value: "11010519491231002X", Confidence: 0.2}, {Field: "name", Value: "张伟", Confidence: 0.9}}, "number_unread"},
		"a misprint":   {[]checks.Reading{{Field: "id_number", Value: "110105194912310021", Confidence: 0.4, Box: checks.Region{X: 1, Y: 1, Width: 9, Height: 9}}, {Field: "name", Value: "张伟", Confidence: 0.9}}, "number_check_fails"},
		"without name": {[]checks.Reading{{Field: "id_number", Value: "11010519491231002X", Confidence: 0.99}}, "name_unread"},
		"nothing":      {nil, "number_unread name_unread"},
	} {
		print := checks.Region{X: 5, Y: 6, Width: 70, Height: 80}
		o := checks.Observation{Readings: test.readings, Findings: findings(checks.HolderPhoto, test.readings, print, 0.5)}
		if got := codes(o); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		for _, f := range o.Findings {
			if f.Code != "number_check_fails" && f.Region != print || f.Code == "number_check_fails" && f.Region != test.readings[0].Box {
				t.Errorf("%s: %s at %v", name, f.Code, f.Region)
			}
		}
	}
}

func TestReadingCanBeSwitchedOff(t *testing.T) {
	s := kept(t, "organization-complete/手持身份证.jpg", checks.HolderPhoto)
	settings, err := Text.Settings(nil, map[string][]string{reading.ChoiceName: {"off"}})
	if err != nil {
		t.Fatal(err)
	}
	o, err := Text.Run(t.Context(), s, settings)
	if _, ok := checks.SkipReason(err); !ok || len(o.Readings) > 0 {
		t.Errorf("%v %v, want a reason why nothing was read", o, err)
	}
}

func TestAFileThatIsNoPictureIsNotMeasured(t *testing.T) {
	for name, data := range map[string][]byte{"text": []byte("no picture"), "empty": nil, "cut off": []byte("\xff\xd8\xff\xe0\x00\x10JFIF")} {
		_, err := run(t, checks.NewSubject("x.jpg", checks.BusinessLicense, data), nil)
		if _, ok := checks.SkipReason(err); !ok {
			t.Errorf("%s: %v, want a reason", name, err)
		}
	}
}

// The text is read once, whoever asks.
func TestReadingsAreTheSameTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a picture twice")
	}
	s := kept(t, "organization-complete/手持身份证.jpg", checks.HolderPhoto)
	first, err := run(t, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := run(t, kept(t, "organization-complete/手持身份证.jpg", checks.HolderPhoto), nil)
	if err != nil || !slices.Equal(first.Readings, other.Readings) {
		t.Errorf("%v, then %v, %v", first.Readings, other.Readings, err)
	}
}
