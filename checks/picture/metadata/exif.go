package metadata

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rwcarlsen/goexif/exif"
	"github.com/rwcarlsen/goexif/tiff"
)

// Tags that link to another directory (IFD).
const (
	tagExifIFD    = 0x8769
	tagGPSIFD     = 0x8825
	tagInteropIFD = 0xA005
)

const (
	maxEntries     = 512 // of all directories; cameras write under 150, with maker notes uncounted
	maxDirectories = 32  // cameras write up to 5
	// maxDecoded bounds the bytes that goexif turns into numbers, at up to 40 bytes of memory a
	// value: twice the largest EXIF segment, which no honest file comes near since values do not overlap.
	maxDecoded = 128 << 10
	// unused is a tag number that stands for nothing; it takes the place of an entry taken out.
	unused = 0xFFFF
)

var typeSize = [13]uint64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8} // TIFF 6.0, section 2

// A mender walks the directories of an EXIF block and takes out of it what goexif cannot be
// handed: entries whose value lies outside, directories that lead in circles or lie across each other.
type mender struct {
	b       []byte // a copy of the block
	order   binary.ByteOrder
	seen    []span // of the directories, which must not overlap: mending one would change another
	entries int
	decoded uint64
	lost    int // entries and directories taken out although they said something
}

type span struct{ from, to int }

// mendEXIF returns a copy of block, which begins with the TIFF header, that goexif can read in
// bounded time and memory, and how many entries had to be taken out because they are damaged.
func mendEXIF(block []byte) (mended []byte, order binary.ByteOrder, lost int, err error) {
	if len(block) < 8 {
		return nil, nil, 0, errors.New("shorter than its header")
	}
	w := &mender{b: bytes.Clone(block)}
	switch string(block[:4]) {
	case "II*\x00":
		w.order = binary.LittleEndian
	case "MM\x00*":
		w.order = binary.BigEndian
	default:
		return nil, nil, 0, errors.New("no TIFF header")
	}
	if !w.directory(w.order.Uint32(w.b[4:])) {
		return nil, nil, 0, errors.New("the first directory lies outside")
	}
	return w.b, w.order, w.lost, nil
}

// directory walks the directory at offset, those its entries link to, and those that follow it.
// It reports false if there is no readable directory at offset.
func (w *mender) directory(offset uint32) bool {
	for first := true; ; first = false {
		end, ok := w.claim(offset)
		if !ok {
			return !first
		}
		at := int(offset) + 2
		for ; at < end-4; at += 12 {
			w.entry(at)
		}
		next := w.order.Uint32(w.b[at:])
		if next == 0 {
			return true
		}
		// Many cameras leave rubbish behind the last directory: cutting it off loses nothing.
		if _, ok := w.room(next); !ok {
			w.order.PutUint32(w.b[at:], 0)
			return true
		}
		offset = next
	}
}

// room returns the end of the directory at offset if it lies in the block, overlaps no other and
// is within the limits.
func (w *mender) room(offset uint32) (end int, ok bool) {
	if offset < 8 || uint64(offset)+6 > uint64(len(w.b)) || len(w.seen) >= maxDirectories {
		return 0, false
	}
	n := int(w.order.Uint16(w.b[offset:]))
	if n > (len(w.b)-int(offset)-6)/12 || n > maxEntries-w.entries {
		return 0, false
	}
	end = int(offset) + 2 + 12*n + 4
	for _, s := range w.seen {
		if int(offset) < s.to && s.from < end {
			return 0, false
		}
	}
	return end, true
}

func (w *mender) claim(offset uint32) (end int, ok bool) {
	if end, ok = w.room(offset); ok {
		w.seen = append(w.seen, span{int(offset), end})
		w.entries += (end - int(offset) - 6) / 12
	}
	return end, ok
}

// entry takes the entry at at out of the block unless goexif can read it.
func (w *mender) entry(at int) {
	tag, kind := w.order.Uint16(w.b[at:]), w.order.Uint16(w.b[at+2:])
	count := uint64(w.order.Uint32(w.b[at+4:]))
	if count == 0 { // an empty value, which goexif refuses: nothing is lost
		w.remove(at)
		return
	}
	if int(kind) >= len(typeSize) || typeSize[kind] == 0 {
		w.remove(at)
		w.lost++
		return
	}
	size := count * typeSize[kind] // below 2^35
	offset := uint64(w.order.Uint32(w.b[at+8:]))
	if size > 4 && (size > uint64(len(w.b)) || offset > uint64(len(w.b))-size) {
		w.remove(at)
		w.lost++
		return
	}
	if w.decoded += size; w.decoded > maxDecoded {
		w.remove(at)
		w.lost++
		return
	}
	if tag == tagExifIFD || tag == tagGPSIFD || tag == tagInteropIFD {
		if kind != uint16(tiff.DTLong) || count != 1 || !w.directory(uint32(offset)) {
			w.remove(at)
			w.lost++
		}
	}
}

