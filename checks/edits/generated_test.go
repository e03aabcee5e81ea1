package edits

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"dossier/checks/picture/c2patest"
	"dossier/checks/picture/filetest"
	"dossier/fixtures/jpegwriter"
)

// exifTag builds an EXIF segment with one tag, in the first directory or, for UserComment, in the Exif one.
func exifTag(tag uint16, kind uint16, value []byte) []byte {
	le := binary.LittleEndian
	b := []byte("II*\x00\x08\x00\x00\x00")
	entry := func(tag, kind uint16, count, at uint32) {
		b = le.AppendUint16(b, tag)
		b = le.AppendUint16(b, kind)
		b = le.AppendUint32(b, count)
		b = le.AppendUint32(b, at)
	}
	if len(value) < 5 {
		value = append(value, make([]byte, 5-len(value))...) // so that it does not fit into the entry
	}
	directory := func(tag, kind uint16, count, at uint32) {
		b = le.AppendUint16(b, 1)
		entry(tag, kind, count, at)
		b = le.AppendUint32(b, 0)
	}
	if tag == 0x9286 {
		directory(0x8769, 4, 1, 26)
		directory(tag, kind, uint32(len(value)), 44)
	} else {
		directory(tag, kind, uint32(len(value)), 26)
	}
	return filetest.Segment(0xE1, append(append([]byte("Exif\x00\x00"), b...), value...))
}

func userComment(code, text string) []byte {
	return exifTag(0x9286, 7, append([]byte(code), text...))
}

