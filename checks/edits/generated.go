package edits

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/c2pa"
	"dossier/checks/picture/freetext"
	"dossier/checks/picture/metadata"
)

//go:embed generated.md
var generatedDoc string

// Generated looks for what generators of pictures write about themselves.
var Generated = &checks.Check{
	ID:      "edits/generated",
	Version: 1,
	Title:   checks.Text{En: "no label says that the picture was generated", Zh: "没有表明图片由人工智能生成的标识"},
	Doc:     generatedDoc,
	Codes: []checks.Code{
		{Code: "aigc_label", Title: checks.Text{En: "label of generated content (GB 45438-2025)", Zh: "带有生成合成内容标识（GB 45438-2025）"}},
		{Code: "source_type_generated", Title: checks.Text{En: "the source type says: generated", Zh: "来源类型标明为算法生成"}},
		{Code: "source_type_no_camera", Title: checks.Text{En: "the source type says: not taken by a camera", Zh: "来源类型标明并非相机拍摄"}},
		{Code: "source_type_composite", Title: checks.Text{En: "the source type says: put together of several pictures", Zh: "来源类型标明由多张图片合成"}},
		{Code: "source_type_corrected", Title: checks.Text{En: "the source type says: corrected", Zh: "来源类型标明经过修饰"}},
		{Code: "generator_parameters", Title: checks.Text{En: "parameters of a picture generator", Zh: "带有图像生成参数"}},
		{Code: "generator_named", Title: checks.Text{En: "a picture generator names itself", Zh: "署有图像生成工具的名称"}},
	},
	Run: runGenerated,
}

func runGenerated(ctx context.Context, s *checks.Subject, _ checks.Settings) (checks.Observation, error) {
	m, err := metadata.Shared.Of(ctx, s)
	var unsupported *checks.UnsupportedError
	if errors.As(err, &unsupported) {
		return checks.Observation{}, checks.Skip(checks.Text{
			En: "a file of this format has no room for such labels",
			Zh: "该格式的文件不能携带此类标识",
		})
	}
	if err != nil {
		return checks.Observation{}, err
	}
	texts, err := freetext.Shared.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	store, err := c2pa.Shared.Of(ctx, s)
	if err != nil {
		return checks.Observation{}, err
	}
	g := labelReport{told: map[string]bool{}}
	g.aigc(m, texts)
	g.sourceTypes(m, store)
	g.parameters(m, texts)
	g.names(m, texts, store)
	return checks.Observation{Findings: g.findings}, nil
}

// A labelReport gathers findings; each thing is told once, where it was first met.
type labelReport struct {
	findings []checks.Finding
	told     map[string]bool
}

func (g *labelReport) add(key, code string, suspicion float64, message, remedy checks.Text, measures ...checks.Measure) {
	if g.told[key] {
		return
	}
	g.told[key] = true
	g.findings = append(g.findings, checks.Finding{Code: code, Message: message, Remedy: remedy,
		Measures: append(measures, suspicionOf(suspicion))})
}

// takePhoto is the remedy for pictures that no camera took.
var takePhoto = checks.Text{
	En: "Ask the client for a photo or scan of the real document or person, straight from the camera or scanner.",
	Zh: "请客户提供真实证件或本人的原始照片、扫描件（相机或扫描仪直接生成的文件）。",
}

// aigc reports the label that GB 45438-2025 asks of generators and platforms in China.
func (g *labelReport) aigc(m *metadata.Metadata, texts []freetext.Text) {
	l, place, ok := findAIGC(m, texts)
	if !ok {
		return
	}
	says, suspicion := map[int]checks.Text{
		1: {En: "that the content is generated", Zh: "属于生成合成内容"},
		2: {En: "that the content is possibly generated", Zh: "可能为生成合成内容"},
		3: {En: "that the content is suspected to be generated", Zh: "疑似生成合成内容"},
	}[l.value], map[int]float64{1: 0.95, 2: 0.8, 3: 0.7}[l.value]
	if l.value == 0 {
		says = checks.Text{En: "nothing readable: its Label is none of 1, 2, 3", Zh: "无法识别（Label 不是 1、2、3 之一）"}
		suspicion = 0.7
	}
	producer := orNone(clip(l.producer, 80))
	g.add("aigc", "aigc_label", suspicion, checks.Textf(
		"The file carries the label AIGC of the Chinese standard GB 45438-2025 (in %[1]s). It says %[2]s; content producer: %[4]s.",
		"文件带有 GB 45438-2025 规定的隐式标识 AIGC（位于 %[1]s），标明：%[3]s；内容制作者：%[4]s。", place, says.En, says.Zh, producer),
		takePhoto, checks.Measure{Name: "label", Value: float64(l.value)})
}

