package legibility

import (
	"math/rand/v2"
	"time"

	"dossier/fixtures"
	"dossier/fixtures/invent"
)

// A drawing is a document to be drawn: what it is, and how its picture was taken.
type drawing struct {
	paper string // licence, licence-2019, code, form, proposal, incorporation, business-card, holder
	seed  uint64
	shot  fixtures.Shot
}

// papers lists what can be drawn.
var papers = []string{"licence", "licence-2019", "code", "form", "proposal", "incorporation", "business-card", "holder"}

// draw draws it: the same drawing gives the same bytes.
func (d drawing) draw() ([]byte, fixtures.Truth) {
	day := time.Date(2014, 9, 3, 10, 0, 0, 0, time.UTC)
	rnd := rand.New(rand.NewPCG(d.seed, 1))
	company, foreign := invent.NewCompany(rnd, day), invent.NewForeignCompany(rnd, day)
	shot := d.shot
	shot.Taken = day
	sheet := func(w, h float64, paper fixtures.Paper) fixtures.Picture { return shot.Sheet(rnd, w, h, paper) }
	var p fixtures.Picture
	switch d.paper {
	case "licence":
		p = sheet(210, 297, func(ppm float64) *fixtures.Sheet {
			return fixtures.OldLicence(rnd, company, company.Founded, ppm, fixtures.LicenceOptions{})
		})
	case "licence-2019":
		p = sheet(297, 210, func(ppm float64) *fixtures.Sheet {
			return fixtures.NewLicence(rnd, company, day.AddDate(5, 0, 0), ppm, fixtures.LicenceOptions{})
		})
	case "code":
		p = sheet(210, 148, func(ppm float64) *fixtures.Sheet {
			return fixtures.OrganizationCodeCertificate(rnd, company, day.AddDate(-2, 0, 0), ppm)
		})
	case "form":
		p = sheet(210, 297, func(ppm float64) *fixtures.Sheet {
			return fixtures.Form(rnd, company, day, ppm, fixtures.FormOptions{})
		})
	case "proposal":
		p = sheet(210, 297, func(ppm float64) *fixtures.Sheet { return fixtures.Proposal(rnd, foreign, day, ppm) })
	case "incorporation":
		p = sheet(210, 297, func(ppm float64) *fixtures.Sheet { return fixtures.Incorporation(rnd, foreign, ppm) })
	case "business-card":
		if shot.Device == fixtures.Scanner {
			shot.Detail.DPI *= 1.5 // a card is small
		}
		p = sheet(90, 54, func(ppm float64) *fixtures.Sheet { return fixtures.BusinessCard(rnd, foreign, ppm) })
	case "holder":
		w, h := shot.Detail.LongSide, shot.Detail.LongSide*3/4
		p = shot.Scene(rnd, fixtures.Holder(rnd, company.Operator, w, h, fixtures.HolderOptions{}))
	default:
		panic("no paper is named " + d.paper)
	}
	return shot.JPEG(rnd, p), p.Truth
}
