package examine

import (
	"context"
	"errors"
	"time"

	"dossier/checks"
	"dossier/pipeline"
)

// A Recognizer tells a document's kind from its content; settings gives the checks' settings under the profile.
// An error made by checks.Skip says that it could not be told here.
type Recognizer func(ctx context.Context, s *checks.Subject, settings func(*checks.Check) (checks.Settings, error)) (checks.Recognition, error)

// recognizeEffort is how many times a check's time limit recognising may take: the text is read for it, which
// the checks that need it then have.
const recognizeEffort = 4

// recognize settles what kind the document is before the first check runs: what was given, else what the content
// says surely, else what the name hints at. It never fails: where the content cannot be asked, whatever the
// reason, the other two decide.
func (r *Runner) recognize(ctx context.Context, s *checks.Subject, running *stragglers) pipeline.KindSource {
	source := pipeline.KindSource(s.StatedSource)
	if source == "" { // whoever made the subject only says what it is
		s.Stated = s.Kind
		source = pipeline.KindFromName
	}
	if r.recognizer == nil || s.Parts > 0 { // the pages of a container are documents of their own
		return source
	}
	got := guardedBy(ctx, r.recognizeLimit(), running, func(ctx context.Context) (checks.Recognition, error) {
		return r.recognizer(ctx, s, r.settings)
	})
	seen := got.value
	if got.err != nil {
		seen = checks.Recognition{Kind: checks.Unknown, Err: got.err}
		var p *panicError
		if errors.As(got.err, &p) {
			r.log.Error("recognising a document broke down", "stack", string(p.stack))
		}
	}
	s.Recognition = &seen
	if seen.Decides && source != pipeline.KindGiven {
		s.Kind = seen.Kind
		return pipeline.KindFromContent
	}
	return source
}

func (r *Runner) recognizeLimit() time.Duration { return recognizeEffort * r.timeout }
