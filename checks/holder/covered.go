package holder

import (
	"context"
	_ "embed"
	"math"
	"slices"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
	"dossier/checks/picture/statistics"
)

//go:embed covered.md
var coveredDoc string

const (
	limitTint   = "tint"
	limitDark   = "dark"
	limitLength = "least_length"
)

// Covered looks whether something lies over the print of the card.
var Covered = &checks.Check{
	ID:      "holder/covered",
	Version: 1,
	Title:   checks.Text{En: "nothing covers the print on the card", Zh: "证件文字未被遮挡"},
	Doc:     coveredDoc,
	Kinds:   []checks.Kind{checks.HolderPhoto},
	Limits: []checks.Limit{
		{Name: limitTint, Default: 0.045, Reason: "share of red or blue by which what lies there differs from the card's own ground: of uncovered places on 55 drawn cards 0.024 at most, of covered ones 0.071 at least"},
		{Name: limitDark, Default: 0.5, Reason: "brightness in parts of the card's own: a shadow on the card leaves more, print less than half of the place"},
		{Name: limitLength, Default: 2, Unit: "mm", Reason: "a digit of the number is 2 mm wide: what covers less hides none"},
	},
	Choices: []checks.Choice{
		reading.Choice("where the print stands is known from what is read on the card; \"off\" leaves it out"),
	},
	Codes: []checks.Code{
		{Code: "number_covered", Title: checks.Text{En: "something covers the ID number", Zh: "身份证号码被遮挡"}},
		{Code: "text_covered", Title: checks.Text{En: "something covers other print on the card", Zh: "证件上的其他文字被遮挡"}},
	},
	Effort: effort,
	Run:    runCovered,
}

// printed lists the lines of the card that must be seen.
var printed = []struct {
	heldcard.Place
	title checks.Text
}{
	{heldcard.Number, checks.Text{En: "ID number", Zh: "公民身份号码"}},
	{heldcard.Name, checks.Text{En: "name", Zh: "姓名"}},
	{heldcard.Sex, checks.Text{En: "sex", Zh: "性别"}},
	{heldcard.Ethnicity, checks.Text{En: "ethnicity", Zh: "民族"}},
	{heldcard.Birth, checks.Text{En: "date of birth", Zh: "出生日期"}},
	{heldcard.Address, checks.Text{En: "address", Zh: "住址"}},
	{heldcard.AddressSecond, checks.Text{En: "address", Zh: "住址"}},
}

// leastSeen is how many of a card's labels and ends of its number must have been read for its lines to be
// known to a millimetre.
const leastSeen = 4

func runCovered(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	scene, err := sceneOf(ctx, s, settings)
	if err != nil {
		return checks.Observation{}, err
	}
	card := scene.Card
	if card == nil || card.By != heldcard.ByText || card.Seen < leastSeen {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "too little of the card could be read to know where its lines are", Zh: "证件上可读出的内容太少，无法确定各行文字的位置"})
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if gray(reduced, card) {
		return checks.Observation{}, checks.Skip(checks.Text{En: "the picture has no colour, and skin is not told from the card without", Zh: "图片没有颜色，无法区分手指与证件"})
	}
	return checks.Observation{Findings: lookForCovers(scene, reduced, settings)}, nil
}

// A cover is what lies over a line of the card.
type cover struct {
	place heldcard.Place // the part of the line that is covered
	title checks.Text
	tint  float64 // by how much its colour differs
}

func lookForCovers(scene *heldcard.Scene, reduced *raster.Raster, settings checks.Settings) (found []checks.Finding) {
	ground := groundOf(scene.Card, reduced)
	var others []cover
	for _, p := range printed {
		c, ok := coverOf(scene.Card, reduced, ground, p.Place, settings)
		if !ok {
			continue
		}
		c.title = p.title
		if p.Name == heldcard.Number.Name {
			found = append(found, numberCovered(c, scene, settings))
		} else {
			others = append(others, c)
		}
	}
	if len(others) > 0 {
		found = append(found, textCovered(others, scene, settings))
	}
	return found
}

// piece is how far apart the pieces of a line are that are looked at, and half as wide as one.
const piece = 1.0

