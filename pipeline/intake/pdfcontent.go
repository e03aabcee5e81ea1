package intake

import (
	"bytes"
	"math"
	"strconv"
)

// A matrix maps points of one space to another: x' = a*x + c*y + e, y' = b*x + d*y + f, in the
// order a b c d e f (ISO 32000-1, 8.3.3).
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// then returns the matrix that applies m first and n afterwards.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// area is that of the unit square, which every picture is drawn into.
func (m matrix) area() float64 { return math.Abs(m[0]*m[3] - m[1]*m[2]) }

// orientation says how a picture drawn with m on a page shown turned clockwise by rotate
// degrees appears, as an EXIF orientation: 1 as it is stored, 3 turned by 180 degrees, 6 by 90
// clockwise, 8 by 270; 2, 4, 5 and 7 are mirrored. A slant is taken for the nearest.
func orientation(m matrix, rotate int) int {
	right, up := [2]float64{m[0], m[1]}, [2]float64{m[2], m[3]}
	for range rotate / 90 {
		right, up = [2]float64{right[1], -right[0]}, [2]float64{up[1], -up[0]}
	}
	if math.Abs(right[0]) >= math.Abs(right[1]) { // rows lie level
		switch {
		case right[0] >= 0 && up[1] >= 0:
			return 1
		case right[0] < 0 && up[1] >= 0:
			return 2
		case right[0] < 0:
			return 3
		default:
			return 4
		}
	}
	switch {
	case right[1] < 0 && up[0] < 0:
		return 5
	case right[1] < 0:
		return 6
	case up[0] >= 0:
		return 7
	default:
		return 8
	}
}

// A drawing is one use of a named picture or form.
type drawing struct {
	name string
	m    matrix // from the unit square to the page
}

// Limits of the interpreter: states saved one over another (viewers allow 28 to 64) and
// drawings.
const (
	maxSaved    = 256
	maxDrawings = 4_000
)

// drawings lists what the instructions draw, and where, in order. It understands the five
// operators that matter (q, Q, cm, Do and the inline picture, which it passes over) and skips
// everything else, whatever is wrong with it.
func drawings(content []byte, m matrix) []drawing {
	var (
		out     []drawing
		saved   []matrix
		numbers []float64
		name    string
	)
	s := contentScanner{rest: content}
	for len(out) < maxDrawings {
		token, ok := s.next()
		if !ok {
			break
		}
		if token[0] == '/' {
			name = string(token[1:])
			continue
		}
		if v, err := strconv.ParseFloat(string(token), 64); err == nil {
			if numbers = append(numbers, v); len(numbers) > 6 {
				numbers = numbers[1:]
			}
			continue
		}
		switch string(token) {
		case "q":
			if len(saved) < maxSaved {
				saved = append(saved, m)
			}
		case "Q":
			if n := len(saved); n > 0 {
				m, saved = saved[n-1], saved[:n-1]
			}
		case "cm":
			if len(numbers) == 6 {
				m = matrix(numbers).then(m)
			}
		case "Do":
			if name != "" {
				out = append(out, drawing{name, m})
			}
		case "ID":
			s.skipInlinePicture()
		}
		numbers, name = nil, ""
	}
	return out
}

// A contentScanner cuts instructions into numbers, names and operators. Strings, arrays and
// dictionaries are passed over: none of the operators of interest takes one.
type contentScanner struct{ rest []byte }

func isSpace(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// next returns the next token, never an empty one.
func (s *contentScanner) next() ([]byte, bool) {
	for len(s.rest) > 0 {
		c := s.rest[0]
		switch {
		case isSpace(c):
			s.rest = s.rest[1:]
		case c == '%':
			s.skipLine()
		case c == '(':
			s.skipString()
		case c == '/' || !isDelimiter(c):
			n := 1
			for n < len(s.rest) && !isSpace(s.rest[n]) && !isDelimiter(s.rest[n]) {
				n++
			}
			token := s.rest[:n]
			s.rest = s.rest[n:]
			return token, true
		default:
			s.rest = s.rest[1:]
		}
	}
	return nil, false
}

func (s *contentScanner) skipLine() {
	if i := bytes.IndexAny(s.rest, "\r\n"); i >= 0 {
		s.rest = s.rest[i:]
		return
	}
	s.rest = nil
}

// skipString passes over (a string (with brackets) and \) escapes).
func (s *contentScanner) skipString() {
	open := 0
	for i := 0; i < len(s.rest); i++ {
		switch s.rest[i] {
		case '\\':
			i++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				s.rest = s.rest[i+1:]
				return
			}
		}
	}
	s.rest = nil
}

// skipInlinePicture passes over the bytes of an inline picture: to the next EI that stands
// alone.
func (s *contentScanner) skipInlinePicture() {
	for i := 1; i+2 <= len(s.rest); i++ {
		if s.rest[i] == 'E' && s.rest[i+1] == 'I' && isSpace(s.rest[i-1]) && (i+2 == len(s.rest) || isSpace(s.rest[i+2])) {
			s.rest = s.rest[i+2:]
			return
		}
	}
	s.rest = nil
}
