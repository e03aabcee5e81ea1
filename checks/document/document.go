// Package document holds the checks of what a document is, whether its content is what people say of it, and of what
// it carries besides text.
//
// What lives here: one check a file, with its document beside it; and Recognize, by which the pipeline learns a
// document's kind before the checks run. What must not: the telling of kinds, which is
// checks/picture/kinds, and whether a case has all it needs, which is checks/casefile's.
package document

import (
	"context"

	"dossier/checks"
	"dossier/checks/picture/kinds"
	"dossier/checks/picture/reading"
)

// Checks lists the family.
func Checks() []*checks.Check {
	return []*checks.Check{Kind, QR}
}

// Recognize says what the content of a document says of its kind. An error made by checks.Skip says that it cannot
// be told here: no picture, no models, or reading switched off in the settings of Kind.
func Recognize(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Recognition, error) {
	if err := reading.On(settings); err != nil {
		return checks.Recognition{}, err
	}
	r, err := kinds.Of.Of(ctx, s)
	if err != nil {
		return checks.Recognition{}, err
	}
	return checks.Recognition{Kind: r.Kind, Confidence: r.Confidence, Decides: r.Confidence >= kinds.Decides}, nil
}
