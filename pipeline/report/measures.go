package report

import (
	"strings"

	"dossier/checks"
)

// measureTitles names every measure of every check. Where two checks mean different things by one name, the
// key has the check before it.
var measureTitles = map[string]checks.Text{
	"accounts":                     {En: "accounts", Zh: "账号数"},
	"age":                          {En: "age", Zh: "年龄"},
	"agreeing":                     {En: "windows that agree", Zh: "结果一致的窗口数"},
	"ancestors":                    {En: "earlier versions", Zh: "历史版本数"},
	"angle":                        {En: "angle", Zh: "角度"},
	"answers_missing":              {En: "answers missing", Zh: "缺少的填写项"},
	"apart":                        {En: "difference between the names", Zh: "名称差异"},
	"beyond":                       {En: "beyond the picture's edge", Zh: "超出画面"},
	"blur":                         {En: "blur, of the text's height", Zh: "模糊宽度（占字高）"},
	"blurred_share":                {En: "print that is blurred", Zh: "模糊文字占比"},
	"broken_ingredients":           {En: "broken ingredients", Zh: "损坏的素材记录"},
	"bytes":                        {En: "size", Zh: "大小"},
	"card_width":                   {En: "width of the card", Zh: "证件宽度"},
	"changed_statements":           {En: "changed statements", Zh: "被改动的声明"},
	"changing_actions":             {En: "actions that change the picture", Zh: "改变画面的操作"},
	"character":                    {En: "width of a digit", Zh: "单个数字宽度"},
	"characters":                   {En: "characters", Zh: "字符数"},
	"clock_against_satellites":     {En: "clock against satellite time", Zh: "时钟与卫星时间之差"},
	"codes":                        {En: "codes", Zh: "二维码数"},
	"colored":                      {En: "coloured part", Zh: "彩色部分"},
	"complete":                     {En: "part that is there", Zh: "完整程度"},
	"completeness":                 {En: "part of the chop that is seen", Zh: "印章完整程度"},
	"confidence":                   {En: "confidence", Zh: "置信度"},
	"contrast":                     {En: "contrast", Zh: "对比度"},
	"copies":                       {En: "copies", Zh: "相同文件数"},
	"corrections":                  {En: "corrections", Zh: "更正次数"},
	"correlation":                  {En: "correlation", Zh: "相关系数"},
	"cost":                         {En: "needed", Zh: "所需资源"},
	"covered":                      {En: "covered", Zh: "被遮挡长度"},
	"cut_lines":                    {En: "lines that are cut", Zh: "被裁切的行数"},
	"dark_eyes":                    {En: "dark part of the eyes' places", Zh: "眼部暗色占比"},
	"deviation":                    {En: "deviation", Zh: "偏差"},
	"diameter":                     {En: "diameter", Zh: "直径"},
	"documents":                    {En: "documents", Zh: "文件数"},
	"editing_steps":                {En: "editing steps", Zh: "编辑步骤数"},
	"evidence":                     {En: "evidence", Zh: "证据强度"},
	"excluded":                     {En: "left out of the signature", Zh: "未纳入签名的部分"},
	"face_width":                   {En: "width of the face", Zh: "人脸宽度"},
	"faces":                        {En: "faces", Zh: "人脸数"},
	"false_alarm_rate":             {En: "rate of false alarms", Zh: "误报率"},
	"first_step":                   {En: "finest quantisation step", Zh: "最细量化步长"},
	"fit":                          {En: "fit to a lamp", Zh: "与灯光的吻合度"},
	"frames":                       {En: "frames", Zh: "帧数"},
	"further_pictures":             {En: "further pictures", Zh: "附加图片数"},
	"glass_brightness":             {En: "brightness of the glasses", Zh: "镜片亮度"},
	"grid_shift_x":                 {En: "shift of the grid to the right", Zh: "网格右移"},
	"grid_shift_y":                 {En: "shift of the grid downwards", Zh: "网格下移"},
	"grid_x":                       {En: "grid from the left", Zh: "网格水平位置"},
	"grid_y":                       {En: "grid from the top", Zh: "网格垂直位置"},
	"height":                       {En: "height", Zh: "高度"},
	"ijg_quality":                  {En: "JPEG quality", Zh: "JPEG 质量"},
	"in_shadow":                    {En: "print in shadow", Zh: "阴影中文字占比"},
	"ink":                          {En: "ink", Zh: "墨迹"},
	"label":                        {En: "label", Zh: "标识值"},
	"lean":                         {En: "lean", Zh: "倾斜角度"},
	"left_out":                     {En: "not covered by the signature", Zh: "签名未覆盖的部分"},
	"length":                       {En: "length", Zh: "长度"},
	"lift":                         {En: "ink is paler by", Zh: "文字变淡"},
	"light_in_shadow":              {En: "light in the shadow", Zh: "阴影处亮度"},
	"log_nfa":                      {En: "logarithm of the expected false alarms", Zh: "误报期望的对数"},
	"long_side":                    {En: "long side", Zh: "长边"},
	"manifests":                    {En: "manifests", Zh: "凭证清单数"},
	"matching_statements":          {En: "statements that hold", Zh: "相符的声明"},
	"mirrored_confidence":          {En: "confidence in the mirror", Zh: "镜像识别置信度"},
	"mirrored_lines":               {En: "mirrored lines", Zh: "镜像行数"},
	"noise":                        {En: "noise", Zh: "噪点强度"},
	"not_acknowledged":             {En: "not acknowledged", Zh: "尚未告知的事项"},
	"offset":                       {En: "place in the file", Zh: "文件内位置"},
	"on_steps_inside":              {En: "on the steps, inside", Zh: "区域内吻合度"},
	"on_steps_outside":             {En: "on the steps, outside", Zh: "区域外吻合度"},
	"orientation":                  {En: "orientation", Zh: "方向标记"},
	"other_cases":                  {En: "other cases", Zh: "其他案卷数"},
	"pages":                        {En: "pages", Zh: "页数"},
	"paper":                        {En: "brightness of the paper", Zh: "纸面亮度"},
	"part_left":                    {En: "part that is left", Zh: "保留部分"},
	"period":                       {En: "period of the pattern", Zh: "条纹周期"},
	"pixels":                       {En: "pixels", Zh: "像素数"},
	"places":                       {En: "places", Zh: "处数"},
	"primary_quality":              {En: "first JPEG quality", Zh: "首次 JPEG 质量"},
	"print_beside":                 {En: "print beside the ring", Zh: "圆环两侧文字占比"},
	"print_on_ring":                {En: "print on the ring", Zh: "圆环上文字占比"},
	"problems":                     {En: "problems", Zh: "问题数"},
	"quality":                      {En: "JPEG quality", Zh: "JPEG 质量"},
	"readable":                     {En: "print that can be read", Zh: "可读文字占比"},
	"recorded_height":              {En: "recorded height", Zh: "记录的高度"},
	"recorded_width":               {En: "recorded width", Zh: "记录的宽度"},
	"region_blocks":                {En: "size of the part", Zh: "区域大小"},
	"resolution":                   {En: "resolution", Zh: "分辨率"},
	"retouched_places":             {En: "retouched places", Zh: "修饰处数"},
	"saved_later":                  {En: "saved later by", Zh: "保存晚于拍摄"},
	"score":                        {En: "score", Zh: "得分"},
	"seals":                        {En: "chops", Zh: "印章数"},
	"shape_difference":             {En: "difference in shape", Zh: "长宽比差异"},
	"sharpest_edge":                {En: "sharpest edges, of the long side", Zh: "最清晰边缘宽度（占长边）"},
	"sharpness":                    {En: "sharpness of the pattern", Zh: "条纹锐度"},
	"short_side":                   {En: "short side", Zh: "短边"},
	"sides":                        {En: "sides that are cut", Zh: "被裁切的边数"},
	"skin_redness":                 {En: "redness of the skin", Zh: "肤色偏红程度"},
	"skin_share":                   {En: "skin in the lower face", Zh: "面部下半部肤色占比"},
	"small_share":                  {En: "print that is small", Zh: "过小文字占比"},
	"soft_ink":                     {En: "parts without a sharp edge", Zh: "无清晰边缘部分占比"},
	"statements":                   {En: "statements", Zh: "声明数"},
	"steepness":                    {En: "steepness of the edges", Zh: "边缘陡度"},
	"strength":                     {En: "strength of the ink", Zh: "印色深浅"},
	"stroke":                       {En: "width of strokes", Zh: "笔画宽度"},
	"suspicion":                    {En: "suspicion", Zh: "可疑程度"},
	"text_layers":                  {En: "text layers", Zh: "文字图层数"},
	"thumbnail_bytes":              {En: "size of the thumbnail", Zh: "缩略图大小"},
	"time_left":                    {En: "time left", Zh: "剩余时间"},
	"tint":                         {En: "difference in tint", Zh: "颜色差异"},
	"trailing":                     {En: "after the picture's end", Zh: "图片结尾之后的数据"},
	"turn":                         {En: "turn", Zh: "旋转角度"},
	"two_levels":                   {En: "pure black or white", Zh: "纯黑或纯白部分"},
	"typical_difference":           {En: "typical difference", Zh: "一般差异"},
	"under_seal":                   {En: "hidden under the chop", Zh: "被印章覆盖的部分"},
	"unevenness":                   {En: "unevenness of the ink", Zh: "印油不均匀度"},
	"unlisted_statements":          {En: "unlisted statements", Zh: "未列出的声明"},
	"veiled":                       {En: "veiled part of the picture", Zh: "反光面积占比"},
	"votes":                        {En: "pixels that vote for it", Zh: "支持的像素"},
	"white":                        {En: "white part of the picture", Zh: "纯白面积占比"},
	"width":                        {En: "width", Zh: "宽度"},
	"worst_difference":             {En: "greatest difference", Zh: "最大差异"},
	"legibility/exposure ink":      {En: "brightness of the ink", Zh: "墨色亮度"},
	"legibility/resolution height": {En: "height of the text", Zh: "字高"},
	"legibility/screen height":     {En: "height of the peak", Zh: "峰值高度"},
	"legibility/skew sides":        {En: "ratio of opposite sides", Zh: "对边长度比"},
	"format/pixels width":          {En: "width", Zh: "宽"},
	"format/pixels height":         {En: "height", Zh: "高"},
}

