package kernel

import "unsafe"

// A Matrix is the right-hand side of a product, the weights of a layer: Depth rows and Columns
// columns, packed into panels of neighbouring columns in the order in which the kernels read them.
type Matrix struct {
	Depth   int
	Columns int
	padded  int       // columns rounded up to whole vectors of 8
	widths  []int     // of the panels
	data    []float32 // panel after panel, each Depth rows of its width
	bias    []float32 // padded
}

// align is what the number of columns is rounded up to: the vector of AVX2, and half that of
// AVX-512, whose kernels mask the other half away.
const align = 8

// Padded is Columns rounded up to what a row of the result must have room for.
func (m *Matrix) Padded() int { return m.padded }

// Round returns n rounded up to whole vectors of 8.
func Round(n int) int { return (n + align - 1) / align * align }

// NewMatrix packs depth x columns weights, row after row, and columns biases (nil: zero).
func NewMatrix(depth, columns int, weights, bias []float32) *Matrix {
	m := &Matrix{}
	m.Pack(depth, columns, weights, columns, bias)
	return m
}

// Pack packs weights into m again, reusing its memory; stride is the distance between two rows
// of weights.
func (m *Matrix) Pack(depth, columns int, weights []float32, stride int, bias []float32) {
	m.Depth, m.Columns, m.padded = depth, columns, Round(columns)
	m.widths = panels(m.padded, m.widths[:0])
	// Half a vector more than is needed, so that whole vectors can be loaded at the end.
	m.data = resize(m.data, depth*m.padded+align)
	m.bias = resize(m.bias, m.padded+align)
	clear(m.data[depth*m.padded:])
	clear(m.bias)
	copy(m.bias, bias)
	at, from := 0, 0
	for _, width := range m.widths {
		have := min(width, columns-from)
		for k := range depth {
			row := m.data[at : at+width]
			at += width
			if have == width {
				copy(row, weights[k*stride+from:])
				continue
			}
			clear(row)
			if have > 0 {
				copy(row, weights[k*stride+from:][:have])
			}
		}
		from += width
	}
}

func resize(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

// panelBytes is how much of a panel is worked through at a time, so that it stays in a first-level
// cache of 32 KiB beside the rows it meets.
const panelBytes = 24 << 10

// blockBytes is how much of the left-hand side is worked through at a time, so that it stays in a
// second-level cache of 512 KiB (the smallest of current processors have 256 KiB and gain too).
const blockBytes = 192 << 10

// A Source is the left-hand side of a product: row i begins at Data[i*Stride], and consists of
// one or more stretches of Depth values: stretch s begins at Offsets[s] after the row's begin and
// meets the rows of the matrix from Rows[s] on. A matrix as such has one stretch; the rows of a
// 3 x 3 convolution have three, one for each row of the picture under the filter.
type Source struct {
	Data    []float32
	Stride  int
	Depth   int
	Offsets []int
	Rows    []int
}

// A call is what a product kernel is given, one panel and one stretch at a time. Assembly knows
// the places of the fields.
type call struct {
	a      unsafe.Pointer // first row's stretch
	lda    uintptr        // bytes between rows of a
	m      uintptr        // rows, at least 1
	k      uintptr        // depth, at least 1
	b      unsafe.Pointer // the panel's rows for this stretch
	bias   unsafe.Pointer // begin with these; nil: add to what stands in c
	c      unsafe.Pointer
	ldc    uintptr // bytes between rows of c
	act    *Activation
	finish uintptr // 1: this is the last stretch, apply act
	width  uintptr // bytes of a row of the panel
	mask   uintptr // AVX-512: lanes of the panel's last vector that are stored
}

// Multiply computes c = act(source * m + bias) for rows rows. Row i of the result begins at
// c[i*stride] and Padded values are written there, so stride must be at least that.
func (m *Matrix) Multiply(c []float32, stride int, src *Source, rows int, act *Activation) {
	if rows == 0 {
		return
	}
	m.check(c, stride, src, rows)
	total := src.Depth * len(src.Offsets)
	block := max(24, blockBytes/4/total/24*24) // 24: a whole number of tiles of any height
	if src.Stride < src.Depth {
		block = rows // the rows overlap, so they take less room than it seems
	}
	for from := 0; from < rows; from += block {
		n := min(block, rows-from)
		m.block(c[from*stride:], stride, src, from, n, act)
	}
}

func (m *Matrix) check(c []float32, stride int, src *Source, rows int) {
	if stride < m.padded || len(c) < (rows-1)*stride+m.padded {
		panic("kernel: the result has no room")
	}
	if len(src.Offsets) == 0 || len(src.Rows) != len(src.Offsets) || src.Depth < 1 {
		panic("kernel: no stretch to multiply")
	}
	for i, o := range src.Offsets {
		if o < 0 || (rows-1)*src.Stride+o+src.Depth > len(src.Data) {
			panic("kernel: the rows end too early")
		}
		if src.Rows[i] < 0 || src.Rows[i]+src.Depth > m.Depth {
			panic("kernel: the matrix has fewer rows")
		}
	}
}

func (m *Matrix) block(c []float32, stride int, src *Source, from, rows int, act *Activation) {
	q := call{lda: uintptr(src.Stride) * 4, m: uintptr(rows), ldc: uintptr(stride) * 4, act: act}
	panel, column := 0, 0
	for _, width := range m.widths {
		chunk := max(16, panelBytes/4/width)
		begun := false
		q.width = uintptr(width) * 4
		q.mask = 0xffff
		if width%lanes != 0 {
			q.mask = 0x00ff
		}
		for s, offset := range src.Offsets {
			for k := 0; k < src.Depth; k += chunk {
				depth := min(chunk, src.Depth-k)
				// A short rest costs more than a panel slightly too long.
				if rest := src.Depth - k - depth; rest > 0 && rest < chunk/4 {
					depth = src.Depth - k
				}
				q.a = unsafe.Pointer(&src.Data[from*src.Stride+offset+k])
				q.b = unsafe.Pointer(&m.data[panel+(src.Rows[s]+k)*width])
				q.c = unsafe.Pointer(&c[column])
				q.k = uintptr(depth)
				q.bias = nil
				if !begun {
					q.bias = unsafe.Pointer(&m.bias[column])
					begun = true
				}
				q.finish = 0
				if s == len(src.Offsets)-1 && k+depth == src.Depth {
					q.finish = 1
				}
				product(&q, width)
				if depth > chunk {
					break
				}
			}
		}
		panel += m.Depth * width
		column += width
	}
}
