package edits

import (
	"slices"
	"strconv"
	"strings"

	"dossier/checks"
	"dossier/checks/picture/metadata"
)

// look asks for the one thing a person has to do when the metadata say that content was changed.
var look = checks.Text{
	En: "Compare the picture with the paper, line by line; ask the client for the scan or photo as the device made it.",
	Zh: "请与原件逐项核对，并请客户提供设备直接生成的扫描件或照片。",
}

// contentActions are the steps of XMP's history (ISO 16684-2, stEvt:action) that change what a
// picture shows. "saved", "converted", "derived", "resized", "cropped" and the like do not.
var contentActions = []string{"edited", "filtered"}

// contentOperations are darktable's modules that repaint places of a picture.
var contentOperations = []string{"retouch", "spots", "liquify", "watermark"}

// localCorrections are the Camera Raw settings (namespace crs) that hold repaired places. Their
// brushes and gradients change brightness and colour, not content.
var localCorrections = []string{"RetouchAreas", "RetouchInfo"}

// content reports what the metadata say was done to the content.
func (e *examination) content() {
	var layers, ancestors, retouched int
	for _, f := range e.m.Fields {
		if f.Source != metadata.XMP {
			continue
		}
		top, rest, _ := strings.Cut(f.Name, "/")
		switch {
		case top == "TextLayers" && f.Namespace == metadata.NamespacePhotoshop && rest == "LayerName":
			layers++
		case top == "DocumentAncestors" && f.Namespace == metadata.NamespacePhotoshop:
			ancestors++
		case slices.Contains(localCorrections, top) && f.Namespace == metadata.NamespaceCameraRaw:
			retouched++
		case strings.HasSuffix(f.Name, "history_operation") && slices.Contains(contentOperations, f.Value):
			retouched++
		}
	}
	if layers > 0 {
		e.find("text_added",
			checks.Textf("Photoshop recorded text set over the picture: %[1]s (XMP photoshop:TextLayers).",
				"Photoshop 记录了叠加在图片上的文字：%[2]d 个文字图层（XMP photoshop:TextLayers）。", plural(layers, "text layer"), layers),
			look, checks.Measure{Name: "text_layers", Value: float64(layers), Want: "0"})
	}
	if ancestors > 0 {
		var atLeast checks.Text
		if ancestors >= metadata.MaxRepeats {
			atLeast = checks.Text{En: "at least ", Zh: "至少"}
		}
		e.find("content_pasted",
			checks.Textf("Photoshop recorded that content of %[3]s%[1]s was pasted or placed in this one (XMP photoshop:DocumentAncestors).",
				"Photoshop 记录了%[4]s %[2]d 个其他文件的内容被粘贴或置入本图（XMP photoshop:DocumentAncestors）。",
				plural(ancestors, "other document"), ancestors, atLeast.En, atLeast.Zh),
			look, checks.Measure{Name: "ancestors", Value: float64(ancestors), Want: "0"})
	}
	e.steps()
	if retouched > 0 {
		e.find("retouched",
			checks.Textf("The metadata record healing or cloning: %[1]s.", "元数据记录了修复或仿制操作：%[2]d 项。", plural(retouched, "setting"), retouched),
			look, checks.Measure{Name: "retouched_places", Value: float64(retouched), Want: "0"})
	}
	e.layers()
}

// contentTools are the tools by which Photoshop's own log (photoshop:History, off by default) tells
// of changes to the content, in English and Chinese.
var contentTools = []string{
	"Clone Stamp", "Healing Brush", "Patch Tool", "Content-Aware", "Paste", "Type Tool", "Brush Tool", "Eraser", "Liquify",
	"仿制图章", "修复画笔", "修补工具", "内容识别", "粘贴", "文字工具", "画笔工具", "橡皮擦", "液化",
}

// steps reports the steps of the two histories that change what a picture shows.
func (e *examination) steps() {
	var names []string
	count := 0
	for _, h := range e.m.History {
		if a := strings.ToLower(h.Action); slices.Contains(contentActions, a) {
			names = append(names, a)
			count++
		}
	}
	where := "XMP xmpMM:History"
	for _, f := range e.m.Fields {
		if f.Source == metadata.XMP && f.Namespace == metadata.NamespacePhotoshop && f.Name == "History" {
			for _, tool := range contentTools {
				if n := strings.Count(f.Value, tool); n > 0 {
					names = append(names, tool)
					count += n
					where = "XMP photoshop:History"
				}
			}
		}
	}
	if count == 0 {
		return
	}
	slices.Sort(names)
	names = slices.Compact(names)
	e.find("content_edited",
		checks.Textf("The file's history records %[2]s that change what a picture shows (%[4]s; %[1]s).",
			"文件历史记录了 %[3]d 个改变画面内容的步骤（%[5]s；%[1]s）。",
			where, plural(count, "step"), count, join(names, ", "), join(names, "、")),
		look, checks.Measure{Name: "editing_steps", Value: float64(count), Want: "0"})
}

// plural writes a number with its noun, in English.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Ids of Photoshop's image resources that are written for pictures in layers (Photoshop file
// format specification: layer state, layer groups).
const (
	resourceLayerState  = 1024
	resourceLayerGroups = 1026
)

func (e *examination) layers() {
	converted := false
	for _, h := range e.m.History {
		converted = converted || strings.Contains(h.Parameters, "from application/vnd.adobe.photoshop")
	}
	where := "XMP xmpMM:History"
	if !converted {
		if !slices.Contains(e.m.Resources, resourceLayerState) && !slices.Contains(e.m.Resources, resourceLayerGroups) {
			return
		}
		where = "APP13 8BIM 1024/1026"
	}
	e.find("layers_recorded",
		checks.Textf("The picture was kept as a Photoshop document in layers before it was saved as it is (%[1]s).",
			"图片保存前曾是 Photoshop 分层文件（%[1]s）。", where), look)
}

func (e *examination) derived() {
	from := e.m.Value(metadata.XMP, "DerivedFrom/documentID")
	if from == "" || from == e.m.Value(metadata.XMP, "DocumentID") {
		return
	}
	e.find("derived",
		checks.Text{
			En: "The file says that it was made from another document (XMP xmpMM:DerivedFrom), as every “save as” records.",
			Zh: "文件记录其由另一文件生成（XMP xmpMM:DerivedFrom），“另存为”即会留下此记录。",
		}, nothingToDo)
}
