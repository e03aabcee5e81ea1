package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dossier/checks"
	"dossier/pipeline/desk"
	"dossier/pipeline/durable"
	"dossier/pipeline/profile/sheet"
)

// newFromSheet makes the cases of a spreadsheet, or writes an empty one.
func (p *program) newFromSheet(ctx context.Context, table string) error {
	if _, err := os.Stat(table); errors.Is(err, fs.ErrNotExist) {
		data, err := desk.SheetTemplate(strings.TrimPrefix(strings.ToLower(filepath.Ext(table)), "."))
		if err != nil {
			return usage(checks.Textf("%s is no name of a spreadsheet", "%s 不是表格文件名", visible(table)), checks.Text{En: "give it the ending .xlsx or .csv", Zh: "扩展名请用 .xlsx 或 .csv"})
		}
		if err := durable.WriteFile(table, data, durable.FileMode); err != nil {
			return err
		}
		fmt.Fprintln(p.out, table)
		p.tell("An empty table: fill in one row a client and run the same command again.", "已生成空表：每行填写一位客户，然后再次运行同一命令。")
		return nil
	}
	clients, problems, err := sheet.ReadFile(table)
	if err != nil {
		return &problem{code: exitFault, what: checks.Textf("cannot read the spreadsheet %s", "无法读取表格 %s", visible(table)), err: err,
			hint: checks.Text{En: "save it as .xlsx or .csv; `dossier new --sheet FILE` writes an empty one", Zh: "请另存为 .xlsx 或 .csv；`dossier new --sheet 文件` 可生成空表"}}
	}
	for _, wrong := range problems {
		at := p.say("row %[1]d", "第 %[1]d 行", wrong.Row)
		if wrong.Column != "" {
			at = fmt.Sprintf("%s%d", wrong.Column, wrong.Row)
		}
		p.tell("%[1]s: %[2]s; %[3]s", "%[1]s：%[4]s；%[5]s", at, visible(wrong.What.En), wrong.Todo.En, visible(wrong.What.Zh), wrong.Todo.Zh)
	}
	d, err := p.openDesk(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	made, there, failed := 0, 0, 0
	err = d.NewFromSheet(ctx, clients, func(e desk.SheetEvent) {
		switch {
		case e.Err != nil:
			failed++
			p.report(e.Err)
		case e.Made:
			made++
			fmt.Fprintln(p.out, e.Folder)
		default:
			there++
		}
	})
	if err != nil {
		return err
	}
	bad := failed + rowsOf(problems)
	rows := "no row"
	if bad > 0 {
		rows = count(bad, "row", "rows")
	}
	p.tell("%[1]s made, %[2]d there already, %[3]s with problems", "新建 %[4]d 个案件，%[2]d 个已存在，%[5]d 行有问题", count(made, "case", "cases"), there, rows, made, bad)
	switch {
	case failed+len(problems) == 0:
		return nil
	case made+there == 0:
		return outcome(exitFault)
	}
	return outcome(exitPartial)
}

func rowsOf(problems []sheet.Problem) int {
	rows := map[int]bool{}
	for _, p := range problems {
		rows[p.Row] = true
	}
	return len(rows)
}
