package fields

import (
	"slices"
	"strings"
	"unicode"

	"dossier/checks/picture/reading"
)

// unreadable stands in a name for a character that was seen and could not be read.
const unreadable = '□'

// unreadBelow is the confidence below which a character of a name is not given: on drawn documents of
// poor quality fewer than half of such characters were right.
const unreadBelow = 0.4

// A named is a name that was read.
type named struct {
	text       string
	confidence float64
	found      bool
}

// surnames are the family names most people of China carry, and the double ones (from the Ministry of
// Public Security's yearly reports on names, and the Hundred Family Surnames). A name that begins with
// another character is possible and less likely than a misread one. Rare surnames that are everyday
// characters (元, 由, 时) are left out: they are read for other rare ones more often than they occur.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤穆农司卓古吉缪简车项芦麦褚娄窦戚岑党宫费卜冷晏席卫柏宗瞿佟应臧闵苟邬边卞姬仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟官封谈匡鞠惠荆冀郁胥原栗燕楚鄢劳谌奚粟冼蔺楼闻厉仝郜阚屠廉禹漆巴狄索晋敬扈晁芮阙浦戈伏鹿邸雍辜裘亓邰赫杭况宿隆茹慕嵇湛宾戎勾茅揭檀昝衡禚羿钭昌"

var doubleSurnames = []string{"欧阳", "上官", "司马", "诸葛", "司徒", "令狐", "东方", "皇甫", "尉迟", "慕容", "夏侯", "公孙", "端木", "长孙", "宇文", "轩辕", "南宫", "独孤", "百里", "呼延", "闻人", "钟离", "申屠", "淳于", "单于", "太史", "赫连", "澹台", "濮阳", "万俟", "完颜", "拓跋", "纳兰"}

// isSurname reports whether a name begins with a family name of the list.
func isSurname(name []rune) bool {
	if len(name) == 0 {
		return false
	}
	if len(name) >= 2 && slices.Contains(doubleSurnames, string(name[:2])) {
		return true
	}
	return strings.ContainsRune(surnames, name[0])
}

// separators are what an underline under a name and dots of dirt are read as.
const separators = ":.,_-|"

// person makes a person's name of a value: Chinese characters with the middle dot of the names of
// minorities, 2 to 20 of them, or a name in Latin letters.
func person(v value) named {
	var text []rune
	var least, mean float64 = 1, 0
	for _, g := range v.glyphs() {
		r := g.text
		switch {
		case unicode.Is(unicode.Han, r) || r == '·':
		case unicode.IsSpace(r) || strings.ContainsRune(separators, r):
			continue
		default:
			if g.confidence < unreadBelow {
				r = unreadable
				break
			}
			if len(text) > 0 {
				// What stands behind the name belongs to something else.
				return finishPerson(text, least, mean)
			}
			return named{}
		}
		if g.confidence < unreadBelow {
			r = unreadable
		}
		text = append(text, r)
		if r != '·' { // its dot is too small to be sure of
			least = min(least, g.confidence)
			mean += g.confidence
		}
	}
	return finishPerson(text, least, mean)
}

// oddSurname is what a name's confidence is multiplied with when it does not begin with a family name
// that is known: rare surnames that the recogniser does not know are given, with confidence, as
// common characters that are no surnames.
const oddSurname = 0.6

func finishPerson(text []rune, least, mean float64) named {
	for len(text) > 0 && text[len(text)-1] == '·' {
		text = text[:len(text)-1]
	}
	if len(text) < 2 || len(text) > 20 || strings.Trim(string(text), string(unreadable)) == "" {
		return named{}
	}
	if most := 6; !slices.Contains(text, '·') {
		if slices.Contains(text, unreadable) {
			most = 4 // as long as names are but for a few
		}
		if len(text) > most {
			return named{} // a sentence, or pattern
		}
	}
	mean /= float64(len(text))
	// The least sure character decides; a single one of three at 0.6 is what readers get wrong.
	c := least * mean
	if !isSurname(text) && !slices.Contains(text, '·') {
		c *= oddSurname
	}
	return named{string(text), c, true}
}

