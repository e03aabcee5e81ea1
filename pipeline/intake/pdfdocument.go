package intake

import (
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// A document is an opened PDF: its objects, and its pages in order.
type document struct {
	file   *model.Context
	size   int64 // of the file, in bytes
	leaves []leaf
}

// A leaf is one page with what it inherits from the tree above it.
type leaf struct {
	page      types.Dict
	resources types.Object
	rotate    int // 0, 90, 180, 270
}

// maxTree is how deep the tree of pages may be and maxNodes how many nodes it may have. Writers
// make trees two or three deep with ten or more children a node.
const (
	maxTree  = 32
	maxNodes = 20_000
)

// findPages walks the tree of pages and keeps the first limit leaves; more says that there are
// others. The tree's own counts are not believed and each node is entered once.
func (d *document) findPages(limit int) (more bool, err error) {
	catalog, err := d.file.Catalog()
	if err != nil {
		return false, err
	}
	visited := map[int]bool{}
	nodes := 0
	var walk func(o types.Object, above leaf, depth int) error
	walk = func(o types.Object, above leaf, depth int) error {
		if ref, ok := o.(types.IndirectRef); ok {
			if n := ref.ObjectNumber.Value(); visited[n] {
				return nil
			} else {
				visited[n] = true
			}
		}
		if nodes++; nodes > maxNodes || depth > maxTree {
			return errGuard
		}
		node, err := d.file.DereferenceDict(o)
		if err != nil || node == nil {
			return nil // one bad branch does not spoil the others
		}
		here := above
		if r, ok := node.Find("Resources"); ok {
			here.resources = r
		}
		if r, ok := node.Find("Rotate"); ok {
			if turn, err := d.file.DereferenceInteger(r); err == nil && turn != nil {
				here.rotate = ((turn.Value()%360 + 360) % 360) / 90 * 90
			}
		}
		kids, isTree := node.Find("Kids")
		if !isTree {
			if len(d.leaves) >= limit {
				more = true
				return errEnough
			}
			here.page = node
			d.leaves = append(d.leaves, here)
			return nil
		}
		list, err := d.file.DereferenceArray(kids)
		if err != nil {
			return nil
		}
		for _, kid := range list {
			if err := walk(kid, here, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	root, ok := catalog.Find("Pages")
	if !ok {
		return false, errors.New("no tree of pages")
	}
	if err := walk(root, leaf{}, 0); err != nil && !errors.Is(err, errEnough) {
		return more, err
	}
	return more, nil
}

var errEnough = errors.New("enough pages")

// A candidate is a picture that a page shows.
type candidate struct {
	stream        *types.StreamDict
	width, height int
	stencil       bool    // a 1-bit mask through which a colour is painted
	shown         float64 // area on the page, in square points; 0 if unknown
	orientation   int     // as it is shown, 1..8
}

func (c candidate) pixels() int64 { return int64(c.width) * int64(c.height) }

// minScan is how many pixels a picture must have to be taken for a scan of its page: 100,000
// are A4 at 40 dpi, where no text can be read. What is smaller is a logo on a page of text.
const minScan = 100_000

// picture takes the picture of one page.
func (d *document) picture(l leaf, number int, limits PDFLimits) (*Page, *problem) {
	found := d.candidates(l)
	var best candidate
	var all int64
	for _, c := range found {
		all += c.pixels()
		if better(c, best) {
			best = c
		}
	}
	// Small pictures that tile the page are a scan in pieces; one small picture is not.
	if best.pixels() < minScan && all < 5*minScan {
		return nil, problemf("no scanned picture on %%s; ask for a scan or a photograph", "%%s没有扫描图片；请让客户提供扫描件或照片")
	}
	page, trouble := d.encode(best, limits)
	if page == nil {
		return nil, trouble
	}
	page.Number = number
	// A logo or a stamp of the scanner's software beside the scan is not worth a word; 5 % of
	// the pixels is a logo of 2 x 3 inches on A4.
	if rest := all - best.pixels(); rest > all/20 {
		return page, problemf("several pictures on %%s, of which only the largest was taken; compare it with the PDF, or ask for a plain scan",
			"%%s由多幅图片拼成，只取了最大的一幅；请与 PDF 核对，或让客户重新扫描")
	}
	switch page.Orientation {
	case 1:
		return page, nil
	case 3, 6, 8:
		return page, problemf("the picture of %%s is kept as it was stored, which is turned against how the PDF shows it; turn it before submitting",
			"%%s的图片按存储时的方向保留，与 PDF 显示的方向不同；请在提交前转正")
	default:
		return page, problemf("the picture of %%s is kept as it was stored, which is mirrored against how the PDF shows it; mirror it back before submitting",
			"%%s的图片按存储时的样子保留，与 PDF 显示的左右相反；请在提交前翻转")
	}
}

// better prefers pictures to stencils, then what covers more of the page, then more pixels. Two
// layers of one scan cover the same to within a rounding.
func better(a, b candidate) bool {
	if b.stream == nil || a.stencil != b.stencil {
		return b.stream == nil || !a.stencil
	}
	if larger := max(a.shown, b.shown); math.Abs(a.shown-b.shown) > larger/50 {
		return a.shown > b.shown
	}
	return a.pixels() > b.pixels()
}

// maxForms is how deep drawings within drawings are followed, and maxXObjects how many
// drawings and pictures of a page are looked at. Scanners use one level, a page in tiles some
// dozens of pictures.
const (
	maxForms    = 4
	maxXObjects = 2_000
)

// candidates lists the pictures the page shows, each once.
func (d *document) candidates(l leaf) []candidate {
	var found []candidate
	visited := map[int]bool{}
	looked := 0
	var collect func(resources types.Object, content []byte, m matrix, level int)
	collect = func(resources types.Object, content []byte, m matrix, level int) {
		res, err := d.file.DereferenceDict(resources)
		if err != nil || res == nil {
			return
		}
		xo, _ := res.Find("XObject")
		objects, err := d.file.DereferenceDict(xo)
		if err != nil || objects == nil {
			return
		}
		// Some scanners give all pages one list of all pictures; what a page shows is what its
		// content draws. A content that cannot be read rules nothing out.
		shown := drawings(content, m)
		if content == nil {
			for _, name := range slices.Sorted(maps.Keys(objects)) {
				shown = append(shown, drawing{name, matrix{}})
			}
		}
		for _, use := range shown {
			if looked++; looked > maxXObjects {
				return
			}
			object, ok := objects[use.name]
			if !ok {
				// "/Im#31" is another spelling of "/Im1" (7.3.5).
				plain, err := types.DecodeName(use.name)
				if err != nil {
					continue
				}
				if object, ok = objects[plain]; !ok {
					continue
				}
			}
			if ref, ok := object.(types.IndirectRef); ok {
				if n := ref.ObjectNumber.Value(); visited[n] {
					continue
				} else {
					visited[n] = true
				}
			}
			stream, _, err := d.file.DereferenceStreamDict(object)
			if err != nil || stream == nil {
				continue
			}
			subtype := stream.Subtype()
			switch {
			case subtype != nil && *subtype == "Image":
				c := candidate{
					stream: stream, width: d.integer(stream.Dict, "Width"), height: d.integer(stream.Dict, "Height"),
					shown: use.m.area(), orientation: orientation(use.m, l.rotate),
				}
				if b := stream.BooleanEntry("ImageMask"); b != nil {
					c.stencil = *b
				}
				// Sides beyond this are no picture and their product would not be a number.
				if c.width > 0 && c.height > 0 && c.width < 1<<20 && c.height < 1<<20 {
					found = append(found, c)
				}
			case subtype != nil && *subtype == "Form" && level < maxForms:
				inner, ok := stream.Find("Resources")
				if !ok {
					inner = resources
				}
				collect(inner, d.decoded(stream), d.matrix(stream.Dict).then(use.m), level+1)
			}
		}
	}
	collect(l.resources, d.content(l.page), identity, 0)
	return found
}

// matrix returns a form's own matrix.
func (d *document) matrix(dict types.Dict) matrix {
	list, err := d.file.DereferenceArray(dict["Matrix"])
	if err != nil || len(list) != 6 {
		return identity
	}
	var m matrix
	for i, o := range list {
		if m[i], err = d.file.DereferenceNumber(o); err != nil {
			return identity
		}
	}
	return m
}

// maxContent is how much of a page's drawing instructions is read. A scan's are 50 bytes; with
// an invisible layer of recognised text some 100 kB.
const maxContent = 4 << 20

// content returns the page's drawing instructions, or nil if they cannot be read.
func (d *document) content(page types.Dict) []byte {
	o, ok := page.Find("Contents")
	if !ok {
		return []byte{}
	}
	o, err := d.file.Dereference(o)
	if err != nil || o == nil {
		return nil
	}
	if stream, ok := o.(types.StreamDict); ok {
		return d.decoded(&stream)
	}
	list, ok := o.(types.Array)
	if !ok {
		return nil
	}
	out := []byte{}
	for _, part := range list {
		stream, _, err := d.file.DereferenceStreamDict(part)
		if err != nil || stream == nil {
			return nil
		}
		text := d.decoded(stream)
		if text == nil || len(out)+len(text) > maxContent {
			return nil
		}
		// Parts are joined by white space (7.8.2).
		out = append(append(out, text...), '\n')
	}
	return out
}

// decoded returns a stream's bytes after its filters, or nil.
func (d *document) decoded(s *types.StreamDict) []byte {
	c := *s
	if len(c.FilterPipeline) > maxFilters || c.DecodeWithLimit(maxContent) != nil {
		return nil
	}
	if c.Content == nil {
		return []byte{}
	}
	return c.Content
}

// maxFilters is how many codings may be laid over one another; two is the most that writers do.
const maxFilters = 4

// integer returns a whole number of a dictionary, 0 if there is none.
func (d *document) integer(dict types.Dict, key string) int {
	o, ok := dict.Find(key)
	if !ok {
		return 0
	}
	i, err := d.file.DereferenceInteger(o)
	if err != nil || i == nil {
		return 0
	}
	return i.Value()
}
