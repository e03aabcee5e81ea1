package metadata

import (
	"context"
	"strings"
	"time"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

// A Source is a kind of metadata.
type Source string

// The kinds that are read.
const (
	EXIF      Source = "EXIF"
	XMP       Source = "XMP"
	IPTC      Source = "IPTC"
	Photoshop Source = "Photoshop" // image resources (APP13 8BIM) and the "save for web" segment (APP12 Ducky)
	Comment   Source = "comment"   // JPEG COM segments, GIF comments
	GIFApp    Source = "GIF application"
)

// Metadata is what a file says about itself. The zero value is a file that says nothing.
type Metadata struct {
	Format decode.Format
	// Sources lists the kinds that are there, readable or not, each once.
	Sources []Source
	// Fields holds every value that is text or can be written as such, in a fixed order.
	Fields []Field
	// History is the list of editing steps that XMP media management keeps.
	History []Event
	// Dates holds the times that could be understood.
	Dates []Date
	// Resources lists the ids of the Photoshop image resources.
	Resources []int
	// Problems says what is there and could not be read.
	Problems []Problem
}

// A Field is one value.
type Field struct {
	Source    Source
	Namespace string // XMP only: the namespace of the last name
	Name      string // EXIF and IPTC: the standard's name; XMP: names from the outside in, "History/action"
	Value     string // at most maxValue bytes, without control characters; empty if it is not text
	Bytes     int    // the length of the value in the file, where known
}

// An Event is one step of the history.
type Event struct {
	Action, Agent, Parameters string
	When                      string // as written
}

// A Date is a time the file gives.
type Date struct {
	Source Source
	Name   string
	Text   string // as written
	// Time is the clock's reading. Without a zone it is given as if it were UTC.
	Time    time.Time
	HasZone bool
}

// A Problem says that a piece of metadata is there and could not be read, or not wholly.
type Problem struct {
	Source Source
	Detail string // one clause in English
}

// Limits of what is kept. They bound a report, not honest files: cameras write under 200 fields.
const (
	maxFields  = 4000
	maxValue   = 4 << 10
	maxEvents  = 1000
	maxPackets = 16 // XMP and IPTC segments that are read; more than 2 are not known to occur
)

// Value returns the first value of that name, or "".
func (m *Metadata) Value(source Source, name string) string {
	for _, f := range m.Fields {
		if f.Source == source && f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Has reports whether metadata of that kind are there.
func (m *Metadata) Has(source Source) bool {
	for _, s := range m.Sources {
		if s == source {
			return true
		}
	}
	return false
}

// Date returns the first date of that name.
func (m *Metadata) Date(source Source, name string) (Date, bool) {
	for _, d := range m.Dates {
		if d.Source == source && d.Name == name {
			return d, true
		}
	}
	return Date{}, false
}

// Shared is the subject's metadata, read once for all checks.
//
// The error is a checks.UnsupportedError if the format has no room for metadata or is none of those
// that are read. Metadata that are damaged are no error: see Problems.
var Shared = checks.NewShared("metadata", func(_ context.Context, s *checks.Subject) (*Metadata, error) {
	return Read(s.Data)
})

// Read reads the metadata of the file in data; errors as for Shared.
func Read(data []byte) (*Metadata, error) {
	m := &Metadata{Format: decode.Sniff(data)}
	switch m.Format {
	case decode.JPEG:
		m.readJPEG(data)
	case decode.GIF:
		m.readGIF(data)
	case decode.PNG, decode.WebP, decode.TIFF, decode.HEIC, decode.AVIF:
		m.readOther(data)
	default:
		return nil, &checks.UnsupportedError{Format: string(m.Format), Feature: "metadata"}
	}
	m.findDates()
	return m, nil
}

func (m *Metadata) source(s Source) {
	if !m.Has(s) {
		m.Sources = append(m.Sources, s)
	}
}

func (m *Metadata) problem(s Source, detail string) {
	// A few tell all; a hostile file could make thousands.
	if len(m.Problems) < 20 {
		m.Problems = append(m.Problems, Problem{s, detail})
	}
}

func (m *Metadata) add(f Field) {
	if len(m.Fields) >= maxFields {
		return
	}
	if f.Bytes == 0 {
		f.Bytes = len(f.Value)
	}
	f.Value = clean(f.Value)
	m.Fields = append(m.Fields, f)
}

// dateNames are the fields that hold a time, by source.
var dateNames = []struct {
	source             Source
	name, zone, anyone string
}{
	{EXIF, "DateTimeOriginal", "OffsetTimeOriginal", "OffsetTime"},
	{EXIF, "DateTimeDigitized", "OffsetTimeDigitized", "OffsetTime"},
	{EXIF, "DateTime", "OffsetTime", "OffsetTimeOriginal"},
	{XMP, "CreateDate", "", ""},
	{XMP, "ModifyDate", "", ""},
	{XMP, "MetadataDate", "", ""},
	{XMP, "DateTimeOriginal", "", ""},
	{XMP, "DateCreated", "", ""},
}

func (m *Metadata) findDates() {
	for _, n := range dateNames {
		text := strings.TrimSpace(m.Value(n.source, n.name))
		if text == "" {
			continue
		}
		zone := ""
		if n.zone != "" {
			if zone = m.Value(n.source, n.zone); zone == "" {
				zone = m.Value(n.source, n.anyone)
			}
		}
		if t, hasZone, ok := parseTime(text, zone); ok {
			m.Dates = append(m.Dates, Date{Source: n.source, Name: n.name, Text: text, Time: t, HasZone: hasZone})
		}
	}
}

// ParseDate reads a time as XMP or EXIF writes it, such as Event.When. Its Time is zero if it cannot
// be understood.
func ParseDate(source Source, name, text string) Date {
	d := Date{Source: source, Name: name, Text: text}
	if t, hasZone, ok := parseTime(strings.TrimSpace(text), ""); ok {
		d.Time, d.HasZone = t, hasZone
	}
	return d
}

// parseTime understands the times of EXIF ("2015:03:04 05:06:07") and of XMP (ISO 8601), with
// the hour at least. zone is EXIF's separate offset ("+08:00").
func parseTime(text, zone string) (t time.Time, hasZone, ok bool) {
	for _, layout := range []string{
		"2006:01:02 15:04:05", "2006-01-02 15:04:05", "2006:01:02 15:04",
		"2006-01-02T15:04:05", "2006-01-02T15:04",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			if z, err := time.Parse("-07:00", strings.TrimSpace(zone)); err == nil && zone != "" {
				_, offset := z.Zone()
				t, hasZone = t.Add(-time.Duration(offset)*time.Second).In(z.Location()), true
			}
			return t, hasZone, t.Year() > 1
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006:01:02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true, t.Year() > 1
		}
	}
	return time.Time{}, false, false
}