// surnameFrom takes for the first character of a name, where it is no surname and unsure, the likeliest
// of its candidates that is one.
func surnameFrom(v value, n named) named {
	name := []rune(n.text)
	if len(v.parts) == 0 || isSurname(name) || strings.ContainsRune(n.text, '·') {
		return n
	}
	s := v.parts[0]
	i := s.glyphs()[0].index
	if i >= len(s.p.line.Characters) {
		return n
	}
	c := s.p.line.Characters[i]
	for _, o := range c.Candidates {
		// The second character of a double surname is next to never anything else: it vouches for the
		// first (欧阳, 尉迟).
		if len(name) >= 3 && slices.Contains(doubleSurnames, o.Text+string(name[1])) {
			return named{o.Text + string(name[1:]), max(n.confidence, min(n.confidence/oddSurname, o.Probability)), true}
		}
	}
	for _, o := range c.Candidates {
		r := []rune(o.Text)
		// A tenth of the first choice's probability: below that it is a guess at names, not reading.
		if len(r) == 1 && strings.ContainsRune(surnames, r[0]) && o.Probability >= 0.1*c.Confidence {
			name[0] = r[0]
			return named{string(name), min(n.confidence/oddSurname, o.Probability), true}
		}
	}
	return n
}

// endings are what the names of companies and other bodies end with.
var endings = []string{"公司", "厂", "店", "中心", "事务所", "合作社", "经营部", "工作室", "商行", "学校", "医院", "研究院", "研究所", "协会", "学会", "基金会", "委员会", "分公司", "集团", "企业(有限合伙)", "合伙企业", "(有限合伙)", "(普通合伙)", "商店", "超市", "酒店", "餐厅", "酒楼", "银行", "大学", "学院", "部", "社", "行", "院", "所", "会", "站", "场", "馆", "吧", "坊", "局", "幼儿园", "办事处", "服务队"}