// remove makes the entry one byte of an unused tag.
func (w *mender) remove(at int) {
	w.order.PutUint16(w.b[at:], unused)
	w.order.PutUint16(w.b[at+2:], uint16(tiff.DTByte))
	w.order.PutUint32(w.b[at+4:], 1)
}

// moreTags are those of IFD0 and the Exif IFD that say who wrote the file and that goexif has no names for.
var moreTags = map[uint16]string{
	0x000B: "ProcessingSoftware", 0x013C: "HostComputer",
	0x9010: "OffsetTime", 0x9011: "OffsetTimeOriginal", 0x9012: "OffsetTimeDigitized",
	// EXIF 3.0, 4.6.6.
	0xA436: "ImageTitle", 0xA437: "Photographer", 0xA438: "ImageEditor", 0xA439: "CameraFirmware",
	0xA43A: "RAWDevelopingSoftware", 0xA43B: "ImageEditingSoftware", 0xA43C: "MetadataEditingSoftware",
}

// readEXIF reads a block that begins with the TIFF header.
func (m *Metadata) readEXIF(block []byte) {
	m.source(EXIF)
	mended, order, lost, err := mendEXIF(block)
	if err != nil {
		m.problem(EXIF, err.Error())
		return
	}
	if lost > 0 {
		m.problem(EXIF, fmt.Sprintf("%d damaged entries", lost))
	}
	x, err := decodeEXIF(mended)
	if x == nil {
		m.problem(EXIF, err.Error())
		return
	}
	if err != nil {
		m.problem(EXIF, err.Error())
	}
	var fields []Field
	_ = x.Walk(walker(func(name exif.FieldName, tag *tiff.Tag) {
		fields = append(fields, Field{Source: EXIF, Name: string(name), Value: tagText(string(name), tag, order), Bytes: len(tag.Val)})
	}))
	var dirs []*tiff.Dir
	if len(x.Tiff.Dirs) > 0 {
		dirs = append(dirs, x.Tiff.Dirs[0])
	}
	if tag, err := x.Get(exif.ExifIFDPointer); err == nil {
		if offset, err := tag.Int64(0); err == nil && offset < int64(len(mended)) {
			r := bytes.NewReader(mended)
			_, _ = r.Seek(offset, 0)
			if d, _, err := tiff.DecodeDir(r, order); err == nil {
				dirs = append(dirs, d)
			}
		}
	}
	for _, d := range dirs {
		for _, tag := range d.Tags {
			if name := moreTags[tag.Id]; name != "" {
				fields = append(fields, Field{Source: EXIF, Name: name, Value: tagText(name, tag, order), Bytes: len(tag.Val)})
			}
		}
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range fields {
		m.add(f)
	}
}

// decodeEXIF calls goexif. A panic of its becomes an error: the block is hostile.
func decodeEXIF(block []byte) (x *exif.Exif, err error) {
	defer func() {
		if p := recover(); p != nil {
			x, err = nil, fmt.Errorf("reading EXIF: %v", p)
		}
	}()
	return exif.Decode(bytes.NewReader(block))
}

type walker func(name exif.FieldName, tag *tiff.Tag)

func (w walker) Walk(name exif.FieldName, tag *tiff.Tag) error {
	w(name, tag)
	return nil
}

// tagText writes a value as text; a long list of numbers is cut, and opaque bytes are empty.
func tagText(name string, tag *tiff.Tag, order binary.ByteOrder) string {
	const mostNumbers = 16
	switch {
	case name == "UserComment":
		return userComment(tag.Val, order)
	case strings.HasPrefix(name, "XP"): // Windows Explorer's: UTF-16, little-endian whatever the block is
		return utf16Text(tag.Val, binary.LittleEndian)
	case tag.Format() == tiff.StringVal:
		return text(tag.Val)
	case tag.Format() == tiff.UndefVal && (name == "ExifVersion" || name == "FlashpixVersion"):
		return text(tag.Val)
	}
	var parts []string
	for i := 0; i < int(min(tag.Count, mostNumbers)); i++ {
		switch tag.Format() {
		case tiff.IntVal:
			if v, err := tag.Int64(i); err == nil {
				parts = append(parts, strconv.FormatInt(v, 10))
			}
		case tiff.RatVal:
			if n, d, err := tag.Rat2(i); err == nil {
				parts = append(parts, fmt.Sprintf("%d/%d", n, d))
			}
		case tiff.FloatVal:
			if v, err := tag.Float(i); err == nil {
				parts = append(parts, strconv.FormatFloat(v, 'g', -1, 64))
			}
		}
	}
	return strings.Join(parts, " ")
}
