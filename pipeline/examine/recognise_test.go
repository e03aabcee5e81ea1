package examine

import (
	"context"
	"errors"
	"testing"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// What was given stands, sure content overrules a name, and a recogniser that breaks down changes nothing.
func TestRecognize(t *testing.T) {
	stuck := make(chan struct{})
	defer close(stuck)
	says := func(kind checks.Kind, decides bool) Recognizer {
		return func(context.Context, *checks.Subject, func(*checks.Check) (checks.Settings, error)) (checks.Recognition, error) {
			return checks.Recognition{Kind: kind, Confidence: 0.9, Decides: decides}, nil
		}
	}
	for _, test := range []struct {
		name       string
		stated     checks.Kind
		source     string
		recognizer Recognizer
		parts      int
		want       checks.Kind
		wantSource pipeline.KindSource
	}{
		{"nobody recognises", checks.HolderPhoto, "name", nil, 0, checks.HolderPhoto, pipeline.KindFromName},
		{"sure content overrules a name", checks.HolderPhoto, "name", says(checks.BusinessLicense, true), 0, checks.BusinessLicense, pipeline.KindFromContent},
		{"sure content agrees", checks.HolderPhoto, "name", says(checks.HolderPhoto, true), 0, checks.HolderPhoto, pipeline.KindFromContent},
		{"sure to be nothing", checks.HolderPhoto, "name", says(checks.Unknown, true), 0, checks.Unknown, pipeline.KindFromContent},
		{"unsure content does not", checks.HolderPhoto, "name", says(checks.BusinessLicense, false), 0, checks.HolderPhoto, pipeline.KindFromName},
		{"what is given stands", checks.HolderPhoto, "given", says(checks.BusinessLicense, true), 0, checks.HolderPhoto, pipeline.KindGiven},
		{"a container is not looked at", checks.ApplicationForm, "name", says(checks.BusinessLicense, true), 3, checks.ApplicationForm, pipeline.KindFromName},
		{"a panic changes nothing", checks.HolderPhoto, "name", func(context.Context, *checks.Subject, func(*checks.Check) (checks.Settings, error)) (checks.Recognition, error) {
			panic("secret")
		}, 0, checks.HolderPhoto, pipeline.KindFromName},
		{"an error changes nothing", checks.HolderPhoto, "name", func(context.Context, *checks.Subject, func(*checks.Check) (checks.Settings, error)) (checks.Recognition, error) {
			return checks.Recognition{Kind: checks.BusinessLicense, Decides: true}, errors.New("no luck")
		}, 0, checks.HolderPhoto, pipeline.KindFromName},
		{"one that never ends is left behind", checks.HolderPhoto, "name", func(context.Context, *checks.Subject, func(*checks.Check) (checks.Settings, error)) (checks.Recognition, error) {
			<-stuck
			return checks.Recognition{Kind: checks.BusinessLicense, Decides: true}, nil
		}, 0, checks.HolderPhoto, pipeline.KindFromName},
	} {
		t.Run(test.name, func(t *testing.T) {
			var seen checks.Kind
			look := check("a/b", func(_ context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
				seen = s.Kind
				return checks.Observation{}, nil
			})
			r := New([]*checks.Check{look}, defaults, Options{Timeout: 50 * time.Millisecond, Recognize: test.recognizer})
			s := checks.NewSubject("x.jpg", test.stated, picture(t, 64, 48))
			s.Stated, s.StatedSource, s.Parts = test.stated, test.source, test.parts
			got, err := r.Document(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if got.Kind != test.want || got.KindSource != test.wantSource || seen != test.want {
				t.Errorf("%s by %s, the check saw %s; want %s by %s", got.Kind, got.KindSource, seen, test.want, test.wantSource)
			}
		})
	}
}
