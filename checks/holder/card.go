package holder

import (
	"context"
	_ "embed"
	"math"
	"strconv"

	"dossier/checks"
	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/paper"
	"dossier/checks/picture/raster"
	"dossier/checks/picture/reading"
)

//go:embed card.md
var cardDoc string

const (
	limitPitch   = "least_character"
	limitCut     = "cut_off"
	limitVisible = "least_contrast"
)

// Card looks whether the ID card is in the picture, whole, with its face, and large enough to be read.
var Card = &checks.Check{
	ID:      "holder/card",
	Version: 1,
	Title:   checks.Text{En: "the ID card is whole and large enough", Zh: "身份证完整且足够大"},
	Doc:     cardDoc,
	Kinds:   []checks.Kind{checks.HolderPhoto},
	Limits: []checks.Limit{
		{Name: limitPitch, Default: 9, Unit: "px", Reason: "from one digit of the number to the next: of drawn cards with 9 px or more the name was read on 50 of 53, with 6 to 9 px on 10 of 30, and nothing below 6"},
		{Name: limitCut, Default: 4, Unit: "mm", Reason: "of the card beyond the picture's edge: print begins 5 mm from the card's edge, and its corners are found to 2 mm"},
		{Name: limitVisible, Default: 0.45, Reason: "brightness of the card's ground, of 1: on a darker card a face is not found although it is there"},
	},
	Choices: []checks.Choice{
		reading.Choice("the card is found by what is read on it; \"off\" leaves it out"),
	},
	Codes: []checks.Code{
		{Code: "no_card", Title: checks.Text{En: "no ID card can be made out", Zh: "未见身份证"}},
		{Code: "card_without_face", Title: checks.Text{En: "no face can be seen on the card", Zh: "证件上未见人像"}},
		{Code: "card_too_small", Title: checks.Text{En: "the card is too small to be read", Zh: "证件过小，无法辨认"}},
		{Code: "picture_of_picture", Title: checks.Text{En: "a picture of a picture", Zh: "翻拍的图片"}},
		{Code: "card_cut_off", Title: checks.Text{En: "the card runs out of the picture", Zh: "证件超出画面"}},
	},
	Effort: effort,
	Run:    runCard,
}

func runCard(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	scene, err := sceneOf(ctx, s, settings)
	if err != nil {
		return checks.Observation{}, err
	}
	reduced, err := raster.Reduced.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	found := lookAtCard(scene, reduced, settings)
	sheet, err := paper.Of.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if f, ok := onPaper(scene, sheet); ok {
		found = append(found, f)
	}
	return checks.Observation{Findings: found}, nil
}

func lookAtCard(scene *heldcard.Scene, reduced *raster.Raster, settings checks.Settings) (found []checks.Finding) {
	card := scene.Card
	switch {
	case card == nil:
		return []checks.Finding{noCard()}
	case card.By == heldcard.ByBack:
		return []checks.Finding{wrongSide(card, scene)}
	}
	small := card.PixelsPerMM*heldcard.Pitch < settings.Number(limitPitch)
	if small {
		found = append(found, tooSmall(card, scene, settings.Number(limitPitch)))
	}
	if f, cut := cutOff(card, scene, settings.Number(limitCut)); cut {
		found = append(found, f)
	}
	// On a card that is hardly seen, for its size or for want of light, a face that is not found says nothing.
	if card.Face != nil || small || groundOf(card, reduced).Brightness < 255*settings.Number(limitVisible) {
		return found
	}
	if card.By == heldcard.ByOutline {
		return append(found, noCardOn(card, scene))
	}
	return append(found, withoutFace(card, scene))
}

var holdIt = checks.Text{
	En: "Look at the picture. If the card is missing or cannot be made out, ask for a photo of the person holding the original card, its side with the photograph towards the camera.",
	Zh: "请查看图片。如没有证件或无法辨认，请客户手持身份证原件、有照片的一面朝向镜头重新拍摄。",
}

func noCard() checks.Finding {
	return checks.Finding{Code: "no_card", Remedy: holdIt,
		Message: checks.Text{En: "No ID card can be made out in this picture: none of its print, no face on it and no outline was found.",
			Zh: "图片中未能辨认出身份证：未发现证件文字、证件照或证件轮廓。"}}
}

// noCardOn is for something with a card's outline on which nothing of a card can be seen.
func noCardOn(c *heldcard.Card, scene *heldcard.Scene) checks.Finding {
	return checks.Finding{Code: "no_card", Remedy: holdIt, Region: regionOf(c, scene),
		Message: checks.Text{En: "Something of a card's shape is held, but no print and no face can be made out on it.",
			Zh: "图中手持物形状与证件相符，但其上未能辨认出文字和人像。"}}
}

func wrongSide(c *heldcard.Card, scene *heldcard.Scene) checks.Finding {
	return checks.Finding{Code: "card_without_face", Region: regionOf(c, scene), Remedy: holdIt,
		Message: checks.Text{En: "The card shows its side with the emblem, not the one with the photograph and the number.", Zh: "证件展示的是国徽面，而非带有照片和号码的一面。"}}
}

