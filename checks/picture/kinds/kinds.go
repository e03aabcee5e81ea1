// Package kinds tells from a picture what document it shows.
//
// What lives here, in the order of the work: the words by which people know each paper (words.go), their search
// in the text that was read (text.go), and the weighing of what was found, with faces and the paper's
// outline, against the other kinds (kinds.go); and where that does not decide, the second looks (again.go) at the
// layout (layout.go), at a card that somebody holds (card.go) and at the text from nearer. Of is the one result that
// everybody shares. What must not: the name of the file, what the answers say of it, and what to do when they disagree.
//
// Method: each word found counts for the kinds that print it, by a weight that says how seldom others do;
// misread characters are tolerated as far as a word's length bears. The weights are judgement, measured
// on drawn documents and on receipts, invoices, portraits and photographs of all sorts.
package kinds

import (
	"context"
	"math"
	"slices"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/faces"
	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
)

// A What says of what sort the thing in the picture is.
type What string

// The sorts of thing.
const (
	Document    What = "document"       // one of the kinds a case is made of
	OtherPaper  What = "other_paper"    // a paper with text that is none of them: a receipt, an invoice
	NotDocument What = "not_a_document" // no paper and hardly any text
	Unclear     What = "unclear"        // too little can be seen to tell
)

// Layouts of business licences.
const (
	OldLayout = "old" // portrait, with a registration number: until 2014
	NewLayout = "new" // landscape, with the unified social credit code: from 2019
)

const (
	// Decides is the confidence from which on the content says what a document is, whatever its name.
	Decides = 0.5
	// Sure is the confidence from which on the content contradicts what people say.
	Sure = 0.8
)

// A Result is what a picture shows.
type Result struct {
	What       What
	Kind       checks.Kind // Unknown unless What is Document
	Layout     string      // of a business licence: OldLayout, NewLayout or empty
	Confidence float64     // 0..1: in What and Kind together
	// Evidence is what speaks for it, the heaviest first, in pixels of the upright picture; none for what is
	// known by what is missing.
	Evidence []Evidence
	// Second is the kind that most speaks for beside the first, Unknown if nothing does.
	Second checks.Kind
}

// Evidence is one thing that speaks for a kind.
type Evidence struct {
	Word   string // as it is printed on papers of the kind; empty for a face or an outline
	Region checks.Region
	Weight float64
}

// Of is what the subject's picture shows, told once. An error made by checks.Skip says that it cannot be told
// here: no picture, or no models.
var Of = checks.NewShared("kind by content", func(ctx context.Context, s *checks.Subject) (*Result, error) {
	page, err := reading.Text.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	turn, err := paper.TurnOf.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	if turn.Mirrored {
		picture, err := decode.Pictures.Of(ctx, s)
		if err != nil {
			return nil, decode.Skip(err)
		}
		if page, err = readMirrored(ctx, picture.Image); err != nil {
			return nil, err
		}
	}
	t := newText(page)
	var seen []faces.Face
	if t.letters < manyLetters { // looking for faces costs more than all else here; a card has fifty letters
		if seen, err = faces.Faces.Of(ctx, s); err != nil {
			return nil, err
		}
	}
	sheet, err := paper.Of.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	picture, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return nil, decode.Skip(err)
	}
	v := view{text: t, faces: seen, sheet: sheet, partly: !picture.Missing.Empty()}
	if t.letters < fewLetters { // else it is not asked for
		small, err := raster.Reduced.Of(ctx, s)
		if err != nil {
			return nil, err
		}
		v.clear = clarity(small)
	}
	r := judge(v)
	if r.decides() || t.letters >= manyLetters {
		return r, nil
	}
	return again(ctx, s, v, turn.Mirrored)
})

// clarity is near 0 for a picture that is blurred or dark all over or small, in which a document may be that cannot be
// seen, and near 1 for one with sharp edges and light: the steepest edges, two in a thousand, take less
// than six pixels from dark to bright, and between dark and bright lie a third of the levels. A sheet of A4 that is
// a thousand pixels high can be read, one of half that cannot.
func clarity(r *raster.Raster) float64 {
	var steps, levels [256]int
	n := 0
	for y := 0; y < r.Height; y += 2 {
		row := r.Pixels[3*y*r.Width:][:3*r.Width]
		for x := 4; x+3 <= len(row); x += 3 {
			levels[row[x]]++
			steps[max(row[x], row[x-3])-min(row[x], row[x-3])]++
			n++
		}
	}
	if n == 0 {
		return 0
	}
	span := float64(above(&levels, n/100) - above(&levels, n-n/100))
	step := float64(above(&steps, n/500))
	long := float64(r.Reduce * max(r.Width, r.Height))
	return ramp(span, 50, 100) * ramp(step/math.Max(1, span), 0.08, 0.18) * ramp(long, 500, 1000)
}