func utf16Bytes(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func exifText(tag uint16, text string) []byte { return exifTag(tag, 2, append([]byte(text), 0)) }

func pngText(kind, key, value string) []byte {
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55")
	payload := key + "\x00" + value
	if kind == "iTXt" {
		payload = key + "\x00\x00\x00\x00\x00" + value
	}
	chunk := append([]byte(kind), payload...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
	out = append(out, chunk...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	return append(out, "\x00\x00\x00\x00IEND\xae\x42\x60\x82"...)
}

const diffusion = "a photo of an ID card\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 965400086, Size: 512x768, Model hash: 6ce0161689"

// aigcSpellings are the ways in which the label is written.
func aigcSpellings(label string) map[string][]byte {
	object := `{"Label":"` + label + `","ContentProducer":"001191110102MACQD9K64018705","ProduceID":"P1","ReservedCode1":"","ContentPropagator":"","PropagateID":"","ReservedCode2":""}`
	escaped := strings.ReplaceAll(object, `"`, "&quot;")
	number := strings.Replace(object, `"`+label+`"`, label, 1)
	ns := `xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"`
	element := func(ns, prefix, content string) []byte {
		return xmpSegment(fmt.Sprintf(`<rdf:Description %s><%s:AIGC>%s</%s:AIGC></rdf:Description>`, ns, prefix, content, prefix))
	}
	wide := "http://ns.adobe.com/xap/1.0/\x00\xFF\xFE" + utf16Bytes(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description `+ns+` TC260:AIGC="`+escaped+`"/></rdf:RDF></x:xmpmeta>`, binary.LittleEndian)
	files := map[string][]byte{
		"element, raw JSON":           smallPicture(element(ns, "TC260", object)),
		"element, entities":           smallPicture(element(ns, "TC260", escaped)),
		"element, entities twice":     smallPicture(element(ns, "TC260", strings.ReplaceAll(escaped, "&", "&amp;"))),
		"element, CDATA":              smallPicture(element(ns, "TC260", "<![CDATA["+object+"]]>")),
		"element, number":             smallPicture(element(ns, "TC260", number)),
		"element, backslashes":        smallPicture(element(ns, "TC260", strings.ReplaceAll(object, `"`, `\"`))),
		"element, spaces":             smallPicture(element(ns, "TC260", strings.ReplaceAll(object, ":", " :\n "))),
		"attribute":                   smallPicture(xmpSegment(`<rdf:Description ` + ns + ` TC260:AIGC="` + escaped + `"/>`)),
		"attribute, single quotes":    smallPicture(xmpSegment(`<rdf:Description ` + ns + ` TC260:AIGC='` + object + `'/>`)),
		"attribute, numeric entities": smallPicture(xmpSegment(`<rdf:Description ` + ns + ` TC260:AIGC="` + strings.ReplaceAll(object, `"`, "&#34;") + `"/>`)),
		"attribute, broken XML":       smallPicture(xmpSegment(`<rdf:Description ` + ns + ` TC260:AIGC="` + object + `"/>`)),
		"another prefix":              smallPicture(element(`xmlns:x9="http://www.tc260.org.cn/ns/AIGC/1.0/"`, "x9", object)),
		"lower-case prefix":           smallPicture(element(`xmlns:aigc="http://www.tc260.org.cn/ns/AIGC/1.0/"`, "aigc", object)),
		"namespace without a slash":   smallPicture(element(`xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0"`, "TC260", object)),
		"namespace with https":        smallPicture(element(`xmlns:TC260="https://www.tc260.org.cn/ns/AIGC/1.0/"`, "TC260", object)),
		"undeclared prefix":           smallPicture(element("", "TC260", object)),
		"default namespace":           smallPicture(xmpSegment(`<rdf:Description><AIGC xmlns="http://www.tc260.org.cn/ns/AIGC/1.0/">` + object + `</AIGC></rdf:Description>`)),
		"structure":                   smallPicture(xmpSegment(`<rdf:Description ` + ns + `><TC260:AIGC rdf:parseType="Resource"><TC260:Label>` + label + `</TC260:Label><TC260:ContentProducer>x</TC260:ContentProducer></TC260:AIGC></rdf:Description>`)),
		"structure of attributes":     smallPicture(xmpSegment(`<rdf:Description ` + ns + `><TC260:AIGC TC260:Label="` + label + `" TC260:ProduceID="1"/></rdf:Description>`)),
		"UTF-16 packet":               smallPicture(filetest.Segment(0xE1, []byte(wide))),
		"UserComment, ASCII":          smallPicture(userComment("ASCII\x00\x00\x00", `{"AIGC":`+object+`}`)),
		"UserComment, no code":        smallPicture(userComment("", `AIGC`+object)),
		"UserComment, object alone":   smallPicture(userComment("\x00\x00\x00\x00\x00\x00\x00\x00", object)),
		"UserComment, UTF-16 BE":      smallPicture(userComment("UNICODE\x00", utf16Bytes(`AIGC: `+object, binary.BigEndian))),
		"UserComment, UTF-16 LE":      smallPicture(userComment("UNICODE\x00", utf16Bytes(`AIGC: `+object, binary.LittleEndian))),
		"UserComment, JSON in JSON":   smallPicture(userComment("ASCII\x00\x00\x00", `{"AIGC":"`+strings.ReplaceAll(object, `"`, `\"`)+`"}`)),
		"ImageDescription":            smallPicture(exifText(0x010E, `{"AIGC":`+object+`}`)),
		"JPEG comment":                smallPicture(filetest.Segment(0xFE, []byte(`AIGC=`+object))),
		"PNG text":                    pngText("tEXt", "AIGC", object),
		"PNG XMP":                     pngText("iTXt", "XML:com.adobe.xmp", `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description `+ns+` TC260:AIGC="`+escaped+`"/></rdf:RDF></x:xmpmeta>`),
	}
	// GIF keeps its packet in an application extension, behind which a tail of 258 bytes leads over it.
	gif := filetest.GIF{Width: 2, Height: 2, Frames: []filetest.GIFFrame{{Width: 2, Height: 2, Transparent: -1}}}.Bytes()
	packet := `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description ` + ns + ` TC260:AIGC="` + escaped + `"/></rdf:RDF></x:xmpmeta>`
	tail := []byte{1}
	for i := 255; i >= 0; i-- {
		tail = append(tail, byte(i))
	}
	extension := append(append([]byte("\x21\xFF\x0BXMP DataXMP"), packet...), append(tail, 0)...)
	files["GIF XMP"] = append(append(bytes.Clone(gif[:13]), extension...), gif[13:]...)
	files["GIF comment"] = append(append(bytes.Clone(gif[:13]), append(append([]byte("\x21\xFE"), byte(len(`AIGC`+number))), append([]byte(`AIGC`+number), 0)...)...), gif[13:]...)
	return files
}

func TestEveryAIGCSpellingIsFound(t *testing.T) {
	for _, label := range []string{"1", "2", "3"} {
		for name, data := range aigcSpellings(label) {
			findings, skipped := findingsOn(t, Generated, data)
			if got := codesOf(findings); skipped != "" || !slices.Equal(got, []string{"aigc_label"}) {
				t.Errorf("label %s, %s: %v %s", label, name, got, skipped)
				continue
			}
			if m := findings[0].Measures[0]; fmt.Sprint(m.Value) != label {
				t.Errorf("label %s, %s: read as %v", label, name, m.Value)
			}
		}
	}
	// A label that says none of the three values is there all the same.
	ns := `xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"`
	findings, _ := findingsOn(t, Generated, smallPicture(xmpSegment(`<rdf:Description `+ns+` TC260:AIGC="yes"/>`)))
	if got := codesOf(findings); !slices.Equal(got, []string{"aigc_label"}) || findings[0].Measures[0].Value != 0 {
		t.Errorf("unreadable label: %v", got)
	}
}

func sourceType(value string) []byte {
	return smallPicture(xmpSegment(`<rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType="` + value + `"/>`))
}

func TestSourceTypes(t *testing.T) {
	const uri = "http://cv.iptc.org/newscodes/digitalsourcetype/"
	want := map[string]string{
		"trainedAlgorithmicMedia": "source_type_generated", "compositeWithTrainedAlgorithmicMedia": "source_type_generated",
		"algorithmicMedia": "source_type_generated", "compositeSynthetic": "source_type_generated",
		"digitalCreation": "source_type_no_camera", "digitalArt": "source_type_no_camera", "virtualRecording": "source_type_no_camera",
		"dataDrivenMedia": "source_type_no_camera", "screenCapture": "source_type_no_camera",
		"composite": "source_type_composite", "compositeCapture": "source_type_composite",
		"humanEdits": "source_type_corrected", "minorHumanEdits": "source_type_corrected", "algorithmicallyEnhanced": "source_type_corrected",
		"digitalCapture": "", "computationalCapture": "", "negativeFilm": "", "positiveFilm": "", "print": "", "somethingNew": "",
	}
	signer := c2patest.NewSigner(-8, "A Maker")
	for name, code := range want {
		var codes []string
		if code != "" {
			codes = []string{code}
		}
		for where, data := range map[string][]byte{
			"URI": sourceType(uri + name), "https": sourceType("https://cv.iptc.org/newscodes/digitalsourcetype/" + name), "term": sourceType(name),
			"code": sourceType("digsrctype:" + name), "slash": sourceType(uri + name + "/"),
			"element":  smallPicture(xmpSegment(`<rdf:Description xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><e:DigitalSourceType>` + uri + name + `</e:DigitalSourceType></rdf:Description>`)),
			"resource": smallPicture(xmpSegment(`<rdf:Description xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><e:DigitalSourceType rdf:resource="` + uri + name + `"/></rdf:Description>`)),
			"credentials": c2patest.JPEG(smallPicture(), 0, c2patest.Manifest{Label: "m", Signer: signer,
				Actions: []map[string]any{{"action": "c2pa.created", "digitalSourceType": uri + name}}}),
		} {
			if findings, _ := findingsOn(t, Generated, data); !slices.Equal(codesOf(findings), codes) {
				t.Errorf("%s as %s: %v, want %v", name, where, codesOf(findings), codes)
			}
		}
	}
}

func TestGeneratorParameters(t *testing.T) {
	comfy := `prompt:{"3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20}}}`
	novel := `{"prompt": "1girl", "steps": 28, "sampler": "k_euler", "seed": 12, "uc": "lowres"}`
	journey := "portrait of a clerk --ar 3:2 --v 6.0 Job ID: 0d5b0a3c-1c2f-4d5e-8f90-1234567890ab"
	long := strings.Repeat("very detailed, ", 1000) + diffusion
	for name, data := range map[string][]byte{
		"ASCII":                 smallPicture(userComment("ASCII\x00\x00\x00", diffusion)),
		"UTF-16, big-endian":    smallPicture(userComment("UNICODE\x00", utf16Bytes(diffusion, binary.BigEndian))),
		"UTF-16, little-endian": smallPicture(userComment("UNICODE\x00", utf16Bytes(diffusion, binary.LittleEndian))),
		"UTF-8 under UNICODE":   smallPicture(userComment("UNICODE\x00", diffusion)),
		"no code":               smallPicture(userComment("", diffusion)),
		"Chinese prompt":        smallPicture(userComment("UNICODE\x00", utf16Bytes("一张身份证照片\n"+diffusion, binary.BigEndian))),
		"a very long prompt":    smallPicture(userComment("UNICODE\x00", utf16Bytes(long, binary.BigEndian))),
		"ImageDescription":      smallPicture(exifText(0x010E, diffusion)),
		"XMP description":       smallPicture(xmpSegment(`<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">` + diffusion + `</rdf:li></rdf:Alt></dc:description></rdf:Description>`)),
		"JPEG comment":          smallPicture(filetest.Segment(0xFE, []byte(diffusion))),
		"PNG text":              pngText("tEXt", "parameters", diffusion),
		"ComfyUI":               smallPicture(exifText(0x010F, comfy)),
		"ComfyUI workflow":      smallPicture(exifText(0x010E, `{"last_node_id": 9, "last_link_id": 9, "nodes": []}`)),
		"NovelAI":               smallPicture(userComment("ASCII\x00\x00\x00", novel)),
		"Midjourney":            smallPicture(exifText(0x010E, journey)),
		"EXIF as cameras write": smallPicture(filetest.Segment(0xE1, append([]byte("Exif\x00\x00"), (&jpegwriter.EXIF{BigEndian: true, Make: "X", Comment: diffusion}).Bytes()...))),
	} {
		if findings, _ := findingsOn(t, Generated, data); !slices.Contains(codesOf(findings), "generator_parameters") {
			t.Errorf("%s: %v", name, codesOf(findings))
		}
	}
}

func TestGeneratorNames(t *testing.T) {
	xmp := func(property string) []byte {
		return smallPicture(xmpSegment(`<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" ` + property + `/>`))
	}
	for name, data := range map[string][]byte{
		"EXIF Software":   smallPicture(exifText(0x0131, "NovelAI")),
		"EXIF Make":       smallPicture(exifText(0x010F, "Midjourney")),
		"CreatorTool":     xmp(`xmp:CreatorTool="Adobe Firefly"`),
		"Chinese service": smallPicture(exifText(0x0131, "即梦AI")),
		"credit line":     xmp(`photoshop:Credit="Made with Google AI"`),
		"AI system used":  xmp(`e:AISystemUsed="Some Generator 3"`),
		"credentials": c2patest.JPEG(smallPicture(), 0, c2patest.Manifest{Label: "m", Signer: c2patest.NewSigner(-8, "x"),
			Actions: []map[string]any{{"action": "c2pa.created", "softwareAgent": "DALL·E"}}}),
	} {
		if findings, _ := findingsOn(t, Generated, data); !slices.Contains(codesOf(findings), "generator_named") {
			t.Errorf("%s: %v", name, codesOf(findings))
		}
	}
}

// Words that sound alike, in honest files.
func TestFalseFriends(t *testing.T) {
	for name, data := range map[string][]byte{
		"no metadata":                   smallPicture(),
		"a recipe":                      smallPicture(exifText(0x010E, "Steps: 3. Seed: 20 g sunflower. Serve warm.")),
		"a machine's settings":          smallPicture(exifText(0x010E, "Sampler: water probe 4; Size: large")),
		"a person called Leonardo":      smallPicture(exifText(0x013B, "Leonardo")),
		"a person called Dalle":         smallPicture(exifText(0x013B, "Marco Dalle Fratte")),
		"a Spanish caption":             smallPicture(exifText(0x010E, "imagen del documento")),
		"a command line":                smallPicture(exifText(0x010E, "tool --v 2 --seed 5")),
		"JSON of another kind":          smallPicture(userComment("ASCII\x00\x00\x00", `{"Label":"1","Room":"archive"}`)),
		"a label that is none":          smallPicture(exifText(0x010E, "AIGC conference 2025, Label: 1")),
		"another vocabulary's property": smallPicture(xmpSegment(`<rdf:Description xmlns:a="http://example.com/ns/" a:AIGC="no"/>`)),
		"the word in a description":     smallPicture(exifText(0x010E, "How Midjourney and Stable Diffusion work, page 3")),
		"a camera":                      smallPicture(exifText(0x0131, "HDR+ 1.0.345618096zd")),
		"a namespace without the label": smallPicture(xmpSegment(`<rdf:Description xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"/>`)),
		"binary comment":                smallPicture(userComment("UNICODE\x00", string(bytes.Repeat([]byte{0, 255, 3}, 90)))),
	} {
		if findings, _ := findingsOn(t, Generated, data); len(findings) > 0 {
			t.Errorf("%s: %v: %s", name, codesOf(findings), findings[0].Message.En)
		}
	}
}
