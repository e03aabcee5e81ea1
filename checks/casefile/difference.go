package casefile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dossier/checks"
)

// A likeness says how alike two ways of writing the same thing are.
type likeness int

// Likenesses, closest first.
const (
	same       likeness = iota // character for character
	sameWidths                 // the same under NFKC: full-width brackets, spaces, kinds of middle dot
	lookAlike                  // they differ only in characters that are taken for each other
	unread                     // they differ only in characters that could not be read
	different
)

// unreadables stand for a character that a reader saw and could not name.
const unreadables = "□■?？\uFFFD〓*"

// lookAlikeHan are characters that differ in a stroke: a reader of poor pictures confuses them, and so
// do people. Names are compared by a person where only these differ.
var lookAlikeHan = []string{
	"己已巳", "日曰目", "未末", "土士", "人入八", "大太犬丈", "千干于", "戊戌戍", "侯候", "壬王玉主", "免兔", "刀力", "冶治",
	"冷泠", "遂逐", "晴睛", "暖缓", "傅博搏", "陈阵", "午牛", "石右", "今令", "田由甲申", "贝见", "口囗", "木本术", "夭天夫无",
	"辛幸", "间问", "友反", "历厉", "乌鸟", "住往佳", "奋备", "拔拨", "科料", "季李", "杨扬", "沈沉", "祎袆", "袁哀", "竞竟",
	"孑子孓", "赢羸嬴", "亨享", "崇祟", "茶荼", "折拆析", "坂板", "墙嫱", "蓝篮", "宁宇", "汆氽", "弋戈", "斤斥", "毫豪",
	"设没", "洋样", "清请情", "明朋", "林材", "东车", "万方", "凤风", "几儿", "广厂", "义又", "乞气",
	"易昜", "余佘", "仑仓", "代伐", "何河", "俞愈", "光先", "兴头", "冯马", "刑邢", "包句", "卢户",
	"占古", "史吏", "吉告", "圣怪", "坤坪", "城诚", "孔扎", "孟盂", "宏宠", "岗岚", "峰锋", "平乎", "庆厌", "廷延",
	"徐徽", "志忐", "思恩", "成戚", "技枝", "敏繁", "昊吴", "晓烧", "杏否", "松枪", "柏拍", "栋拣", "桂佳",
	"梅海", "江红", "泽译", "洪共", "润闰", "涛祷", "淑叔", "湘相", "炎灸", "煌惶", "燕然", "爽奭", "璐路",
	"瑜喻", "祥详", "福幅", "秀季", "章童", "竹笁", "美羊", "翔详", "良艮",
	"莹茔", "莉利", "菁青", "萍苹", "蔡祭", "薛薜", "蕾雷", "袆祎", "赵越", "辉挥", "郑邓", "鑫金",
	"钟种", "铭洛", "锐悦", "阮院", "隆降", "霞震", "韦书", "颖颍", "颜彦", "骏俊", "魏巍", "鸿鸣", "龙尤",
}

var lookAlikeOf = func() map[rune]string {
	m := map[rune]string{}
	for _, set := range append([]string{"0OoQD", "1Il|", "2Z", "5S", "8B", "6G", "UV"}, lookAlikeHan...) {
		for _, r := range set {
			m[r] += set
		}
	}
	return m
}()

// widthless brings a name into the form in which two ways of writing it are compared: NFKC, without
// spaces, with one kind of middle dot, and Latin letters in capitals.
func widthless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case strings.ContainsRune(middleDots, r):
			return '·'
		case strings.ContainsRune("‐‑‒–—−", r):
			return '-'
		case strings.ContainsRune("〔【［[", r):
			return '('
		case strings.ContainsRune("〕】］]", r):
			return ')'
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(s))
}

// An edit is one step that makes one text of another: was is replaced by is; either may be empty.
type edit struct{ was, is string }

// longestCompared bounds the work: the longest company names have 60 characters.
const longestCompared = 200

// edits returns the shortest way from a to b as runs of equal and changed characters (Wagner and
// Fischer 1974, with every step of the same cost). Equal runs have was == is.
func edits(a, b string) []edit {
	x, y := []rune(a), []rune(b)
	if len(x) > longestCompared || len(y) > longestCompared {
		return []edit{{a, b}}
	}
	cost := make([][]int, len(x)+1)
	for i := range cost {
		cost[i] = make([]int, len(y)+1)
		for j := range cost[i] {
			switch {
			case i == 0:
				cost[i][j] = j
			case j == 0:
				cost[i][j] = i
			case x[i-1] == y[j-1]:
				cost[i][j] = cost[i-1][j-1]
			default:
				cost[i][j] = 1 + min(cost[i-1][j-1], cost[i-1][j], cost[i][j-1])
			}
		}
	}
	var steps []edit // from the end
	for i, j := len(x), len(y); i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && x[i-1] == y[j-1]:
			i, j = i-1, j-1
			steps = append(steps, edit{string(x[i]), string(y[j])})
		case i > 0 && j > 0 && cost[i][j] == cost[i-1][j-1]+1:
			i, j = i-1, j-1
			steps = append(steps, edit{string(x[i]), string(y[j])})
		case i > 0 && cost[i][j] == cost[i-1][j]+1:
			i--
			steps = append(steps, edit{was: string(x[i])})
		default:
			j--
			steps = append(steps, edit{is: string(y[j])})
		}
	}
	var runs []edit
	for k := len(steps) - 1; k >= 0; k-- {
		s := steps[k]
		if n := len(runs); n > 0 && (runs[n-1].was == runs[n-1].is) == (s.was == s.is) {
			runs[n-1].was += s.was
			runs[n-1].is += s.is
			continue
		}
		runs = append(runs, s)
	}
	return runs
}

// compare says how alike two ways of writing a name or number are.
func compare(a, b string) likeness {
	if a == b {
		return same
	}
	x, y := widthless(a), widthless(b)
	if x == y {
		return sameWidths
	}
	worst := sameWidths
	for _, e := range edits(x, y) {
		if e.was == e.is {
			continue
		}
		was, is := []rune(e.was), []rune(e.is)
		if len(was) != len(is) {
			return different
		}
		for i := range was {
			switch {
			case strings.ContainsRune(unreadables, was[i]) || strings.ContainsRune(unreadables, is[i]):
				worst = max(worst, unread)
			case strings.ContainsRune(lookAlikeOf[was[i]], is[i]):
				worst = max(worst, lookAlike)
			default:
				return different
			}
		}
	}
	return worst
}

// shownDifference writes both texts with what differs in brackets: "深圳市[创]新" and "深圳市[刨]新".
// Nothing at a place is shown as [_]. The texts are compared as they were written.
func shownDifference(a, b string) (string, string) {
	var left, right strings.Builder
	for _, e := range edits(a, b) {
		if e.was == e.is {
			left.WriteString(shown(e.was))
			right.WriteString(shown(e.is))
			continue
		}
		left.WriteString("[" + orGap(shown(e.was)) + "]")
		right.WriteString("[" + orGap(shown(e.is)) + "]")
	}
	return left.String(), right.String()
}

func orGap(s string) string {
	if s == "" {
		return "_"
	}
	return s
}

// differenceText puts the two beside each other.
func differenceText(a, b string, whereA, whereB checks.Text) checks.Text {
	x, y := shownDifference(a, b)
	return checks.Textf("%[1]s has %[2]q, %[3]s has %[4]q", "%[5]s为“%[7]s”，%[6]s为“%[8]s”", whereA.En, x, whereB.En, y, whereA.Zh, whereB.Zh, x, y)
}