// above is the level that n of the values counted are above.
func above(count *[256]int, n int) int {
	for level := 255; level > 0; level-- {
		if n -= count[level]; n < 0 {
			return level
		}
	}
	return 0
}

// ramp rises from 0 at low to 1 at high.
func ramp(v, low, high float64) float64 { return math.Max(0, math.Min(1, (v-low)/(high-low))) }

// A view is everything by which a picture is judged.
type view struct {
	text  *text
	faces []faces.Face // looked for where there is little text
	sheet *paper.Paper
	clear float64 // 0..1, where there are few letters: how sure it is that what is in the picture could be seen; see clarity
	// partly says that a part of the picture is not in the file.
	partly bool
	// At the second look; see again.
	card     *heldcard.Card // before somebody's chest, nil if there is none
	portrait float64        // 0..1: how sure a photograph can be seen on it
	layout   layout         // where there is nobody in the picture
}

// judge weighs what speaks for each kind.
func judge(v view) *Result {
	t := v.text
	var scores []score
	for _, k := range known {
		s := t.weigh(k.words)
		s.kind = k.kind
		scores = append(scores, s)
	}
	other := t.weigh(otherWords)
	for i := range scores {
		switch l := v.layout; scores[i].kind {
		case checks.BusinessLicense:
			if l.license() {
				scores[i].layout(l, l.emblemAt)
			}
		case checks.OrganizationCodeCertificate:
			if l.code() {
				scores[i].layout(l, l.titleAt)
			}
		case checks.HolderPhoto:
			scores[i].holder(v)
		case checks.Credential:
			scores[i].businessCard(v, other.sum)
		}
	}
	slices.SortStableFunc(scores, func(a, b score) int {
		switch {
		case a.sum > b.sum:
			return -1
		case a.sum < b.sum:
			return 1
		}
		return 0
	})
	best, second := scores[0], scores[1]
	confidence := certainty(best.sum, max(second.sum, other.sum))
	if confidence >= leastDocument && best.sum >= other.sum {
		r := &Result{What: Document, Kind: best.kind, Confidence: confidence, Evidence: best.evidence(), Second: checks.Unknown}
		if second.sum >= leastSecond {
			r.Second = second.kind
		}
		if best.kind == checks.BusinessLicense {
			r.Layout = t.layout(v)
		}
		return r
	}
	return noDocument(v, best, other)
}

const (
	// enough is the weight of evidence that makes certain: a title and two labels.
	enough = 4
	// leastDocument is the certainty below which no kind is named.
	leastDocument = 0.25
	// leastSecond is the weight from which on a second kind is named.
	leastSecond = 1
	// allowed is how heavy the second kind may be, as part of the first, before the first is in doubt: papers
	// share labels.
	allowed = 0.5
)

// certainty is how sure the first is with that much speaking for the second.
func certainty(first, second float64) float64 {
	if first <= 0 {
		return 0
	}
	return math.Min(1, first/enough) * (1 - 2*math.Max(0, math.Min(1, second/first)-allowed))
}

// noDocument says what a picture shows that is none of the kinds.
func noDocument(v view, best, other score) *Result {
	t := v.text
	r := &Result{Kind: checks.Unknown, Second: checks.Unknown}
	if best.sum >= leastSecond {
		r.Second = best.kind
	}
	switch {
	case other.sum > best.sum && other.sum >= 2:
		r.What, r.Confidence, r.Evidence = OtherPaper, certainty(other.sum, best.sum), other.evidence()
	case t.letters >= manyLetters:
		// A certificate of a land whose words are not known here looks the same, so that this never decides.
		r.What, r.Confidence = OtherPaper, 0.9*Decides
	case t.letters < fewLetters && t.shown < manyLines && v.sheet == nil && best.sum < leastSecond:
		r.What, r.Confidence = NotDocument, 0.9*v.clear
		if len(v.faces) > 0 {
			r.Confidence = 0.9 * Decides * v.clear // a card in the person's hands may be what cannot be read
		}
	default:
		r.What = Unclear
	}
	return r
}

const (
	// manyLetters are a page of text, fewLetters what signs and shirts in a photograph have; counted in lines
	// that were read surely.
	manyLetters = 120
	fewLetters  = 40
	// manyLines of print, read or not, are a page's.
	manyLines = 12
)

