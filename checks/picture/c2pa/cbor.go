package c2pa

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/fxamacker/cbor/v2"
)

// maxCBOR bounds one CBOR item that is decoded. Claims and assertions take a few KiB; pictures in
// assertions have boxes of their own and are hashed, not decoded.
const maxCBOR = 1 << 20

// decoding is how CBOR is read: within limits, and refusing a map that gives one key twice, for two
// readers of it could disagree.
var decoding = func() cbor.DecMode {
	m, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		MaxNestedLevels:  32,
		MaxArrayElements: 1 << 14,
		MaxMapPairs:      1 << 12,
		UTF8:             cbor.UTF8DecodeInvalid, // a label in another encoding is no reason to read nothing
		TimeTagToAny:     cbor.TimeTagToTime,
	}.DecMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return m
}()

// A value is a decoded CBOR item; its methods give zero values where it is of another type.
type value struct{ v any }

// decodeCBOR decodes one item, and nothing behind it.
func decodeCBOR(b []byte) (value, error) {
	if len(b) > maxCBOR {
		return value{}, fmt.Errorf("%d bytes of CBOR, at most %d are read", len(b), maxCBOR)
	}
	var v any
	if err := decoding.Unmarshal(b, &v); err != nil {
		return value{}, err
	}
	return value{v}, nil
}

func (v value) isMap() bool { _, ok := v.v.(map[any]any); return ok }

// get returns the entry of a map under a text or integer key.
func (v value) get(key any) value {
	m, ok := v.v.(map[any]any)
	if !ok {
		return value{}
	}
	if n, ok := key.(int); ok {
		if n < 0 {
			return value{m[int64(n)]}
		}
		return value{m[uint64(n)]}
	}
	return value{m[key]}
}

// list returns the elements of an array, at most maxListed.
func (v value) list() []value {
	a, _ := v.v.([]any)
	a = a[:min(len(a), maxListed)]
	out := make([]value, len(a))
	for i := range a {
		out[i] = value{a[i]}
	}
	return out
}

// text returns a text string fit to show: one line, printable, at most maxText runes.
func (v value) text() string {
	switch t := v.v.(type) {
	case string:
		return printable(t)
	case time.Time:
		return t.UTC().Format(time.RFC3339)
	case cbor.Tag:
		return value{t.Content}.text()
	}
	return ""
}

func (v value) bytes() []byte {
	b, _ := v.v.([]byte)
	return b
}

// number returns an unsigned or non-negative integer.
func (v value) number() (n uint64, ok bool) {
	n, ok = v.v.(uint64)
	return n, ok
}

// maxText bounds every text that is kept, in runes.
const maxText = 300

func printable(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	n := 0
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if n++; n > maxText {
			return -1
		}
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s))
}
