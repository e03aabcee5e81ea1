package main

import (
	"context"
	"os"
	"path/filepath"

	"dossier/checks"
	"dossier/checks/all"
	"dossier/pipeline/desk"
	"dossier/pipeline/examine"
)

// maxDeskPath is how long a desk's absolute path may be, in bytes. SQLite opens no file whose
// path has more than 512, and ledger.db-journal is the longest name it makes; Windows ends at
// 260 unless told otherwise, but says so itself.
const maxDeskPath = 512 - len("/ledger.db-journal") - 1

// openDesk opens the desk of --desk, making it at first use.
func (p *program) openDesk(ctx context.Context) (*desk.Desk, error) {
	if abs, err := filepath.Abs(p.deskDir); err == nil && len(abs) > maxDeskPath {
		return nil, &problem{code: exitFault, what: checks.Textf("the path of the desk has %[1]d bytes, at most %[2]d are possible", "工作台的路径长 %[1]d 字节，最长 %[2]d 字节", len(abs), maxDeskPath),
			hint: checks.Text{En: "choose a desk nearer to the root with --desk", Zh: "请用 --desk 指定路径较短的工作台"}}
	}
	if info, err := os.Stat(p.deskDir); err == nil && !info.IsDir() {
		return nil, &problem{code: exitFault, what: checks.Textf("%s is a file; a desk is a folder", "%s 是文件；工作台应是文件夹", visible(p.deskDir)),
			hint: checks.Text{En: "choose another desk with --desk, or move the file away", Zh: "请用 --desk 指定其他工作台，或移走该文件"}}
	}
	return desk.Open(ctx, p.deskDir, desk.Options{Checks: all.Checks(), Version: version(), Log: p.logger(),
		Examine: examine.Options{Recognize: all.Recognize}})
}