// endsCompany reports whether a text ends as the names of companies do.
func endsCompany(s string) bool {
	for _, e := range endings {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

// company makes a company's name of a value. Brackets are given in full width, as they are registered:
// the recogniser does not tell the widths apart.
func company(v value) named {
	var text []rune
	var least, mean float64 = 1, 0
	n := 0
	glyphs := v.glyphs()
	for _, g := range glyphs {
		r := g.text
		switch {
		case unicode.IsSpace(r) || r == ':' || r == '_' || r == '|':
			continue
		case r == '(':
			r = '（'
		case r == ')':
			r = '）'
		case unicode.Is(unicode.Han, r) || unicode.IsLetter(r) || unicode.IsDigit(r) || r == '·' || r == '&' || r == '-' || r == '.' || r == ',' || r == '、':
		default:
			continue
		}
		text = append(text, r)
		if r != '（' && r != '）' {
			least = min(least, g.confidence)
			mean += g.confidence
			n++
		}
	}
	if len(text) > 4 && text[0] == '称' {
		text = text[1:] // the end of 名称, whose beginning was lost
	}
	if open := strings.Count(string(text), "（"); open > strings.Count(string(text), "）") && len(text) > 4 && text[0] == '（' && open > 1 {
		text = text[1:] // a mark before the name
	}
	name := string(balanced(text))
	if n < 3 || len(text) > 60 || !hasStem(text) {
		return named{}
	}
	mean /= float64(n)
	c := mean * (0.5 + 0.5*least)
	if skips(v) {
		c = min(c, skipped)
	}
	if !endsCompany(strings.Map(OneWidth, name)) {
		c *= 0.6
	}
	return named{name, c, true}
}

// hasStem reports whether something stands before the legal form: 有限责任公司 alone is the type of a
// company and not its name.
func hasStem(name []rune) bool {
	s := string(name)
	for _, form := range []string{"有限", "股份", "责任", "一人有限", "人有限", "公司"} {
		if strings.HasPrefix(s, form) {
			return false
		}
	}
	return true
}

// skipped is the most that a name can be believed in the middle of which a character seems to be missing.
const skipped = 0.7

// skips reports whether a character seems to have been passed over: Chinese print is set in squares of
// one size, and the recogniser says where it saw each character. Print is taken to skip where two
// neighbours stand 1.7 times as far apart as they mostly do, or twice as far beside a bracket.
func skips(v value) bool {
	for _, s := range v.parts {
		g := s.glyphs()
		var even, odd []float64 // between two characters; beside a bracket, which may stand at either side of its square
		for i := 1; i < len(g); i++ {
			step := middleOf(g[i]) - middleOf(g[i-1])
			if unicode.Is(unicode.Han, g[i].text) && unicode.Is(unicode.Han, g[i-1].text) {
				even = append(even, step)
			} else {
				odd = append(odd, step)
			}
		}
		if len(even) < 3 {
			continue
		}
		slices.Sort(even)
		usual := even[len(even)/2]
		if usual > 0 && (even[len(even)-1] > 1.7*usual || len(odd) > 0 && slices.Max(odd) > 2*usual) {
			return true
		}
	}
	return false
}

// places are names that companies put in brackets before their trade: provinces, and the cities that
// occur most. They only tell where a lost bracket belongs.
var places = []string{"中国", "北京", "上海", "天津", "重庆", "广州", "深圳", "杭州", "南京", "武汉", "成都", "西安", "苏州", "青岛", "大连", "厦门", "宁波", "长沙", "郑州", "济南", "沈阳", "福州", "合肥", "昆明", "集团", "香港", "澳门", "珠海", "东莞", "佛山", "无锡", "石家庄", "哈尔滨", "长春", "太原", "南昌", "南宁", "贵阳", "海口", "兰州", "银川", "西宁", "拉萨", "乌鲁木齐", "呼和浩特"}

// balanced puts in a bracket that was lost beside a place that is known: 云帆天津）物流有限公司.
func balanced(text []rune) []rune {
	open, shut := slices.Index(text, '（'), slices.Index(text, '）')
	if open >= 0 == (shut >= 0) {
		return text
	}
	if open < 0 {
		for _, p := range places {
			if r := []rune(p); shut > len(r) && string(text[shut-len(r):shut]) == p {
				return slices.Insert(slices.Clone(text), shut-len(r), '（')
			}
		}
		return text
	}
	for _, p := range places {
		if r := []rune(p); open+1+len(r) < len(text) && string(text[open+1:open+1+len(r)]) == p {
			return slices.Insert(slices.Clone(text), open+1+len(r), '）')
		}
	}
	return text
}

// plain makes a text of a value as it stands, with the confidence of its characters.
func plain(v value) named {
	var b strings.Builder
	var least, mean float64 = 1, 0
	n := 0
	for _, g := range v.glyphs() {
		if unicode.IsSpace(g.text) {
			continue
		}
		b.WriteRune(g.text)
		least = min(least, g.confidence)
		mean += g.confidence
		n++
	}
	if n == 0 {
		return named{}
	}
	mean /= float64(n)
	return named{b.String(), mean * (0.5 + 0.5*least), true}
}

// fromReading makes a value of one reading of a place, for another look at it.
func fromReading(r reading.Reading, q reading.Quad) value {
	p := &piece{line: reading.Line{Reading: r, Quad: q}}
	for i, c := range r.Characters {
		for _, x := range c.Text {
			p.glyphs = append(p.glyphs, glyph{OneWidth(x), c.Confidence, c.Begin, c.End, i})
		}
	}
	if len(p.glyphs) == 0 {
		return value{}
	}
	return value{parts: []part{{p, 0, len(p.glyphs)}}}
}