// coverOf finds the longest part of a line that is covered.
func coverOf(card *heldcard.Card, reduced *raster.Raster, ground heldcard.Ground, line heldcard.Place, settings checks.Settings) (best cover, ok bool) {
	var c cover
	for x := line.X0; x+2*piece <= line.X1; x += piece {
		g := card.GroundOf(reduced, heldcard.Place{X0: x, Y0: line.Y0, X1: x + 2*piece, Y1: line.Y1})
		tint := max(math.Abs(g.Red-ground.Red), math.Abs(g.Blue-ground.Blue))
		// What lies outside the picture is cut off, not covered.
		if g.Inside < 0.9 || tint < settings.Number(limitTint) && g.Brightness > settings.Number(limitDark)*ground.Brightness {
			c = cover{}
			continue
		}
		if c.place.X1 == 0 {
			c.place = heldcard.Place{Name: line.Name, X0: x, Y0: line.Y0, Y1: line.Y1}
		}
		c.place.X1, c.tint = x+2*piece, max(c.tint, tint)
		if c.place.X1-c.place.X0 > best.place.X1-best.place.X0 {
			best = c
		}
	}
	return best, best.place.X1-best.place.X0 >= settings.Number(limitLength)
}

// groundOf is the colour of the card itself: the median over the left half of it, where its lines are.
func groundOf(card *heldcard.Card, reduced *raster.Raster) heldcard.Ground {
	const step = 4
	var red, blue, bright []float64
	for y := 4.0; y < 44; y += step {
		for x := 5.0; x < 52; x += step {
			if g := card.GroundOf(reduced, heldcard.Place{X0: x, Y0: y, X1: x + step, Y1: y + step}); g.Inside > 0.5 {
				red, blue, bright = append(red, g.Red), append(blue, g.Blue), append(bright, g.Brightness)
			}
		}
	}
	return heldcard.Ground{Red: statistics.Median(red), Blue: statistics.Median(blue), Brightness: statistics.Median(bright)}
}

// gray reports whether the card and what is around it have no colour at all.
func gray(reduced *raster.Raster, card *heldcard.Card) bool {
	const third = 1.0 / 3
	for y := -30.0; y < heldcard.CardHeight+30; y += 6 {
		for x := -30.0; x < heldcard.CardWidth+30; x += 6 {
			g := card.GroundOf(reduced, heldcard.Place{X0: x, Y0: y, X1: x + 3, Y1: y + 3})
			// A tenth of what skin has.
			if g.Inside > 0.5 && math.Abs(g.Red-third) > 0.01 {
				return false
			}
		}
	}
	return true
}

var uncover = checks.Text{
	En: "Ask for another photo with the fingers at the edge of the card, off all of its print.",
	Zh: "请重新拍摄，手指只拿住证件边缘，不要遮挡任何文字。",
}

func (c cover) length() float64 { return c.place.X1 - c.place.X0 }

func (c cover) measures(settings checks.Settings) []checks.Measure {
	return []checks.Measure{
		{Name: "covered", Value: rounded(c.length()), Unit: "mm", Want: "< " + number(settings.Number(limitLength))},
		{Name: "tint", Value: math.Round(1000*c.tint) / 1000, Want: "< " + number(settings.Number(limitTint))},
	}
}

func (c cover) region(scene *heldcard.Scene) checks.Region {
	return scene.Card.Quad(c.place).Box(scene.Width, scene.Height)
}

func numberCovered(c cover, scene *heldcard.Scene, settings checks.Settings) checks.Finding {
	digits := int(math.Ceil(c.length() / heldcard.Pitch))
	return checks.Finding{Code: "number_covered", Region: c.region(scene), Remedy: uncover, Measures: c.measures(settings),
		Message: checks.Textf("Something, most likely a finger, lies over about %[1]d of the 18 digits of the ID number.",
			"身份证号码约有 %[1]d 位（共 18 位）被遮挡，很可能是手指。", digits)}
}

func textCovered(list []cover, scene *heldcard.Scene, settings checks.Settings) checks.Finding {
	var en, zh []string
	region, widest := checks.Region{}, list[0]
	for _, c := range list {
		if !slices.Contains(en, c.title.En) {
			en, zh = append(en, c.title.En), append(zh, c.title.Zh)
		}
		region = both(region, c.region(scene))
		if c.length() > widest.length() {
			widest = c
		}
	}
	return checks.Finding{Code: "text_covered", Region: region, Remedy: uncover, Measures: widest.measures(settings),
		Message: checks.Textf("Something, most likely a finger, lies over print on the card: %[1]s.", "证件上有文字被遮挡（%[2]s），很可能是手指。",
			strings.Join(en, ", "), strings.Join(zh, "、"))}
}

func both(a, b checks.Region) checks.Region {
	if a.IsZero() {
		return b
	}
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return checks.Region{X: x, Y: y, Width: max(a.X+a.Width, b.X+b.Width) - x, Height: max(a.Y+a.Height, b.Y+b.Height) - y}
}
