package holder

import (
	"context"
	_ "embed"
	"image"
	"math"

	"dossier/checks"
	"dossier/checks/picture/decode"
	"dossier/checks/picture/facecover"
	"dossier/checks/picture/faces"
	"dossier/checks/picture/heldcard"
	"dossier/checks/picture/reading"
)

//go:embed face.md
var faceDoc string

const (
	limitFaceWidth = "least_face_width"
	limitOther     = "other_face"
	limitSkin      = "least_skin"
	limitEyes      = "dark_eyes"
)

// Face looks whether the photograph shows one person whose face is large enough to be compared, and free.
var Face = &checks.Check{
	ID:      "holder/face",
	Version: 2,
	Title:   checks.Text{En: "the holder's face is shown", Zh: "可见持证人面部"},
	Doc:     faceDoc,
	Kinds:   []checks.Kind{checks.HolderPhoto},
	Limits: []checks.Limit{
		{Name: limitFaceWidth, Default: 80, Unit: "px", Reason: "a face has about half its width between the eyes; a passport photograph has 90 px there (ISO/IEC 19794-5), and with less than half of that two faces can hardly be told apart"},
		{Name: limitOther, Default: 0.4, Reason: "height of a second face as a part of the holder's: what is smaller is somebody in the background or a picture on the wall"},
		{Name: limitSkin, Default: 0.4, Reason: "share of nose, mouth and cheeks that is as red as the skin above: of 22 real faces 0.58 at least, of 14 drawn beards 0.78; under 42 drawn masks 0.39 at most"},
		{Name: limitEyes, Default: 0.9, Reason: "share of a lens's place, on the side that has less, which is darker than 0.45 of the skin: of 22 real faces 0.79 at most but for one, made up, with 0.92; under 14 drawn dark glasses 0.92 at least"},
	},
	Choices: []checks.Choice{
		reading.Choice("the face on the card is told from the holder's by where the card lies, which is read; \"off\" leaves it out"),
	},
	Codes: []checks.Code{
		{Code: "no_face", Title: checks.Text{En: "no face but the card's can be seen", Zh: "除证件照外未见人脸"}},
		{Code: "face_too_small", Title: checks.Text{En: "the holder's face is very small", Zh: "持证人面部过小"}},
		{Code: "several_people", Title: checks.Text{En: "several people are in the picture", Zh: "图片中有多人"}},
		{Code: "mask", Title: checks.Text{En: "something covers mouth and nose", Zh: "口鼻被遮挡"}},
		{Code: "sunglasses", Title: checks.Text{En: "dark glasses cover the eyes", Zh: "佩戴墨镜"}},
	},
	Effort: effort,
	Run:    runFace,
}

// effort leaves time for reading, which the first check that asks for the scene has to wait for; see
// legibility/text.
const effort = 4

// sceneOf returns the scene, or the reason why there is none.
func sceneOf(ctx context.Context, s *checks.Subject, settings checks.Settings) (*heldcard.Scene, error) {
	if err := reading.On(settings); err != nil {
		return nil, err
	}
	if err := s.OnePage(); err != nil {
		return nil, err
	}
	return heldcard.Of.Of(ctx, s)
}

func runFace(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	scene, err := sceneOf(ctx, s, settings)
	if err != nil {
		return checks.Observation{}, err
	}
	p, err := decode.Pictures.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, decode.Skip(err)
	}
	found := lookAtFaces(scene, settings.Number(limitFaceWidth), settings.Number(limitOther))
	if len(scene.People) == 0 {
		covered, err := hardlySeen(ctx, p.Image, scene, settings)
		if len(covered) > 0 {
			found = covered
		}
		return checks.Observation{Findings: found}, err
	}
	if sideways(scene.Card) {
		if len(found) > 0 {
			return checks.Observation{Findings: found}, nil
		}
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "a face is shown, but the picture lies on its side, and what covers a face is looked for on upright ones", Zh: "可见面部，但图片方向不正，无法判断是否有遮挡"})
	}
	cover, ok := facecover.Measure(p.Image, scene.People[0].Box, onCard(scene.Card))
	if ok {
		found = append(found, lookAtCover(cover, settings)...)
	}
	if len(found) > 0 || !ok {
		return checks.Observation{Findings: found}, nil
	}
	return checks.Observation{}, unmeasured(cover)
}

// unmeasured says, as a reason to skip, what could not be looked for on a face with which nothing is wrong; nil if all
// was.
func unmeasured(c facecover.Cover) error {
	switch {
	case !c.Skin:
		return checks.Skip(checks.Text{
			En: "a face is shown, but too little of it is lit like skin to tell whether something covers it", Zh: "可见面部，但肤色区域过少，无法判断是否有遮挡"})
	case !c.Colored:
		return checks.Skip(checks.Text{
			En: "a face is shown, but the picture has no colour, and a mask is not told from skin without", Zh: "可见面部，但图片没有颜色，无法区分口罩与皮肤"})
	case c.Seen < leastLower:
		return checks.Skip(checks.Text{
			En: "the card lies before mouth and nose", Zh: "证件挡住了口鼻部位"})
	}
	return nil
}

