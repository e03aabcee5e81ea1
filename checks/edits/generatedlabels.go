package edits

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/freetext"
	"dossier/checks/picture/metadata"
)

// An aigcLabel is the content of the implicit label (GB 45438-2025, annex on metadata): Label 1 says
// that the content is generated, 2 possibly, 3 suspected; 0 stands for a label that says none of these.
type aigcLabel struct {
	value    int
	producer string
}

// namespaceAIGC is the namespace under XMP, http://www.tc260.org.cn/ns/AIGC/1.0/, in the part that
// writers agree on: some leave out the last slash or the version, or write https.
const namespaceAIGC = "tc260.org.cn/ns/aigc"

var (
	// The quotes around keys and values are optional, and the value may be a number.
	aigcValue    = regexp.MustCompile(`(?i)["']?\blabel["']?\s*[:=]\s*["']?\s*([0-9]{1,2})\b`)
	aigcProducer = regexp.MustCompile(`(?i)["']?contentproducer["']?\s*[:=]\s*["']([^"']{1,200})["']`)
	// aigcKey opens the label in a free text: AIGC as a key or a name, and an object behind it.
	aigcKey = regexp.MustCompile(`(?i)\baigc\b["']?\s*[:=>]?\s*["']?\s*\{`)
	// aigcFields are keys that stand in no other object beside a Label.
	aigcFields = regexp.MustCompile(`(?i)["'](contentproducer|produceid|contentpropagator|propagateid|reservedcode[12])["']\s*:`)
)

// findAIGC looks for the label: in XMP by namespace and local name, then in XMP that no parser takes,
// then in the EXIF comment and other free texts.
func findAIGC(m *metadata.Metadata, texts []freetext.Text) (aigcLabel, string, bool) {
	var label aigcLabel
	found, place := false, ""
	for _, f := range m.Fields {
		if f.Source != metadata.XMP {
			continue
		}
		name, part, _ := strings.Cut(f.Name, "/")
		if !strings.EqualFold(name, "AIGC") {
			continue
		}
		text := unquote(f.Value)
		mine := strings.Contains(strings.ToLower(f.Namespace), namespaceAIGC)
		if !mine && !aigcValue.MatchString(text) {
			continue // another vocabulary's property of that name
		}
		found, place = true, "XMP "+f.Name
		switch {
		case strings.EqualFold(part, "Label"): // written as a structure, not as JSON
			label.value = labelNumber(text)
		case strings.EqualFold(part, "ContentProducer"):
			label.producer = text
		default:
			if l := readAIGC(text); l.value != 0 || label.value == 0 {
				label = l
			}
		}
	}
	if found && label.value != 0 {
		return label, place, true
	}
	for _, t := range texts {
		text := unquote(t.Value)
		if t.Place == freetext.XMP {
			if i := strings.Index(strings.ToLower(text), namespaceAIGC); i >= 0 && aigcValue.MatchString(text[i:]) {
				return readAIGC(text[i:]), t.Place, true
			}
			continue
		}
		if l, ok := aigcInText(text); ok {
			return l, t.Place, true
		}
	}
	for _, f := range m.Fields {
		if l, ok := aigcInText(unquote(f.Value)); ok {
			return l, fieldPlace(f), true
		}
	}
	return label, place, found
}

// aigcInText reads a label out of a text that may be anything.
func aigcInText(text string) (aigcLabel, bool) {
	if low := strings.ToLower(text); !strings.Contains(low, "label") || !strings.Contains(low, "aigc") && !strings.Contains(low, "produce") && !strings.Contains(low, "propagat") && !strings.Contains(low, "reservedcode") {
		return aigcLabel{}, false // the usual case, at little cost
	}
	if at := aigcKey.FindStringIndex(text); at != nil {
		if l := readAIGC(text[at[0]:]); l.value != 0 {
			return l, true
		}
	}
	// The object alone, without its name.
	if t := strings.TrimSpace(text); strings.HasPrefix(t, "{") && aigcFields.MatchString(t) && aigcValue.MatchString(t) {
		return readAIGC(t), true
	}
	return aigcLabel{}, false
}

func readAIGC(text string) (l aigcLabel) {
	if v := aigcValue.FindStringSubmatch(text); v != nil {
		l.value = labelNumber(v[1])
	}
	if v := aigcProducer.FindStringSubmatch(text); v != nil {
		l.producer = v[1]
	}
	return l
}