// Weights of what is no word.
const (
	faceWeight    = 1.0 // a face on a picture that shows a card's words
	outlineWeight = 1.0 // an outline with the proportions of a card
	numberWeight  = 1.2 // a valid ID number
	contactWeight = 1.2 // an email address, and a phone number

	likeNumberWeight  = 0.6 // eighteen digits in a row that are no valid number
	likeContactWeight = 0.6 // what looks like a phone number, or like an address, misread
	firmWeight        = 0.4 // a line that ends as names of companies do
	heldWeight        = 1.4 // a card with a face on it before somebody's chest
	portraitWeight    = 1.1 // one with a photograph on it that is too blurred for a face
	outlineHeldWeight = 0.6 // something of its outline

	// What is seen of a layout, all of it or nothing; it decides alone, and is never sure: other permits of the
	// state have an emblem, a chop and a border as well.
	headWeight   = 1.0
	chopWeight   = 0.6
	borderWeight = 0.6
)

// holder adds to what speaks for a person with a card, and takes away what does not.
func (s *score) holder(v view) {
	t := v.text
	switch {
	case t.id.Word != "":
		t.id.Weight = numberWeight
		s.add(t.id)
	case t.likeID.Word != "":
		t.likeID.Weight = likeNumberWeight
		s.add(t.likeID)
	}
	s.held(v)
	if s.sum < leastSecond {
		s.sum = 0 // a person alone, or 姓名 on some form
		return
	}
	if len(v.faces) > 0 {
		s.add(Evidence{Region: v.faces[0].Box, Weight: faceWeight})
	}
	// A card has ten lines; a form that asks for the same has thirty.
	if t.lines > 24 {
		s.sum /= 2
	}
}

// layout adds what makes a layout: the emblem or the title, the chop, and the border.
func (s *score) layout(l layout, head checks.Region) {
	s.add(Evidence{Region: head, Weight: headWeight})
	s.add(Evidence{Region: l.chopAt, Weight: chopWeight})
	s.add(Evidence{Region: l.sheet, Weight: borderWeight})
}

// held adds the card that somebody holds, as far as it can be seen.
func (s *score) held(v view) {
	if v.card == nil || v.card.By == heldcard.ByBack {
		return
	}
	e := Evidence{Region: v.card.Corners.Box(v.text.page.Width, v.text.page.Height)}
	switch {
	case v.card.Face != nil:
		e.Weight = heldWeight
	case v.card.By == heldcard.ByOutline:
		e.Weight = outlineHeldWeight + (portraitWeight-outlineHeldWeight)*v.portrait
	default:
		e.Weight = outlineHeldWeight
	}
	s.add(e)
}

// businessCard adds to what speaks for a business card: a few lines with a way to reach somebody, on a paper of
// a card's proportions.
func (s *score) businessCard(v view, other float64) {
	t := v.text
	if t.lines > 16 || other >= 1 {
		return
	}
	whole := t.email.Word != "" || t.phone.Word != ""
	outline := v.sheet != nil && !v.sheet.Whole && isCard(v.sheet.Corners, v.partly)
	if !whole && !(outline && (t.likeEmail.Word != "" || t.likePhone.Word != "")) {
		return
	}
	s.either(t.email, contactWeight, t.likeEmail, likeContactWeight)
	s.either(t.phone, contactWeight, t.likePhone, likeContactWeight)
	if outline {
		s.add(Evidence{Region: t.region(v.sheet), Weight: outlineWeight})
		s.either(t.firm, firmWeight, Evidence{}, 0)
	}
}

// either adds the first of two things that was found.
func (s *score) either(a Evidence, weight float64, b Evidence, less float64) {
	switch {
	case a.Word != "":
		a.Weight = weight
		s.add(a)
	case b.Word != "":
		b.Weight = less
		s.add(b)
	}
}

// isCard reports whether the proportions are those of cards: 85 x 54 to 90 x 50 mm, seen at an angle. What can be seen
// of a card of which the file holds only a part is wider.
func isCard(q paper.Quad, partly bool) bool {
	w, h := (q.Side(paper.Top)+q.Side(paper.Bottom))/2, (q.Side(paper.Left)+q.Side(paper.Right))/2
	if partly {
		return w > leastCard*h
	}
	ratio := max(w, h) / min(w, h)
	return ratio > leastCard && ratio < mostCard
}

const (
	leastCard = 1.48
	mostCard  = 1.9
)
