package desk

import (
	"context"
	"fmt"

	"dossier/checks"
	"dossier/pipeline/profile/sheet"
)

// A SheetEvent tells what became of one row of a spreadsheet of clients.
type SheetEvent struct {
	Row    int
	Case   string
	Folder string
	Made   bool // false: its answers were there already and are left as they are
	Err    error
}

// NewFromSheet makes a case for each client, with the row's answers. Cases whose answers are there
// already are left alone, so that the same sheet can be given again. It goes on after a row that
// cannot be made; notify is called for each.
func (d *Desk) NewFromSheet(ctx context.Context, clients []sheet.Client, notify func(SheetEvent)) error {
	for _, c := range clients {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e := SheetEvent{Row: c.Row, Case: c.Case}
		if e.Folder, e.Made, e.Err = d.newCase(ctx, c.Case, c.Path, c.Answers()); e.Err != nil {
			e.Err = fmt.Errorf("row %d: %w", c.Row, e.Err)
		}
		notify(e)
	}
	return nil
}

// SheetTemplate returns an empty spreadsheet to fill in; kind is xlsx or csv.
func SheetTemplate(kind string) ([]byte, error) {
	switch kind {
	case "xlsx":
		return sheet.XLSX()
	case "csv":
		return sheet.CSV(), nil
	}
	return nil, &checks.UnsupportedError{Format: "spreadsheet", Feature: "a file that ends in ." + kind}
}
