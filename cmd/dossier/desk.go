package main

import (
	"context"
	"os"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/pipeline/desk"
)

// openDesk opens the desk of --desk, making it at first use.
func (p *program) openDesk(ctx context.Context) (*desk.Desk, error) {
	if info, err := os.Stat(p.deskDir); err == nil && !info.IsDir() {
		return nil, &problem{code: exitFault, what: checks.Textf("%s is a file; a desk is a folder", "%s 是文件；工作台应是文件夹", visible(p.deskDir)),
			hint: checks.Text{En: "choose another desk with --desk, or move the file away", Zh: "请用 --desk 指定其他工作台，或移走该文件"}}
	}
	return desk.Open(ctx, p.deskDir, desk.Options{Checks: all.Checks(), Version: version(), Log: p.logger()})
}
