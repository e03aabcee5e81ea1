package document

import (
	"context"
	_ "embed"
	"math"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/kinds"
	"dossier/checks/picture/reading"
)

//go:embed kind.md
var kindDoc string

const limitSure = "min_confidence"

// Kind compares what a picture shows with what people say it is.
var Kind = &checks.Check{
	ID:      "document/kind",
	Version: 2,
	Title:   checks.Text{En: "the document is what it is said to be", Zh: "材料种类与说明一致"},
	Doc:     kindDoc,
	Limits: []checks.Limit{
		{Name: limitSure, Default: kinds.Sure, Reason: "confidence from which on the content contradicts people: a title and a label of the kind, and little of any other. Of 141 drawn documents and other pictures none was taken for another kind with as much"},
	},
	Choices: []checks.Choice{
		reading.Choice("the text has to be read for it, which takes most of a document's time; \"off\" leaves it out"),
	},
	Codes: []checks.Code{
		{Code: "kind_contradicts_answers", Title: checks.Text{En: "it is another document than was stated", Zh: "与指定的材料种类不符"}},
		{Code: "kind_contradicts_name", Title: checks.Text{En: "it is another document than its name says", Zh: "与文件名所示种类不符"}},
		{Code: "other_paper", Title: checks.Text{En: "it is a paper that belongs to no registration", Zh: "不是注册所需的材料"}},
		{Code: "not_a_document", Title: checks.Text{En: "there is no document in the picture", Zh: "图片中没有证件或文件"}},
	},
	Effort: 4, // as for reading
	Run:    runKind,
}

func runKind(ctx context.Context, s *checks.Subject, settings checks.Settings) (checks.Observation, error) {
	if err := reading.On(settings); err != nil {
		return checks.Observation{}, err
	}
	if err := s.OnePage(); err != nil {
		return checks.Observation{}, err
	}
	if s.Recognition != nil && s.Recognition.Err != nil {
		return checks.Observation{}, s.Recognition.Err
	}
	r, err := kinds.Of.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	if f, ok := contradiction(s, r, settings.Number(limitSure)); ok {
		return checks.Observation{Findings: []checks.Finding{f}}, nil
	}
	return checks.Observation{}, nil
}

// contradiction is the one finding that a picture makes.
func contradiction(s *checks.Subject, r *kinds.Result, least float64) (f checks.Finding, ok bool) {
	stated, given := s.Stated, s.StatedSource == "given"
	if s.StatedSource == "" {
		stated = s.Kind // nobody has settled it
	}
	sure := r.Confidence >= least
	used := !given && s.Recognition != nil && s.Recognition.Decides && s.Kind == r.Kind
	switch {
	case r.What == kinds.OtherPaper && sure:
		f = otherPaper(r)
	case r.What == kinds.NotDocument && sure:
		f = notDocument()
	case stated == checks.Unknown || stated == "" || stated == r.Kind:
		return f, false
	case given && sure && r.What == kinds.Document:
		f = contradictsAnswers(stated, r)
	case used:
		f = contradictsName(stated, r)
	default:
		return f, false
	}
	if len(r.Evidence) > 0 {
		f.Region = r.Evidence[0].Region
	}
	f.Measures = []checks.Measure{{Name: "confidence", Value: math.Round(100*r.Confidence) / 100}}
	return f, true
}

func contradictsAnswers(stated checks.Kind, r *kinds.Result) checks.Finding {
	is, words := r.Kind.Title(), words(r)
	said := stated.Title()
	return checks.Finding{Code: "kind_contradicts_answers",
		Message: checks.Textf("It is stated to be: %[1]s. The picture shows: %[3]s. %[5]s",
			"指定的种类为%[2]s，而图片内容是%[4]s。%[6]s", said.En, said.Zh, is.En, is.Zh, words.En, words.Zh),
		Remedy: checks.Text{En: "If the picture is right, correct its line under documents: in answers.yaml. If the line is right, ask the client for the document that was meant.",
			Zh: "如果图片无误，请修改 answers.yaml 中 documents: 下对应的一行；如果该行无误，请客户重新提供对应的材料。"}}
}

func contradictsName(stated checks.Kind, r *kinds.Result) checks.Finding {
	said, is, words := stated.Title(), r.Kind.Title(), words(r)
	f := checks.Finding{Code: "kind_contradicts_name",
		Message: checks.Textf("By its name the file is: %[1]s. The picture shows: %[3]s, and is checked as that. %[5]s",
			"按文件名应为%[2]s，而图片内容是%[4]s，已按后者检查。%[6]s", said.En, said.Zh, is.En, is.Zh, words.En, words.Zh),
		Remedy: checks.Text{En: "If that is right, nothing needs to be done. If not, state the kind under documents: in answers.yaml.",
			Zh: "如果识别正确，无需处理；如果不正确，请在 answers.yaml 的 documents: 下指定种类。"}}
	if r.Kind == checks.Unknown {
		f.Message = checks.Textf("By its name the file is: %[1]s. The picture shows nothing of that.", "按文件名应为%[2]s，但图片中未见相应内容。", said.En, said.Zh)
	}
	return f
}

func otherPaper(r *kinds.Result) checks.Finding {
	words := words(r)
	return checks.Finding{Code: "other_paper",
		Message: checks.Textf("The picture shows a paper that no registration asks for, such as a receipt or an invoice. %[1]s",
			"图片内容不是注册所需的材料，更像收据或发票。%[2]s", words.En, words.Zh),
		Remedy: checks.Text{En: "Ask the client for the document that was meant, and take this one out of the case.", Zh: "请客户提供所需的材料，并将此文件移出本案。"}}
}

func notDocument() checks.Finding {
	return checks.Finding{Code: "not_a_document",
		Message: checks.Text{En: "There is no document in the picture: no paper, no card and hardly any text.", Zh: "图片中没有证件或文件：未见纸张、证件，也几乎没有文字。"},
		Remedy:  checks.Text{En: "Ask the client for the document that was meant, and take this one out of the case.", Zh: "请客户提供所需的材料，并将此文件移出本案。"}}
}

// words quotes what was recognised: words that papers of the kind print, never what they state.
func words(r *kinds.Result) checks.Text {
	const most = 3
	var list []string
	for _, e := range r.Evidence {
		if e.Word != "" && len(list) < most {
			list = append(list, e.Word)
		}
	}
	if len(list) == 0 {
		return checks.Text{}
	}
	return checks.Text{En: "Printed on it: " + strings.Join(list, ", ") + ".", Zh: "可见字样：" + strings.Join(list, "、") + "。"}
}
