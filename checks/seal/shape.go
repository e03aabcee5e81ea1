package seal

import (
	"context"
	_ "embed"
	"fmt"

	"dossier/checks"
	"dossier/checks/picture/seals"
)

//go:embed shape.md
var shapeDoc string

const (
	limitLeastDiameter = "least_diameter"
	limitMostDiameter  = "most_diameter"
	limitTolerance     = "tolerance"
)

// Shape looks whether the chop on a form is of the shape and size of the company's. Certificates come on A3, A4
// and A5, which have the same proportions, so that sizes on them are not judged.
var Shape = &checks.Check{
	ID:      "seal/shape",
	Version: 1,
	Title:   checks.Text{En: "the chop has the shape and size it should have", Zh: "印章形状和尺寸符合要求"},
	Doc:     shapeDoc,
	Kinds:   []checks.Kind{checks.ApplicationForm},
	Limits: []checks.Limit{
		{Name: limitLeastDiameter, Default: 38, Unit: "mm", Reason: "a sole trader's chop has 38 mm, a limited company's 40"},
		{Name: limitMostDiameter, Default: 45, Unit: "mm", Reason: "institutions' chops have up to 45 mm"},
		{Name: limitTolerance, Default: 2, Unit: "mm", Reason: "a diameter measured on a photograph of a sheet whose outline is found is off by up to so much"},
	},
	Codes: []checks.Code{
		{Code: "wrong_shape", Title: checks.Text{En: "the chop is not the company's round one", Zh: "所盖不是圆形公章"}},
		{Code: "unusual_size", Title: checks.Text{En: "the chop has an unusual size", Zh: "印章尺寸异常"}},
	},
	Run: runShape,
}

func runShape(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	found, err := chops(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if len(found) == 0 {
		return checks.Observation{}, checks.Skip(checks.Text{En: "no chop was found", Zh: "未发现印章"})
	}
	var o checks.Observation
	if f, ok := wrongShape(found); ok {
		o.Findings = append(o.Findings, f)
	}
	if f, ok := unusualSize(found, settings); ok {
		o.Findings = append(o.Findings, f)
	}
	return o, nil
}

// wrongShape says what a form bears if it is not a round red chop.
func wrongShape(found []seals.Found) (checks.Finding, bool) {
	for _, f := range found {
		if f.Shape == seals.Round && f.Color == seals.Red {
			return checks.Finding{}, false
		}
	}
	f := found[0]
	what, zh := "", ""
	switch f.Shape {
	case seals.Oval:
		what, zh = "oval, as invoice chops are (40 x 30 mm); only some foreign-invested companies have an oval company chop (45 x 30 mm)", "椭圆形，一般为发票专用章（40×30 毫米）；仅部分外商投资企业的公章为椭圆形（45×30 毫米）"
	case seals.Square:
		what, zh = "square, as finance chops and the chop of a legal representative's name are", "方形，一般为财务专用章或法定代表人名章"
	default:
		return checks.Finding{}, false // a round one that is not red is seal/present's to name
	}
	if f.DiameterMM != nil {
		what += fmt.Sprintf("; this one is %.1f mm long", *f.DiameterMM)
		zh += fmt.Sprintf("；实测长 %.1f 毫米", *f.DiameterMM)
	}
	return checks.Finding{
		Code:     "wrong_shape",
		Message:  checks.Textf("The form needs the company's round chop; the one found is %[1]s.", "授权运营书须盖圆形公章；发现的印章为%[2]s。", what, zh),
		Remedy:   checks.Text{En: "Have the form chopped with the company's round red chop and scanned again. If the company's own chop is oval, accept this with that reason.", Zh: "请加盖单位红色圆形公章后重新扫描；如该单位公章确为椭圆形，请注明原因后接受。"},
		Measures: diameter(f, ""),
		Region:   f.Box,
	}, true
}

// unusualSize says that no round red chop whose diameter is known has a usual one.
func unusualSize(found []seals.Found, settings checks.Settings) (checks.Finding, bool) {
	least, most, slack := settings.Number(limitLeastDiameter), settings.Number(limitMostDiameter), settings.Number(limitTolerance)
	var odd *seals.Found
	for i, f := range found {
		if f.Shape != seals.Round || f.Color != seals.Red || f.DiameterMM == nil {
			continue
		}
		if *f.DiameterMM >= least-slack && *f.DiameterMM <= most+slack {
			return checks.Finding{}, false
		}
		if odd == nil {
			odd = &found[i]
		}
	}
	if odd == nil {
		return checks.Finding{}, false
	}
	return checks.Finding{
		Code:     "unusual_size",
		Message:  checks.Textf("The chop is %[1].1f mm across; company chops have %[2].0f to %[3].0f mm.", "印章直径约 %[1].1f 毫米；公章一般为 %[2].0f 至 %[3].0f 毫米。", *odd.DiameterMM, least, most),
		Remedy:   checks.Text{En: "Look whether it is the right chop. A copy that was made larger or smaller shows other sizes too.", Zh: "请确认是否为正确的印章；放大或缩小的复印件尺寸也会不同。"},
		Measures: diameter(*odd, fmt.Sprintf("%.0f..%.0f", least, most)),
		Region:   odd.Box,
	}, true
}

// diameter is the measure of a chop's longest diameter, if it is known.
func diameter(f seals.Found, want string) []checks.Measure {
	if f.DiameterMM == nil {
		return nil
	}
	return []checks.Measure{{Name: "diameter", Value: *f.DiameterMM, Unit: "mm", Want: want}}
}

func atLeast(v float64) string { return fmt.Sprintf(">= %g", v) }
