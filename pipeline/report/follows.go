package report

import (
	"slices"

	"dossier/checks"
)

// A picture in which little can be seen makes many findings: what is blurred cannot be read, no chop is found in what is washed
// out. They are true and stay findings, with their severity and their number, but the step that mends the cause mends them too, and what
// they say is only known on a better picture. The list of what to do has them with their cause.

// unseen lists what a picture in which little can be seen makes checks say, as "check code".
var unseen = []string{
	"legibility/text nothing_read", "legibility/text number_unread", "legibility/text name_unread", "legibility/text number_check_fails",
	"seal/present no_seal", "seal/present seal_faint", "seal/present seal_incomplete", "seal/present seal_not_red", "document/qr qr_unread",
	"holder/face no_face", "holder/card no_card", "holder/card card_without_face",
	"form/signature no_signature", "form/signature signature_unclear", "form/filled field_empty",
}

// washedOut is what too much light makes of what is measured on print and on colour. That print is blurred is not among it: what a
// moving hand has smeared is pale as well, and a picture with less light would be as smeared.
var washedOut = append([]string{
	"legibility/resolution text_too_small", "legibility/resolution text_small", "legibility/glare glare",
	"legibility/color gray", "legibility/photocopy copy", "legibility/photocopy black_and_white",
}, unseen...)

// unmeasurable is what too little light, or too little contrast, makes of it.
var unmeasurable = append([]string{
	"legibility/sharpness blurred", "legibility/sharpness blurred_in_part", "legibility/sharpness soft",
}, washedOut...)

// follows says which findings can follow from which on the same document, the gravest cause first.
var follows = []struct {
	cause        string
	consequences []string
}{
	{"legibility/exposure too_dark", unmeasurable},
	{"legibility/exposure too_bright", washedOut},
	{"legibility/exposure low_contrast", unmeasurable},
	{"legibility/resolution text_too_small", append([]string{"legibility/sharpness blurred", "legibility/sharpness blurred_in_part", "legibility/sharpness soft"}, unseen...)},
	{"legibility/sharpness blurred", append([]string{"legibility/photocopy copy", "legibility/glare glare"}, unseen...)},
	{"legibility/sharpness blurred_in_part", []string{"legibility/text number_unread", "legibility/text name_unread", "document/qr qr_unread"}},
	{"legibility/glare glare", []string{"legibility/sharpness blurred_in_part", "legibility/text number_unread", "legibility/text name_unread", "document/qr qr_unread", "holder/card card_without_face"}},
	{"legibility/cropped text_cut", []string{"legibility/text number_unread", "legibility/text name_unread", "seal/present seal_cut"}},
	{"legibility/mirrored mirrored", unseen},
	// A chop with so much ink that it hides the signature has no ring by which it would be found.
	{"form/signature signature_under_seal", []string{"seal/present no_seal"}},
}

// causes tells of each finding that follows from another, by its number, the number of that one. A cause is open, no less grave
// than what follows from it, and no consequence itself.
func causes(list []Numbered) map[int]int {
	of := map[int]int{}
	for _, f := range follows {
		for _, cause := range list {
			if key(cause) != f.cause || of[cause.Number] != 0 || !open(cause) {
				continue
			}
			for _, n := range list {
				if n.Document == cause.Document && n.Number != cause.Number && of[n.Number] == 0 && slices.Contains(f.consequences, key(n)) &&
					toneRank(tone(n.Finding)) >= toneRank(tone(cause.Finding)) && !isCause(of, n.Number) {
					of[n.Number] = cause.Number
				}
			}
		}
	}
	return of
}

func key(n Numbered) string { return n.Result.Check + " " + n.Finding.Code }

func open(n Numbered) bool { return slices.Contains([]string{"fail", "review"}, tone(n.Finding)) }

func isCause(of map[int]int, number int) bool {
	for _, cause := range of {
		if cause == number {
			return true
		}
	}
	return false
}

// followsText says so at the finding itself.
func followsText(cause int) checks.Text {
	return checks.Textf("It may only follow from finding %d: look again on the better picture.", "可能只是第 %d 项问题的结果：请在更换的图片上重新查看。", cause)
}
