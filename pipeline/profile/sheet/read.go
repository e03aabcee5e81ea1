package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"dossier/checks"
)

// A cell is what stands in one place of a table.
type cell struct {
	text string
	// number is true for a cell that the spreadsheet holds as a number, where digits may be lost.
	number bool
}

// ReadFile reads the clients of the spreadsheet named, an .xlsx or .csv file by its content. The error
// is for a file that cannot be read as a table at all. Problems are about rows and cells: the clients
// returned with them are those of the rows without any.
func ReadFile(name string) ([]Client, []Problem, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(data) > maxBytes {
		return nil, nil, &checks.LimitError{What: "spreadsheet", Value: int64(len(data)), Limit: maxBytes, Unit: "bytes"}
	}
	return Read(data)
}

// Read reads the clients of a spreadsheet; see ReadFile.
func Read(data []byte) ([]Client, []Problem, error) {
	var table [][]cell
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		table, err = readXLSX(data)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")):
		return nil, nil, &checks.UnsupportedError{Format: "spreadsheet", Feature: "the .xls format of before 2007 (save it as .xlsx or .csv)"}
	default:
		table, err = readCSV(data)
	}
	if err != nil {
		return nil, nil, err
	}
	clients, problems := readTable(table)
	return clients, problems, nil
}

func readXLSX(data []byte) (table [][]cell, err error) {
	defer func() {
		if p := recover(); p != nil { // a library's panic over a hostile file is a bad file
			table, err = nil, &checks.FormatError{Format: "xlsx", Offset: -1, Reason: fmt.Sprint(p)}
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped / 4, RawCellValue: true})
	if err != nil {
		return nil, &checks.FormatError{Format: "xlsx", Offset: -1, Reason: err.Error()}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	names := f.GetSheetList()
	if len(names) == 0 {
		return nil, &checks.FormatError{Format: "xlsx", Offset: -1, Reason: "the workbook has no sheet"}
	}
	rows, err := f.Rows(names[0])
	if err != nil {
		return nil, &checks.FormatError{Format: "xlsx", Offset: -1, Reason: err.Error()}
	}
	defer rows.Close()
	for n := 1; rows.Next(); n++ {
		if n > maxRows+1 {
			return nil, &checks.LimitError{What: "spreadsheet", Value: int64(n), Limit: maxRows, Unit: "rows"}
		}
		texts, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, &checks.FormatError{Format: "xlsx", Offset: -1, Reason: err.Error()}
		}
		row := make([]cell, min(len(texts), maxColumns))
		for i := range row {
			row[i].text = texts[i]
			if !numeric(texts[i]) {
				continue
			}
			at, err := excelize.CoordinatesToCellName(i+1, n)
			if err != nil {
				return nil, err
			}
			if kind, err := f.GetCellType(names[0], at); err == nil && (kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber) {
				row[i] = cell{plainNumber(texts[i]), true}
			}
		}
		table = append(table, row)
	}
	return table, rows.Error()
}

func numeric(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// plainNumber writes a number as it was typed, as far as a spreadsheet still knows: without exponent.
func plainNumber(s string) string {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return s
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// readCSV reads comma, semicolon or tab separated text in UTF-8, or in GBK as Excel writes it on a
// Chinese system.
func readCSV(data []byte) ([][]cell, error) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(data) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) || bytes.IndexByte(decoded, 0) >= 0 {
			return nil, &checks.FormatError{Format: "csv", Offset: -1, Reason: "the text is neither UTF-8 nor GBK"}
		}
		data = decoded
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, &checks.FormatError{Format: "csv", Offset: int64(bytes.IndexByte(data, 0)), Reason: "this is no text"}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma = separator(data)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	var table [][]cell
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return table, nil
		}
		if err != nil {
			return nil, &checks.FormatError{Format: "csv", Offset: r.InputOffset(), Reason: err.Error()}
		}
		// The reader skips empty lines; rows are counted as an editor shows them.
		line, _ := r.FieldPos(0)
		if line > maxRows+1 {
			return nil, &checks.LimitError{What: "spreadsheet", Value: int64(line), Limit: maxRows, Unit: "rows"}
		}
		for len(table) < line-1 {
			table = append(table, nil)
		}
		row := make([]cell, min(len(record), maxColumns))
		for i := range row {
			row[i].text = record[i]
			row[i].number = exponent.MatchString(record[i])
		}
		table = append(table, row)
	}
}

// separator is the one that stands most often in the first line.
func separator(data []byte) rune {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', 0
	for _, r := range []rune{',', ';', '\t'} {
		if n := strings.Count(string(line), string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// exponent matches what a spreadsheet makes of a long number when it saves text: 1.10105E+17.
var exponent = regexp.MustCompile(`^\s*\d(?:\.\d+)?[eE]\+?\d+\s*$`)

// exactDigits is how many digits of a number a spreadsheet keeps (IEEE 754 binary64).
const exactDigits = 15
