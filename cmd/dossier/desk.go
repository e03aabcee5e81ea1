package main

import (
	"context"

	"dossier/checks/all"
	"dossier/pipeline/desk"
)

// openDesk opens the desk of --desk, making it at first use.
func (p *program) openDesk(ctx context.Context) (*desk.Desk, error) {
	return desk.Open(ctx, p.deskDir, desk.Options{Checks: all.Checks(), Version: version(), Log: p.logger()})
}