// sourceTypes reports what the IPTC property and the credentials' actions say the picture is.
func (g *labelReport) sourceTypes(m *metadata.Metadata, store *c2pa.Store) {
	for _, f := range m.Fields {
		if f.Source == metadata.XMP && isSourceType(f) {
			g.sourceType(f.Value, checks.Text{En: "the XMP metadata", Zh: " XMP 元数据"})
		}
	}
	if store == nil {
		return
	}
	for _, h := range store.History() {
		place := checks.Text{En: "the content credentials", Zh: "内容凭证"}
		if !h.Parent {
			place = checks.Text{En: "the content credentials of a picture placed into this one", Zh: "置入素材的内容凭证"}
		}
		for _, a := range h.Manifest.Actions {
			if a.SourceType != "" {
				g.sourceType(a.SourceType, place)
			} else if a.Name == "com.adobe.generative-ai" {
				g.add("firefly", "source_type_generated", 0.95, checks.Textf("According to %[1]s, a generator was used: %[3]s.", "据%[2]s，使用了生成式人工智能：%[3]s。",
					place.En, place.Zh, clip(orNone(a.Agent), 80)), takePhoto)
			}
		}
		for _, in := range h.Manifest.Ingredients {
			if in.SourceType != "" {
				g.sourceType(in.SourceType, checks.Text{En: "the content credentials, of an ingredient", Zh: "内容凭证（关于素材）"})
			}
		}
	}
}

func (g *labelReport) sourceType(value string, place checks.Text) {
	code, meaning, ok := readSourceType(value)
	if !ok {
		return
	}
	suspicion := map[string]float64{"source_type_generated": 0.95, "source_type_no_camera": 0.7, "source_type_composite": 0.7, "source_type_corrected": 0.2}[code]
	remedy := takePhoto
	if code == "source_type_corrected" {
		remedy = checks.Text{En: "Ask the client for the picture as it was taken, if anything on it looks retouched.", Zh: "如画面有修饰痕迹，请客户提供原始照片。"}
	}
	g.add(code+"/"+meaning.name, code, suspicion, checks.Textf("According to %[1]s, the digital source type is %[3]q: %[4]s.", "据%[2]s，数字来源类型为 %[3]q：%[5]s。",
		place.En, place.Zh, meaning.name, meaning.what.En, meaning.what.Zh), remedy)
}

func (g *labelReport) parameters(m *metadata.Metadata, texts []freetext.Text) {
	// Hostile files hold thousands of fields: what all of them together may cost is bounded.
	left := 4 << 20
	visit := func(place, text string) {
		if left -= len(text); left < 0 {
			return
		}
		if p, ok := readParameters(text); ok {
			g.add("parameters", "generator_parameters", 0.95, checks.Textf(
				"%[1]s holds what programs that generate pictures write there: %[2]s.", "%[1]s 中有图像生成程序写入的参数：%[3]s。", place, p.En, p.Zh),
				takePhoto, checks.Measure{Name: "characters", Value: float64(len([]rune(text)))})
		}
	}
	for _, t := range texts {
		visit(t.Place, t.Value)
	}
	for _, f := range m.Fields {
		visit(fieldPlace(f), f.Value)
	}
}

func fieldPlace(f metadata.Field) string {
	if f.Source == metadata.Comment || f.Source == metadata.GIFApp {
		return string(f.Source)
	}
	return fmt.Sprintf("%s %s", f.Source, clip(f.Name, 60))
}

func (g *labelReport) names(m *metadata.Metadata, texts []freetext.Text, store *c2pa.Store) {
	tell := func(name, place string) {
		g.add("named "+name, "generator_named", 0.9, checks.Textf("%[1]s names %[2]s, which generates pictures.", "%[1]s 署有图像生成工具 %[2]s 的名称。", place, name), takePhoto)
	}
	for _, f := range m.Fields {
		if !namesItsWriter(f) {
			continue
		}
		if name, ok := generatorIn(f.Value); ok {
			tell(name, fieldPlace(f))
		}
	}
	for _, f := range m.Fields {
		if phrase, ok := generatorCredit(f); ok {
			g.add("credit", "generator_named", 0.9, checks.Textf("%[1]s says: %[2]q.", "%[1]s 标明：%[2]q。", fieldPlace(f), phrase), takePhoto)
		}
	}
	for _, t := range texts { // formats whose texts the metadata reader leaves out
		if strings.HasPrefix(t.Place, "PNG tEXt Software") || strings.HasPrefix(t.Place, "PNG iTXt Software") {
			if name, ok := generatorIn(t.Value); ok {
				tell(name, t.Place)
			}
		}
	}
	if store == nil {
		return
	}
	for _, h := range store.History() {
		for _, a := range h.Manifest.Actions {
			if name, ok := generatorIn(a.Agent); ok {
				tell(name, "C2PA softwareAgent")
			}
		}
		if c := h.Manifest.Claim; c != nil && h.Parent {
			for _, by := range c.Generators {
				if name, ok := generatorIn(by.Name); ok {
					tell(name, "C2PA claim_generator")
				}
			}
		}
	}
}