// unsure is the confidence, in the looks at one place alone, from which what might be a face is looked at for what
// covers it, where no surer one is: the search for faces has no more for many under masks and dark glasses. What
// is not covered so stays unfound.
const unsure = 0.15

// Where the head of somebody with a card is, in widths of the card from its middle: above it, and so far to either side.
// A head is from 0.6 to 1.5 widths wide, as the card is held towards the camera or not, and a face is found
// the surer the more sizes it is looked at in.
var aboveCard = []struct{ aside, up float64 }{{1.6, 3.2}, {1.3, 2.6}, {1.1, 2.2}, {0.9, 1.8}}

// Where it is in a picture in which no card was found, in parts of its sides: in the middle of what is above.
var aboveMiddle = []struct{ aside, down float64 }{{0.40, 0.75}, {0.30, 0.65}, {0.22, 0.55}}

// whereHeadsAre lists the areas of the picture in which a head is looked for.
func whereHeadsAre(picture image.Rectangle, c *heldcard.Card) (areas []image.Rectangle) {
	if c != nil && c.By != heldcard.ByBack {
		mid, wide := c.At(heldcard.CardWidth/2, heldcard.CardHeight/2), c.PixelsPerMM*heldcard.CardWidth
		for _, a := range aboveCard {
			areas = append(areas, image.Rect(int(mid.X-a.aside*wide), int(mid.Y-a.up*wide), int(mid.X+a.aside*wide), int(mid.Y)).Add(picture.Min))
		}
		return areas
	}
	w, h := float64(picture.Dx()), float64(picture.Dy())
	for _, a := range aboveMiddle {
		areas = append(areas, image.Rect(int((0.5-a.aside)*w), 0, int((0.5+a.aside)*w), int(a.down*h)).Add(picture.Min))
	}
	return areas
}

// hardlySeen looks for the covered face of somebody of whom no face was found: where heads are, and anywhere.
func hardlySeen(ctx context.Context, picture image.Image, scene *heldcard.Scene, settings checks.Settings) ([]checks.Finding, error) {
	if sideways(scene.Card) {
		return nil, nil
	}
	card := onCard(scene.Card)
	for _, area := range whereHeadsAre(picture.Bounds(), scene.Card) {
		list, err := faces.FindLarge(ctx, picture, area, unsure)
		if err != nil {
			return nil, err
		}
		if found := covered(picture, list, card, settings); len(found) > 0 {
			return found, nil
		}
	}
	list, err := faces.Find(ctx, picture, picture.Bounds(), unsure)
	return covered(picture, list, card, settings), err
}

