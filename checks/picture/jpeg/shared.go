package jpeg

import (
	"context"

	"dossier/checks"
)

// Shared is the subject's file as Read returns it with the default limits, read once for all checks. The error
// is Read's; the File is then nil.
var Shared = checks.NewShared("jpeg coefficients", func(_ context.Context, s *checks.Subject) (*File, error) {
	f, err := Read(s.Data, DefaultLimits())
	if err != nil {
		return nil, err
	}
	return f, nil
})
