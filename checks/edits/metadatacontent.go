package edits

import (
	"slices"
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
		case top == "DocumentAncestors":
			ancestors++
		case slices.Contains(localCorrections, top) && f.Namespace == metadata.NamespaceCameraRaw:
			retouched++
		case strings.HasSuffix(f.Name, "history_operation") && slices.Contains(contentOperations, f.Value):
			retouched++
		}
	}
	if layers > 0 {
		e.find("text_added", 0.8,
			checks.Textf("Photoshop recorded that text was set over the picture: %[1]d text layers (XMP photoshop:TextLayers).",
				"Photoshop 记录了叠加在图片上的文字：%[1]d 个文字图层（XMP photoshop:TextLayers）。", layers),
			look, checks.Measure{Name: "text_layers", Value: float64(layers), Want: "0"})
	}
	if ancestors > 0 {
		e.find("content_pasted", 0.7,
			checks.Textf("Photoshop recorded that content of %[1]d other documents was pasted or placed in this one (XMP photoshop:DocumentAncestors).",
				"Photoshop 记录了 %[1]d 个其他文件的内容被粘贴或置入本图（XMP photoshop:DocumentAncestors）。", ancestors),
			look, checks.Measure{Name: "ancestors", Value: float64(ancestors), Want: "0"})
	}
	var actions []string
	for _, h := range e.m.History {
		if a := strings.ToLower(h.Action); slices.Contains(contentActions, a) {
			actions = append(actions, a)
		}
	}
	if len(actions) > 0 {
		kinds := slices.Compact(slices.Sorted(slices.Values(actions)))
		e.find("content_edited", 0.6,
			checks.Textf("The file's history records %[1]d steps that change a picture's content (%[2]s, XMP xmpMM:History).",
				"文件历史中有 %[1]d 个改变画面内容的步骤（%[2]s，XMP xmpMM:History）。", len(actions), join(kinds, ", ")),
			look, checks.Measure{Name: "editing_steps", Value: float64(len(actions)), Want: "0"})
	}
	if retouched > 0 {
		e.find("retouched", 0.6,
			checks.Textf("The metadata record %[1]d retouched places (healing or cloning).", "元数据记录了 %[1]d 处局部修饰（修复或仿制）。", retouched),
			look, checks.Measure{Name: "retouched_places", Value: float64(retouched), Want: "0"})
	}
	e.layers()
	e.derived()
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
	e.find("layers_recorded", 0.3,
		checks.Textf("The picture was kept as a Photoshop document in layers before it was saved as it is (%[1]s).",
			"图片保存前曾是 Photoshop 分层文件（%[1]s）。", where), look)
}

func (e *examination) derived() {
	from := e.m.Value(metadata.XMP, "DerivedFrom/documentID")
	if from == "" || from == e.m.Value(metadata.XMP, "DocumentID") {
		return
	}
	e.find("derived", 0,
		checks.Text{
			En: "The file says that it was made from another document (XMP xmpMM:DerivedFrom), as every “save as” records.",
			Zh: "文件记录其由另一文件生成（XMP xmpMM:DerivedFrom），“另存为”即会留下此记录。",
		}, nothingToDo)
}
