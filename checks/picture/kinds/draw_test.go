package kinds

import (
	"image"
	"math/rand/v2"
	"time"

	"dossier/checks"
	"dossier/fixtures"
	"dossier/fixtures/invent"
)

// A drawing is a document to be drawn: what it is, and what is wrong with its picture.
type drawing struct {
	paper  string // of papers
	fault  string // of faults
	device fixtures.Device
	seed   uint64
}

// papers lists what can be drawn, with its kind.
var papers = []struct {
	name string
	kind checks.Kind
}{
	{"licence", checks.BusinessLicense}, {"licence-2019", checks.BusinessLicense}, {"code", checks.OrganizationCodeCertificate},
	{"form", checks.ApplicationForm}, {"holder", checks.HolderPhoto}, {"proposal", checks.Proposal},
	{"incorporation", checks.Credential}, {"business-card", checks.Credential},
}

// faults lists what can be wrong with a picture: those of a shot, and those that a file gets afterwards. A person with a
// card is not cut or held aslant.
var faults = []string{"blurred", "dark", "shadow", "cropped", "skewed", "mirrored", "small", "moving", "truncated", "far"}

// draw draws it: the same drawing gives the same bytes.
func (d drawing) draw() []byte {
	day := time.Date(2014, 9, 3, 10, 0, 0, 0, time.UTC)
	rnd := rand.New(rand.NewPCG(d.seed, 1))
	shot := fixtures.Shot{Device: d.device, Detail: fixtures.Small, Taken: day}
	switch d.fault {
	case "blurred":
		shot.Blurred = true
	case "dark":
		shot.Dark = true
	case "shadow":
		shot.Shadow = true
	case "cropped":
		shot.Cropped = true
	case "skewed":
		shot.Skewed = true
	case "mirrored":
		shot.Mirrored = true
	case "small":
		shot.Detail.LongSide, shot.Detail.DPI = 420, 36
	case "moving":
		// Of the size that messengers make of a burst.
		shot.Detail.LongSide, shot.Detail.DPI = shot.Detail.LongSide*2/5, shot.Detail.DPI*2/5
	}
	p := d.picture(rnd, shot, day)
	switch d.fault {
	case "moving": // only the first of its frames is looked at
		return fixtures.GIF(p.Image, 32)
	case "truncated":
		data := shot.JPEG(rnd, p)
		return data[:len(data)*(40+rnd.IntN(40))/100]
	case "far":
		if d.paper != "holder" {
			p.Image = onTable(p.Image)
		}
	}
	return shot.JPEG(rnd, p)
}

// picture takes the picture.
func (d drawing) picture(rnd *rand.Rand, shot fixtures.Shot, day time.Time) fixtures.Picture {
	company, foreign := invent.NewCompany(rnd, day), invent.NewForeignCompany(rnd, day)
	sheet := func(w, h float64, paper fixtures.Paper) fixtures.Picture { return shot.Sheet(rnd, w, h, paper) }
	switch d.paper {
	case "licence":
		return sheet(210, 297, func(ppm float64) *fixtures.Sheet {
			return fixtures.OldLicence(rnd, company, company.Founded, ppm, fixtures.LicenceOptions{})
		})
	case "licence-2019":
		return sheet(297, 210, func(ppm float64) *fixtures.Sheet {
			return fixtures.NewLicence(rnd, company, day.AddDate(5, 0, 0), ppm, fixtures.LicenceOptions{})
		})
	case "code":
		return sheet(210, 148, func(ppm float64) *fixtures.Sheet {
			return fixtures.OrganizationCodeCertificate(rnd, company, day.AddDate(-2, 0, 0), ppm)
		})
	case "form":
		return sheet(210, 297, func(ppm float64) *fixtures.Sheet {
			return fixtures.Form(rnd, company, day, ppm, fixtures.FormOptions{})
		})
	case "proposal":
		return sheet(210, 297, func(ppm float64) *fixtures.Sheet { return fixtures.Proposal(rnd, foreign, day, ppm) })
	case "incorporation":
		return sheet(210, 297, func(ppm float64) *fixtures.Sheet { return fixtures.Incorporation(rnd, foreign, ppm) })
	case "business-card":
		shot.Detail.DPI *= 1.5 // a card is small
		return sheet(90, 54, func(ppm float64) *fixtures.Sheet { return fixtures.BusinessCard(rnd, foreign, ppm) })
	case "holder":
		w, h := shot.Detail.LongSide, shot.Detail.LongSide*3/4
		return shot.Scene(rnd, fixtures.Holder(rnd, company.Operator, w, h, fixtures.HolderOptions{Far: d.fault == "far"}))
	}
	panic("no paper is named " + d.paper)
}

// onTable makes a picture a third of a larger one of a grey table.
func onTable(m *image.RGBA) *image.RGBA {
	const less = 3
	out := image.NewRGBA(m.Rect)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for i := range out.Pix {
		out.Pix[i] = 120
	}
	for y := range h / less {
		for x := range w / less {
			var sum [3]int
			for i := range less * less {
				p := m.Pix[(y*less+i/less)*m.Stride+4*(x*less+i%less):]
				sum[0], sum[1], sum[2] = sum[0]+int(p[0]), sum[1]+int(p[1]), sum[2]+int(p[2])
			}
			o := out.Pix[(y+h/less)*out.Stride+4*(x+w/less):]
			o[0], o[1], o[2] = uint8(sum[0]/(less*less)), uint8(sum[1]/(less*less)), uint8(sum[2]/(less*less))
		}
	}
	for i := 3; i < len(out.Pix); i += 4 {
		out.Pix[i] = 255
	}
	return out
}