// measureTitle names a measure of a check. What the table lacks, as in a record that a later version wrote, is shown by its own
// name.
func measureTitle(check, name string) checks.Text {
	if t, ok := measureTitles[check+" "+name]; ok {
		return t
	}
	if t, ok := measureTitles[name]; ok {
		return t
	}
	plain := strings.ReplaceAll(name, "_", " ")
	return checks.Text{En: plain, Zh: plain}
}

// unitWords are the units of measures as people write them; what is written alike in both languages is not
// among them.
var unitWords = map[string]checks.Text{
	"blocks":                       {En: "blocks of 8 x 8", Zh: "个 8×8 块"},
	"bytes":                        {En: "bytes", Zh: "字节"},
	"characters":                   {En: "characters", Zh: "个字符"},
	"degrees":                      {En: "degrees", Zh: "度"},
	"h":                            {En: "h", Zh: "小时"},
	"levels":                       {En: "levels of 255", Zh: "级（满值 255）"},
	"min":                          {En: "min", Zh: "分钟"},
	"mm":                           {En: "mm", Zh: "毫米"},
	"nat":                          {En: "nat", Zh: "奈特"},
	"pages":                        {En: "pages", Zh: "页"},
	"pixels":                       {En: "pixels", Zh: "像素"},
	"px":                           {En: "px", Zh: "像素"},
	"share of the signature's ink": {En: "of the signature's ink", Zh: "（占签名墨迹）"},
	"squares of a character":       {En: "squares of a character", Zh: "个字面积"},
	"standard deviations":          {En: "standard deviations", Zh: "倍标准差"},
	"years":                        {En: "years", Zh: "岁"},
}

// sameUnits are those written alike in both languages.
var sameUnits = map[string]bool{"": true, "%": true, "‰": true, "dpi": true}

// unitWord is a measure's unit as people write it.
func unitWord(unit string) checks.Text {
	if t, ok := unitWords[unit]; ok {
		return t
	}
	return checks.Text{En: unit, Zh: unit}
}