// covered is what lies over the surest of those faces, off the card, over which anything does.
func covered(picture image.Image, list []faces.Face, card func(x, y float64) bool, settings checks.Settings) []checks.Finding {
	for _, f := range list {
		if card != nil && card(float64(f.Box.X)+float64(f.Box.Width)/2, float64(f.Box.Y)+float64(f.Box.Height)/2) {
			continue
		}
		if cover, ok := facecover.Measure(picture, f.Box, card); ok {
			if found := lookAtCover(cover, settings); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// sideways reports whether the card is not read upright: the face does not stand upright then either.
func sideways(c *heldcard.Card) bool {
	if c == nil {
		return false
	}
	dx, dy := c.Corners[1].X-c.Corners[0].X, c.Corners[1].Y-c.Corners[0].Y
	return dx <= math.Abs(dy)
}

// cardMargin is how far beyond its edge a card is still left out, in millimetres: its corners are found to 2.
const cardMargin = 2

// onCard tells which pixels lie on the card, which is known to be there; nil if none was found.
func onCard(c *heldcard.Card) func(x, y float64) bool {
	if c == nil || c.By == heldcard.ByBack {
		return nil
	}
	return func(x, y float64) bool {
		at := c.Of(reading.Point{X: x, Y: y})
		return at.X > -cardMargin && at.X < heldcard.CardWidth+cardMargin && at.Y > -cardMargin && at.Y < heldcard.CardHeight+cardMargin
	}
}

// What else must be so. A beard leaves the nose free and a hand the other cheek: under a mask no place is like skin
// by more than mostPlace. Of the lower face leastLower must not lie behind the card. Dark glasses are darker than
// mostGlass of the skin, made-up eyes of real faces 0.36; and the cheeks are brighter by leastRim, which are as dark
// as the eyes in a shadow that falls on both.
const (
	mostPlace  = 0.75
	leastLower = 0.75
	mostGlass  = 0.33
	leastRim   = 0.15
)

// lookAtCover finds what lies over a face.
func lookAtCover(c facecover.Cover, settings checks.Settings) (found []checks.Finding) {
	leastSkin, darkEyes := settings.Number(limitSkin), settings.Number(limitEyes)
	if !c.Skin {
		return nil
	}
	if c.Colored && c.Seen >= leastLower && c.SkinShare < leastSkin && c.MostLike < mostPlace {
		found = append(found, checks.Finding{Code: "mask", Region: c.Lower,
			Message: checks.Textf("Only %.0[1]f %% of nose, mouth and cheeks have the colour of the skin above them: a mask or something else covers them.",
				"口、鼻、面颊部位仅有 %.0[1]f%% 与上方肤色一致，可能被口罩或其他物品遮挡。", 100*c.SkinShare),
			Remedy: checks.Text{En: "Look at the picture. If the face is covered, ask for a photo without a mask.", Zh: "请查看图片。如面部被遮挡，请客户摘下口罩重新拍摄。"},
			Measures: []checks.Measure{{Name: "skin_share", Value: rounded(c.SkinShare), Want: ">= " + number(leastSkin)},
				{Name: "skin_redness", Value: rounded(c.Redness)}}})
	}
	if c.Eyes >= darkEyes && c.Glass <= mostGlass && c.Rim >= leastRim {
		found = append(found, checks.Finding{Code: "sunglasses", Region: c.Glasses,
			Message: checks.Textf("Both eyes lie in an even dark, at %.0[1]f %% of the skin's brightness: dark glasses cover them.",
				"双眼部位均呈均匀深色，亮度仅为肤色的 %.0[1]f%%，可能佩戴墨镜。", 100*c.Glass),
			Remedy: checks.Text{En: "Look at the picture. If the eyes cannot be seen, ask for a photo without dark glasses.", Zh: "请查看图片。如看不清双眼，请客户摘下墨镜重新拍摄。"},
			Measures: []checks.Measure{{Name: "dark_eyes", Value: rounded(c.Eyes), Want: "< " + number(darkEyes)},
				{Name: "glass_brightness", Value: rounded(c.Glass), Want: "> " + number(mostGlass)}}})
	}
	return found
}

func lookAtFaces(scene *heldcard.Scene, least, other float64) (found []checks.Finding) {
	if len(scene.People) == 0 {
		return []checks.Finding{{Code: "no_face",
			Message: checks.Text{En: "No face of a person holding the card could be found in this picture.", Zh: "图片中未找到手持证件人的面部。"},
			Remedy: checks.Text{En: "Look at the picture. If the face is missing, turned away or covered, ask for a photo of the person facing the camera with the card before the chest.",
				Zh: "请查看图片。如面部缺失、侧转或被遮挡，请客户正面面对镜头、手持身份证于胸前重新拍摄。"}}}
	}
	holder := scene.People[0]
	if w := float64(holder.Box.Width); w < least {
		found = append(found, checks.Finding{Code: "face_too_small", Region: holder.Box,
			Message: checks.Textf("The holder's face is %[1]d pixels wide; with fewer than %.0[2]f it can hardly be compared with the one on the card.",
				"持证人面部仅 %[1]d 像素宽，不足 %.0[2]f 像素，难以与证件照比对。", holder.Box.Width, least),
			Remedy:   nearerPlease,
			Measures: []checks.Measure{{Name: "face_width", Value: w, Unit: "px", Want: ">= " + number(least)}}})
	}
	all, people := holder.Box, 1
	for _, p := range scene.People[1:] {
		if float64(p.Box.Height) >= other*float64(holder.Box.Height) {
			all, people = both(all, p.Box), people+1
		}
	}
	if people > 1 {
		found = append(found, checks.Finding{Code: "several_people", Region: all,
			Message:  checks.Textf("%[1]d faces of about one size are in the picture: whose card it is cannot be told.", "图片中有 %[1]d 张大小相近的人脸，无法确定持证人。", people),
			Remedy:   checks.Text{En: "Ask for a photo of the holder alone, before a plain background.", Zh: "请持证人单独在简洁背景前重新拍摄。"},
			Measures: []checks.Measure{{Name: "faces", Value: float64(people), Want: "1"}}})
	}
	return found
}

// nearerPlease is the remedy for what is too small.
var nearerPlease = checks.Text{
	En: "Ask for a photo taken from nearer, head and card filling the picture, and for the original file, not a reduced copy.",
	Zh: "请靠近拍摄，使头部和证件占满画面，并提供原图而非缩小后的副本。",
}