func withoutFace(c *heldcard.Card, scene *heldcard.Scene) checks.Finding {
	return checks.Finding{Code: "card_without_face", Region: c.Quad(heldcard.Portrait).Box(scene.Width, scene.Height),
		Message: checks.Text{En: "No face could be found where the card has its photograph.", Zh: "证件照位置未能找到人像。"},
		Remedy: checks.Text{En: "Look whether the photograph on the card is covered, blurred or under a reflection; if so, ask for another photo.",
			Zh: "请查看证件照是否被遮挡、模糊或反光；如是，请客户重新拍摄。"}}
}

func tooSmall(c *heldcard.Card, scene *heldcard.Scene, least float64) checks.Finding {
	have := c.PixelsPerMM * heldcard.Pitch
	return checks.Finding{Code: "card_too_small", Region: regionOf(c, scene), Remedy: nearerPlease,
		Message: checks.Textf("A digit of the ID number has %.1[1]f pixels; with fewer than %.0[2]f the small print of the card cannot be read.",
			"身份证号码每个数字仅 %.1[1]f 像素宽，不足 %.0[2]f 像素，证件上的小字无法辨认。", have, least),
		Measures: []checks.Measure{
			{Name: "character", Value: rounded(have), Unit: "px", Want: ">= " + number(least)},
			{Name: "card_width", Value: math.Round(c.PixelsPerMM * heldcard.CardWidth), Unit: "px", Want: ">= " + number(math.Ceil(least/heldcard.Pitch*heldcard.CardWidth))},
		}}
}

// cutOff finds how much of the card lies beyond the picture's edge.
func cutOff(c *heldcard.Card, scene *heldcard.Scene, most float64) (checks.Finding, bool) {
	beyond := 0.0
	for _, p := range c.Corners {
		beyond = max(beyond, -p.X, -p.Y, p.X-float64(scene.Width), p.Y-float64(scene.Height))
	}
	mm := beyond / c.PixelsPerMM
	// The corners of a card of which only the face was found are a guess.
	if mm <= most || c.By == heldcard.ByFace {
		return checks.Finding{}, false
	}
	return checks.Finding{Code: "card_cut_off", Region: regionOf(c, scene),
		Message:  checks.Textf("The card runs %.0[1]f mm beyond the edge of the picture.", "证件有约 %.0[1]f 毫米超出画面。", mm),
		Remedy:   checks.Text{En: "Ask for a photo that shows the whole card with its four corners.", Zh: "请重新拍摄，确保证件四角完整入镜。"},
		Measures: []checks.Measure{{Name: "beyond", Value: rounded(mm), Unit: "mm", Want: "<= " + number(most)}}}, true
}

// onPaper finds that the person and the card are themselves on a sheet or a screen: its four sides run
// around both, which those of a door behind somebody do not, as the person stands before the lower one.
func onPaper(scene *heldcard.Scene, sheet *paper.Paper) (checks.Finding, bool) {
	if sheet == nil || sheet.Whole || sheet.Cut != [4]bool{} || len(scene.People) == 0 || scene.Card == nil {
		return checks.Finding{}, false
	}
	var inside []reading.Point
	inside = append(inside, scene.Card.Corners[:]...)
	b := scene.People[0].Box
	for _, x := range []int{b.X, b.X + b.Width} {
		for _, y := range []int{b.Y, b.Y + b.Height} {
			inside = append(inside, reading.Point{X: float64(x), Y: float64(y)})
		}
	}
	var around reading.Quad
	for i, c := range sheet.Corners {
		around[i] = reading.Point{X: c.X, Y: c.Y}
	}
	for _, p := range inside {
		if !within(around, p) {
			return checks.Finding{}, false
		}
	}
	return checks.Finding{Code: "picture_of_picture", Region: around.Box(scene.Width, scene.Height),
		Message: checks.Text{En: "The person and the card are on a sheet of paper or a screen, whose edges are seen around them: this is a picture of a picture.",
			Zh: "人物和证件位于一张纸或屏幕之内，四周可见其边缘：这是一张翻拍的图片。"},
		Remedy: checks.Text{En: "Ask for the original photo as the camera saved it.", Zh: "请提供相机拍摄的原始照片，而非翻拍件。"}}, true
}

// within reports whether a point lies in a quad whose corners go clockwise.
func within(q reading.Quad, p reading.Point) bool {
	for i, a := range q {
		b := q[(i+1)%4]
		if (b.X-a.X)*(p.Y-a.Y)-(b.Y-a.Y)*(p.X-a.X) < 0 {
			return false
		}
	}
	return true
}

func regionOf(c *heldcard.Card, scene *heldcard.Scene) checks.Region {
	return c.Corners.Box(scene.Width, scene.Height)
}

func rounded(v float64) float64 { return math.Round(100*v) / 100 }

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
