package evaluate

import "dossier/checks"

func halfName(name string) checks.Text {
	switch name {
	case Calibrate:
		return checks.Text{En: "calibrate", Zh: "校准部分"}
	case Report:
		return checks.Text{En: "report", Zh: "报告部分"}
	}
	return checks.Text{En: "both", Zh: "全部"}
}

// typeNames puts the types and chains of our own sets into words; other names stand as they are.
var typeNames = map[string]checks.Text{
	"paste-aligned": {En: "pasted, on the grid", Zh: "拼接（块网格对齐）"},
	"paste-shifted": {En: "pasted, off the grid", Zh: "拼接（块网格错位）"},
	"paste-fresh":   {En: "pasted, never compressed", Zh: "拼接（来源未经压缩）"},
	"paste-scaled":  {En: "pasted, resampled", Zh: "拼接（经过缩放）"},
	"copy-move":     {En: "copied within the picture", Zh: "图内复制粘贴"},
	"text-replaced": {En: "text replaced", Zh: "文字替换"},
	"erase-flat":    {En: "painted over", Zh: "涂抹覆盖"},
	"erase-clone":   {En: "covered with texture", Zh: "纹理克隆覆盖"},
	"blur":          {En: "blurred", Zh: "局部模糊"},
	"seal-pasted":   {En: "seal pasted", Zh: "贴入印章"},

	"device":        {En: "device's own form", Zh: "设备原始格式"},
	"device-resave": {En: "device's form, saved again", Zh: "设备格式重新保存"},
	"stripped":      {En: "metadata removed", Zh: "去除元数据"},
	"resave-higher": {En: "saved again, higher quality", Zh: "以更高质量重新保存"},
	"resave-lower":  {En: "saved again, lower quality", Zh: "以更低质量重新保存"},
	"resave-same":   {En: "saved again, same quality", Zh: "以相同质量重新保存"},
	"resave-twice":  {En: "saved again twice", Zh: "两次重新保存"},
	"messenger":     {En: "sent by messenger", Zh: "经即时通讯发送"},
	"resize":        {En: "reduced", Zh: "缩小"},
	"turn-lossless": {En: "turned without loss", Zh: "无损旋转"},
	"turn-exif":     {En: "turned by EXIF", Zh: "EXIF 旋转"},
	"scanner-app":   {En: "scanner app", Zh: "扫描类应用处理"},
	"bitmap":        {En: "saved as bitmap", Zh: "保存为位图"},
	"all":           {En: "all", Zh: "全部"},
	"untouched":     {En: "untouched", Zh: "原始文件"},
	"honest":        {En: "honest change", Zh: "正常处理"},
	"altered":       {En: "altered", Zh: "有改动"},
}

func typeName(name string) checks.Text {
	if t, ok := typeNames[name]; ok {
		return t
	}
	return checks.Text{En: name, Zh: name}
}

func alarmName(a FalseAlarm) checks.Text {
	label := typeName(string(a.Label))
	if a.Type == "" {
		return label
	}
	t := typeName(a.Type)
	return checks.Text{En: label.En + ": " + t.En, Zh: label.Zh + "：" + t.Zh}
}
