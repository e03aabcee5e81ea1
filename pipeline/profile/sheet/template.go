package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"

	"github.com/xuri/excelize/v2"

	"dossier/checks"
)

// templateRows is how many rows of the template are formatted: enough for the largest agency's year.
const templateRows = 1000

// header is a column's header in the template: both languages.
func (c column) header() string { return c.title.Zh + " " + c.title.En }

// CSV returns the empty table to fill in, in UTF-8 with a byte order mark, by which Excel knows it.
func CSV() []byte {
	var b bytes.Buffer
	b.WriteString("\xEF\xBB\xBF")
	w := csv.NewWriter(&b)
	var row []string
	for _, c := range columns() {
		row = append(row, c.header())
	}
	// Writing into memory does not fail.
	_ = w.Write(row)
	w.Flush()
	return b.Bytes()
}

// XLSX returns the empty table to fill in. All its cells are text, so that no number loses its zeros or
// last digits, and the cells with a fixed choice offer it.
func XLSX() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	const name = "clients 客户"
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // 49: text (ECMA-376 part 1, 18.8.30)
	if err != nil {
		return nil, err
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF1F5"}}})
	if err != nil {
		return nil, err
	}
	list := columns()
	last, err := excelize.ColumnNumberToName(len(list))
	if err != nil {
		return nil, err
	}
	if err := f.SetColStyle(name, "A:"+last, text); err != nil {
		return nil, err
	}
	for i, c := range list {
		at, err := excelize.CoordinatesToCellName(i+1, 1)
		if err != nil {
			return nil, err
		}
		if err := f.SetCellStr(name, at, c.header()); err != nil {
			return nil, err
		}
		if words := choices(c.name); words != nil {
			column, _ := excelize.ColumnNumberToName(i + 1)
			v := excelize.NewDataValidation(true)
			v.SetSqref(fmt.Sprintf("%s2:%s%d", column, column, templateRows))
			if err := v.SetDropList(words); err != nil {
				return nil, err
			}
			if err := f.AddDataValidation(name, v); err != nil {
				return nil, err
			}
		}
	}
	if err := f.SetCellStyle(name, "A1", last+"1", bold); err != nil {
		return nil, err
	}
	if err := f.SetColWidth(name, "A", last, 20); err != nil {
		return nil, err
	}
	if err := f.SetPanes(name, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// choices are the words a cell of the column offers, or nil.
func choices(name string) []string {
	switch f, ok := checks.FieldNamed(name); {
	case name == columnPath:
		return []string{"组织", "个人", "境外", "organization", "individual", "overseas"}
	case name == checks.FieldAccountType:
		return []string{"服务号", "订阅号", "企业号", "service", "subscription", "enterprise"}
	case ok && f.Acknowledge:
		return []string{"是", "否", "yes", "no"}
	}
	return nil
}
