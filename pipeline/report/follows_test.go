package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dossier/checks"
	"dossier/pipeline"
)

func found(code string, severity pipeline.Severity, remedy string) pipeline.Finding {
	return pipeline.Finding{Code: code, Severity: severity, Message: said(code, code), Remedy: said(remedy, remedy), Measures: []checks.Measure{}}
}

// blurredCase has a photo that is blurred, of which little could be made out, and a second document without a chop.
func blurredCase() *pipeline.Case {
	photo := document("photo.jpg", checks.HolderPhoto, 1200, 900, 500_000,
		ran("legibility/sharpness", found("blurred", pipeline.NeedReview, "Ask for a sharper picture.")),
		ran("legibility/text", found("number_unread", pipeline.NeedReview, "Look at it.")),
		ran("holder/card", found("no_card", pipeline.NeedReview, "Ask for the card."), found("card_cut_off", pipeline.NeedReview, "Ask for the whole card.")))
	licence := document("licence.jpg", checks.BusinessLicense, 1200, 900, 500_000,
		ran("seal/present", found("no_seal", pipeline.NeedReview, "Ask for a chop.")))
	return sampleCase("模糊", []pipeline.Document{photo, licence})
}

// What follows from another finding is one step with it, keeps its severity and number, and says so; the client is asked for the
// better picture alone.
func TestConsequencesAreOneStepWithTheirCause(t *testing.T) {
	c := blurredCase()
	items := ToDo(c)
	var steps []string
	for _, it := range items {
		var codes []string
		for _, p := range it.Points {
			codes = append(codes, p.Code)
		}
		steps = append(steps, it.Remedy.En+" "+strings.Join(codes, "+"))
	}
	want := []string{"Ask for a sharper picture. blurred+number_unread+no_card", "Ask for a chop. no_seal", "Ask for the whole card. card_cut_off"}
	if strings.Join(steps, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", steps, want)
	}
	if p := items[0].Points; p[0].Follows || !p[1].Follows {
		t.Error("the cause does not follow, the others do")
	}
	for _, n := range Number(c) {
		if n.Finding.Severity != pipeline.NeedReview {
			t.Errorf("%s became %s", n.Finding.Code, n.Finding.Severity)
		}
	}
}

// Once the cause is accepted, what follows from it is asked on its own again.
func TestAnAcceptedCauseExplainsNothing(t *testing.T) {
	c := blurredCase()
	accept(c, "legibility/sharpness", "blurred")
	for _, it := range ToDo(c) {
		if len(it.Points) != 1 {
			t.Errorf("%q stands for %d findings", it.Remedy.En, len(it.Points))
		}
	}
	if got := causes(Number(c)); len(got) != 0 {
		t.Errorf("causes are %v", got)
	}
}

// A finding that fails is never hidden behind one that is only looked at.
func TestAGraverFindingFollowsFromNothing(t *testing.T) {
	c := blurredCase()
	c.Documents[0].Results[2].Findings[0].Severity = pipeline.Fail
	list := Number(c)
	for number := range causes(list) {
		if list[number-1].Finding.Code == "no_card" {
			t.Error("no_card fails, and follows from what is reviewed")
		}
	}
	if items := ToDo(c); items[0].Severity != pipeline.Fail || items[0].Remedy.En != "Ask for the card." {
		t.Errorf("the first step is %+v", items[0])
	}
}

// The table names findings that there are: the sources of the family name the check and the code.
func TestFollowsNamesFindings(t *testing.T) {
	for _, f := range follows {
		for _, name := range append([]string{f.cause}, f.consequences...) {
			check, code, _ := strings.Cut(name, " ")
			family, _, _ := strings.Cut(check, "/")
			files, err := filepath.Glob(filepath.Join("..", "..", "checks", family, "*.go"))
			if err != nil {
				t.Fatal(err)
			}
			var sources strings.Builder
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				sources.Write(text)
			}
			if all := sources.String(); !strings.Contains(all, `"`+check+`"`) || !strings.Contains(all, `{Code: "`+code+`"`) {
				t.Errorf("no check finds %q", name)
			}
		}
	}
}

// A hand that moves smears print and makes it pale: more or less light would not mend the blur, which stays a step of its own.
func TestBlurDoesNotFollowFromBrightness(t *testing.T) {
	photo := document("photo.jpg", checks.HolderPhoto, 1200, 900, 500_000,
		ran("legibility/sharpness", found("blurred", pipeline.NeedReview, "Ask for a sharper picture.")),
		ran("legibility/exposure", found("too_bright", pipeline.NeedReview, "Ask for less light.")),
		ran("legibility/text", found("number_unread", pipeline.NeedReview, "Look at it.")))
	items := ToDo(sampleCase("过亮", []pipeline.Document{photo}))
	if len(items) != 2 || len(items[0].Points)+len(items[1].Points) != 3 {
		t.Errorf("%+v, want a step for the blur, one for the light, and what was not read with one of them", items)
	}
}