func labelNumber(s string) int {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n >= 1 && n <= 3 {
		return n
	}
	return 0
}

// unquote takes out what writers put around JSON inside XML or JSON: entities, once or twice
// over, and backslashes before quotes.
func unquote(s string) string {
	if !strings.ContainsAny(s, `&\`) {
		return s
	}
	for range 3 {
		next := html.UnescapeString(s)
		if next == s {
			break
		}
		s = next
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, `\\`, `\`), `\"`, `"`)
}

// A sourceMeaning is one term of the vocabulary of digital source types.
type sourceMeaning struct {
	name string
	code string
	what checks.Text
}

// sourceMeanings are the terms of IPTC's vocabulary (cv.iptc.org/newscodes/digitalsourcetype, retired
// ones included) and of C2PA's that say more than "a camera or scanner made it". Those that are no sign are not
// here: digitalCapture, computationalCapture, negativeFilm, positiveFilm, print, empty.
var sourceMeanings = []sourceMeaning{
	{"trainedAlgorithmicMedia", "source_type_generated", checks.Text{En: "made by a trained generator", Zh: "由训练的算法模型生成"}},
	{"compositeWithTrainedAlgorithmicMedia", "source_type_generated", checks.Text{En: "partly made by a trained generator", Zh: "部分内容由训练的算法模型生成"}},
	{"algorithmicMedia", "source_type_generated", checks.Text{En: "made by an algorithm alone", Zh: "完全由算法生成"}},
	{"compositeSynthetic", "source_type_generated", checks.Text{En: "put together of several pictures, at least one of them generated or drawn", Zh: "由多个元素合成，其中含有合成内容"}},
	{"trainedAlgorithmicData", "source_type_generated", checks.Text{En: "data made by a trained generator", Zh: "由训练的算法模型生成的数据"}},
	{"digitalCreation", "source_type_no_camera", checks.Text{En: "drawn by a person with a program", Zh: "由人使用软件绘制"}},
	{"digitalArt", "source_type_no_camera", checks.Text{En: "drawn by a person with a program", Zh: "由人使用软件绘制"}},
	{"virtualRecording", "source_type_no_camera", checks.Text{En: "recorded from a virtual world or event", Zh: "录自虚拟场景"}},
	{"dataDrivenMedia", "source_type_no_camera", checks.Text{En: "drawn from data by a program", Zh: "由数据驱动绘制"}},
	{"softwareImage", "source_type_no_camera", checks.Text{En: "made by a program", Zh: "由软件生成"}},
	{"screenCapture", "source_type_no_camera", checks.Text{En: "a copy of a screen", Zh: "屏幕截图"}},
	{"composite", "source_type_composite", checks.Text{En: "put together of several pictures", Zh: "由多张图片合成"}},
	{"compositeCapture", "source_type_composite", checks.Text{En: "put together of several photos", Zh: "由多张照片合成"}},
	{"humanEdits", "source_type_corrected", checks.Text{En: "corrected or retouched by a person", Zh: "经人工修饰"}},
	{"minorHumanEdits", "source_type_corrected", checks.Text{En: "slightly corrected by a person", Zh: "经人工轻微修饰"}},
	{"algorithmicallyEnhanced", "source_type_corrected", checks.Text{En: "enhanced by an algorithm", Zh: "经算法增强"}},
}

// isSourceType reports whether an XMP field is IPTC's DigitalSourceType (IPTC Photo Metadata
// Standard, extension schema), wherever in a structure it stands.
func isSourceType(f metadata.Field) bool {
	name := f.Name[strings.LastIndex(f.Name, "/")+1:]
	return strings.EqualFold(name, "DigitalSourceType") || strings.EqualFold(name, "DigitalSourcefileType")
}

// readSourceType reads a term, given as the vocabulary's URI, as a short code ("digsrctype:...") or alone.
func readSourceType(value string) (code string, meaning sourceMeaning, ok bool) {
	value = strings.TrimRight(strings.TrimSpace(value), "/#")
	term := value[strings.LastIndexAny(value, "/:#")+1:]
	for _, m := range sourceMeanings {
		if strings.EqualFold(term, m.name) {
			return m.code, m, true
		}
	}
	return "", sourceMeaning{}, false
}
