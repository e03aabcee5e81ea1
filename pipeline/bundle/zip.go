package bundle

import (
	"archive/zip"
	"io"
)

// Sizes of a zip's records without their variable parts (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16).
const (
	localHeaderBytes   = 30
	centralHeaderBytes = 46
	endRecordBytes     = 22
)

// A part is a file of the zip as its headers need it.
type part struct {
	name  string
	bytes int64
	crc   uint32
}

// header is the one form every entry's header has: stored, dated at the beginning of zip time
// (1 January 1980, so that no clock and no time zone reaches the bytes), written by MS-DOS as
// far as attributes go, no flags, no extra fields.
func (p part) header() *zip.FileHeader {
	const (
		version20 = 20
		dosEpoch  = 1<<5 | 1 // year 0 after 1980, month 1, day 1
	)
	return &zip.FileHeader{Name: p.name, Method: zip.Store, CreatorVersion: version20, ReaderVersion: version20,
		//lint:ignore SA1019 Modified would add an extended timestamp, which the format of bundles does not have
		ModifiedDate: dosEpoch, CRC32: p.crc, CompressedSize64: uint64(p.bytes), UncompressedSize64: uint64(p.bytes)}
}

// writeZip writes the parts in order. copyPart must write exactly the bytes of part i; flushed
// is told after each header and before each content (and so on) has reached w; it may be nil.
func writeZip(w io.Writer, parts []part, copyPart func(i int, w io.Writer) error, flushed func(i int, content bool)) error {
	z := zip.NewWriter(w)
	step := func(i int, content bool) error {
		if flushed == nil {
			return nil
		}
		if err := z.Flush(); err != nil {
			return err
		}
		flushed(i, content)
		return nil
	}
	for i, p := range parts {
		if err := step(i, false); err != nil {
			return err
		}
		entry, err := z.CreateRaw(p.header())
		if err != nil {
			return err
		}
		if err := step(i, true); err != nil {
			return err
		}
		if err := copyPart(i, entry); err != nil {
			return err
		}
	}
	if err := step(len(parts), false); err != nil {
		return err
	}
	return z.Close()
}

// A layout says where in the zip everything lies; it follows from the names and sizes alone.
type layout struct {
	content   []int64 // offset of each part's bytes
	header    []int64 // of each part's local header
	directory []int64 // of each part's record in the central directory
	end       int64   // of the end record
	size      int64   // of the whole file
}

func layoutOf(parts []part) layout {
	var l layout
	at := int64(0)
	for _, p := range parts {
		l.header = append(l.header, at)
		at += localHeaderBytes + int64(len(p.name))
		l.content = append(l.content, at)
		at += p.bytes
	}
	for _, p := range parts {
		l.directory = append(l.directory, at)
		at += centralHeaderBytes + int64(len(p.name))
	}
	l.end = at
	l.size = at + endRecordBytes
	return l
}
