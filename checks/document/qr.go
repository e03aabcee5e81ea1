package document

import (
	"context"
	_ "embed"

	"dossier/checks"
	"dossier/checks/picture/qr"
)

//go:embed qr.md
var qrDoc string

// QR reads the QR codes of a licence and gives them on as readings.
var QR = &checks.Check{
	ID:      "document/qr",
	Version: 1,
	Title:   checks.Text{En: "the QR code can be read", Zh: "二维码可以识别"},
	Doc:     qrDoc,
	Kinds:   []checks.Kind{checks.BusinessLicense, checks.Unknown},
	Codes: []checks.Code{
		{Code: "qr_unread", Title: checks.Text{En: "a QR code that could not be read", Zh: "二维码未能识别"}},
	},
	Run: runQR,
}

func runQR(ctx context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
	if err := s.OnePage(); err != nil {
		return checks.Observation{}, err
	}
	codes, err := qr.Of.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	var o checks.Observation
	for _, c := range codes {
		if c.Text != "" {
			// Reed and Solomon's code corrects or refuses; it does not guess.
			o.Readings = append(o.Readings, checks.Reading{Field: "qr", Value: c.Text, Confidence: 1, Box: c.Box})
		}
	}
	if len(codes) > 0 && len(o.Readings) == 0 {
		o.Findings = append(o.Findings, checks.Finding{
			Code:    "qr_unread",
			Message: checks.Text{En: "There is a QR code that could not be read.", Zh: "图片中有一个二维码未能识别。"},
			Remedy: checks.Text{En: "Nothing need be done if the code on the paper is not asked for; a sharper picture lets it be compared with the answers.",
				Zh: "如不需要核对二维码可不处理；提供更清晰的图片后可与所填资料核对。"},
			Measures: []checks.Measure{{Name: "codes", Value: float64(len(codes)), Want: "read"}},
			Region:   codes[0].Box,
		})
	}
	return o, nil
}
