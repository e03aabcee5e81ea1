package holder

import (
	"context"
	_ "embed"

	"dossier/checks"
	"dossier/checks/picture/heldcard"
)

//go:embed face.md
var faceDoc string

const (
	choiceReading  = "reading"
	limitFaceWidth = "least_face_width"
	limitOther     = "other_face"
)

// Face looks whether the photograph shows one person whose face is large enough to be compared.
var Face = &checks.Check{
	ID:      "holder/face",
	Version: 1,
	Title:   checks.Text{En: "the holder's face is shown", Zh: "可见持证人面部"},
	Doc:     faceDoc,
	Kinds:   []checks.Kind{checks.HolderPhoto},
	Limits: []checks.Limit{
		{Name: limitFaceWidth, Default: 80, Unit: "px", Reason: "a face has about half its width between the eyes; a passport photograph has 90 px there (ISO/IEC 19794-5), and with less than half of that two faces can hardly be told apart"},
		{Name: limitOther, Default: 0.4, Reason: "height of a second face as a part of the holder's: what is smaller is somebody in the background or a picture on the wall"},
	},
	Choices: []checks.Choice{
		{Name: choiceReading, Default: []string{"on"}, As: "legibility/text", Reason: "the face on the card is told from the holder's by where the card lies, which is read; \"off\" leaves it out"},
	},
	Codes: []checks.Code{
		{Code: "no_face", Title: checks.Text{En: "no face but the card's can be seen", Zh: "除证件照外未见人脸"}},
		{Code: "face_too_small", Title: checks.Text{En: "the holder's face is very small", Zh: "持证人面部过小"}},
		{Code: "several_people", Title: checks.Text{En: "several people are in the picture", Zh: "图片中有多人"}},
	},
	Effort: effort,
	Run:    runFace,
}

// effort leaves time for reading, which the first check that asks for the scene has to wait for; see
// legibility/text.
const effort = 4

// sceneOf returns the scene, or the reason why there is none.
func sceneOf(ctx context.Context, s *checks.Subject, settings checks.Settings) (*heldcard.Scene, error) {
	if !settings.Has(choiceReading, "on") {
		return nil, checks.Skip(checks.Text{En: "reading is switched off in the profile", Zh: "当前要求中已关闭文字识别"})
	}
	if s.Parts > 0 {
		return nil, checks.Skip(checks.Text{
			En: "the pages of this file were taken out and are examined as pictures of their own", Zh: "该文件的各页已取出，并作为独立图片检查"})
	}
	return heldcard.Of.Of(ctx, s)
}

func runFace(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	scene, err := sceneOf(ctx, s, settings)
	if err != nil {
		return checks.Observation{}, err
	}
	return checks.Observation{Findings: lookAtFaces(scene, settings.Number(limitFaceWidth), settings.Number(limitOther))}, nil
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
