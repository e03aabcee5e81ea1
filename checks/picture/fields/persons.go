package fields

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"dossier/checks/picture/reading"
)

// givenNames are characters that given names are made of: those the Ministry of Public Security's yearly
// reports on names count most often, and others in common use. A name may have any other; among what a
// blurred character could be, one of these is the likelier.
const givenNames = "" +
	"伟刚勇毅俊峰强军平保东文辉力明永健世广志义兴良海山仁波宁贵福生龙元全国胜学祥才发武新利清飞彬富顺信子杰涛昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆磊民友裕河哲江超浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘" +
	"秀娟英华慧巧美娜静淑惠珠翠雅芝玉萍红娥玲芬芳燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹霞香月莺媛艳瑞凡佳嘉琼勤珍贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希欣育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝丽阳妮宝贝" +
	"初程梵恒鸿桦骅剑娇纪宽灵玛媚琪晴容睿烁堂唯威雯苇萱阅彦宇雨洋忠宗曼紫逸贤蝶菡绿蓝儿烟轩诗涵玥彤梓昊霖钰铭熙晟煜烨炜炫焕炳灿锋钢铁锐鑫钊钦铎镇源泉深洪润淼沛渊溪滨潇凯恺敏越跃远迪迅运迎遥道瀚森柏杨桐桥槐樟楚琨琮珺瑜瑛瑄璇璟玮珂莹萌蕾蕴芮苗花向前解放卫援朝立正直公孝礼智廷继绪祖传延长寿喜财金银满仓根柱石岭峻岳屹川湘京津苏渝" +
	"昕昱晖晗晔晋暄曦旺昆显景婧祎喆堃慈恩惟愉忆情意念怀悟恬诺谊谨谷谱赞赫路轶辅逊郁酉重闯雷霆靖韬顶须项领颂飘骁骏骥魁鲁鹂鹤麒麟麦黎鼎齐龄"

// usual is how much likelier a character that names are made of is than another one that looks like it.
// Nine names of ten are made of the characters listed here, a tenth of those that the recogniser knows,
// which is a ratio of about a hundred; but it has a leaning of its own, and it was trained on print in
// which names occur: the fifth of that.
const usual = 20

// A sight is a character of a name in one look: where its middle lies along the place that was looked at,
// 0..1, and what it could be.
type sight struct {
	at         float64
	candidates []reading.Candidate
}

// seenIn takes the characters of a name out of a reading, from character from up to to; what stands
// behind the name is left out. The places are brought to those of the part from begin to end of the line.
func seenIn(r reading.Reading, from, to int, begin, end float64) (list []sight) {
	for _, c := range r.Characters[from:to] {
		x := []rune(c.Text)
		switch {
		case len(c.Candidates) == 0:
		case len(x) == 1 && unicode.Is(unicode.Han, x[0]) || c.Confidence < unreadBelow:
			list = append(list, sight{((c.Begin+c.End)/2 - begin) / max(end-begin, 1e-9), c.Candidates})
		case len(x) == 1 && (unicode.IsSpace(x[0]) || strings.ContainsRune(separators, OneWidth(x[0]))):
		case len(list) > 0:
			return list
		}
	}
	return list
}

// Numbers of places, in widths of a character. The print of a name is even: what stands further apart
// than gapBetween has a character between it, and what begins further in than gapAtEnd, where half of a character
// and the margin of the search for lines make three quarters, has one before it. Of a single character
// the width is not known but from the line's box, which is one and a half times as high as the print.
const (
	gapBetween = 1.7
	gapAtEnd   = 1.3
	printWidth = 0.65 // of the box's height
)

// passedOver is the confidence of an unreadable character in whose place nothing was seen.
const passedOver = 0.2

// sureLook is the confidence in its least sure character from which a name that two looks read alike is
// not looked at a third time.
const sureLook = 0.97

// personAgain reads a person's name again, stretched and through the red channel, and weighs the looks
// against each other. The recogniser passes over characters that it does not know, as sure of the others
// as ever, or takes a common one for them, a different one each time.
func (f *finder) personAgain(c candidate) named {
	if f.again == nil || len(c.v.parts) != 1 || f.err != nil || strings.ContainsRune(c.n.text, '·') {
		return f.confirmed(c)
	}
	place := c.v.parts[0]
	q, begin, end := place.room()
	g := place.glyphs()
	n := nameLooks{alone: place.from == 0 && place.to == len(place.p.glyphs)}
	along := math.Hypot(q[1].X-q[0].X, q[1].Y-q[0].Y)
	n.guess = printWidth * math.Hypot(q[3].X-q[0].X, q[3].Y-q[0].Y) / max(along, 1e-9)
	n.look(seenIn(place.p.line.Reading, g[0].index, g[len(g)-1].index+1, begin, end))
	for _, way := range []reading.Way{reading.Stretched, reading.Red} {
		r, err := f.again(f.ctx, q, way)
		if err != nil {
			f.err = err
			return c.n
		}
		n.look(seenIn(r, 0, len(r.Characters), 0, 1))
		if n.alike() && n.weighed().least >= sureLook {
			break
		}
	}
	w := n.weighed()
	if o := finishPerson(w.text, w.least, w.sum); o.found {
		return o
	}
	return c.n
}

// confirmed reads a name of several words a second time. Read alike twice it is surer than once, read
// differently it is in doubt.
func (f *finder) confirmed(c candidate) named {
	n := c.n
	if f.again == nil || len(c.v.parts) != 1 || f.err != nil {
		return n
	}
	q := whole(c.v.parts)
	r, err := f.again(f.ctx, q, reading.Stretched)
	if err != nil {
		f.err = err
		return n
	}
	if o := person(fromReading(r, q)); o.found && o.text == n.text {
		n.confidence = together(n.confidence, o.confidence)
	} else if o.found {
		n.confidence = min(n.confidence, disputed)
	}
	return n
}

// room is where the part may lie: where it begins behind a label, from the label's end on, for its first
// character may have been passed over. begin and end are its ends along the piece.
func (s part) room() (q reading.Quad, begin, end float64) {
	begin, end = s.ends()
	if s.from > 0 {
		pitch := 1.0
		for i := 1; i < len(s.p.glyphs); i++ {
			pitch = min(pitch, middleOf(s.p.glyphs[i])-middleOf(s.p.glyphs[i-1]))
		}
		begin = min(begin, middleOf(s.p.glyphs[s.from-1])+0.55*pitch)
	}
	return s.between(begin, end), begin, end
}

func middleOf(g glyph) float64 { return (g.begin + g.end) / 2 }

// nameLooks are several looks at one name.
type nameLooks struct {
	looks [][]sight
	guess float64 // the width of a character as the box's height has it, in lengths of the place
	alone bool    // nothing but the name stands in the line
}

// look adds a look. Two characters within half of one's width are the halves of one that the recogniser
// took for two (希 and 阝 of 郗); the surer stays.
func (n *nameLooks) look(all []sight) {
	var list []sight
	for _, s := range all {
		last := len(list) - 1
		switch {
		case last < 0 || s.at-list[last].at > n.guess/2:
			list = append(list, s)
		case s.candidates[0].Probability > list[last].candidates[0].Probability:
			list[last] = s
		}
	}
	n.looks = append(n.looks, list)
}

// alike reports whether all looks saw the same, and nothing seems to be missing.
func (n nameLooks) alike() bool {
	for _, l := range n.looks[1:] {
		if len(l) != len(n.looks[0]) {
			return false
		}
		for i := range l {
			if l[i].candidates[0].Text != n.looks[0][i].candidates[0].Text {
				return false
			}
		}
	}
	return true
}

// A weighedName is what several looks come to: the characters, the least confidence and the sum.
type weighedName struct {
	text       []rune
	least, sum float64
}

func (w *weighedName) add(r rune, confidence float64) {
	w.text = append(w.text, r)
	w.least = min(w.least, confidence)
	w.sum += confidence
}

// weighed takes the look that saw most characters and asks the others about each of them.
func (n nameLooks) weighed() weighedName {
	w := weighedName{least: 1}
	var most []sight
	for _, l := range n.looks {
		if len(l) > len(most) {
			most = l
		}
	}
	if len(most) == 0 {
		return w
	}
	pitch := n.pitch(most)
	places := make([]float64, len(most))
	for i, s := range most {
		places[i] = n.place(s.at, pitch/2)
	}
	if n.alone && places[0] > gapAtEnd*pitch {
		w.add(unreadable, passedOver)
	}
	for i, s := range most {
		if i > 0 && places[i]-places[i-1] > gapBetween*pitch && len(most) > 2 {
			w.add(unreadable, passedOver)
		}
		w.add(likeliest(n.about(s.at, pitch/2), w.text))
	}
	if n.alone && 1-places[len(places)-1] > gapAtEnd*pitch {
		w.add(unreadable, passedOver)
	}
	return w
}

// pitch is the distance of two characters: the least that was seen, which is off by a quarter of a
// character where few steps of the recogniser make one, and so no less than three quarters of the guess.
func (n nameLooks) pitch(l []sight) float64 {
	p := math.Inf(1)
	for i := 1; i < len(l); i++ {
		p = min(p, l[i].at-l[i-1].at)
	}
	if len(l) == 1 {
		return n.guess
	}
	return max(p, 0.75*n.guess)
}

// place is where the looks saw what one of them saw at a place: the mean.
func (n nameLooks) place(at, reach float64) float64 {
	sum, count := 0.0, 0
	for _, l := range n.looks {
		for _, s := range l {
			if math.Abs(s.at-at) <= reach {
				sum += s.at
				count++
				break
			}
		}
	}
	return sum / float64(count)
}

// about is what the looks saw at a place: the mean of the probabilities. A look that saw nothing
// there speaks against all.
func (n nameLooks) about(at, reach float64) map[string]float64 {
	mean := map[string]float64{}
	for _, l := range n.looks {
		for _, s := range l {
			if math.Abs(s.at-at) <= reach {
				for _, c := range s.candidates {
					mean[c.Text] += c.Probability / float64(len(n.looks))
				}
				break
			}
		}
	}
	return mean
}

// likeliest chooses the character that follows on those before it, those that names are made of before
// others that look like it, and gives the confidence that the looks have in it, which know nothing of names.
func likeliest(mean map[string]float64, before []rune) (rune, float64) {
	best, weight, confidence := unreadable, 0.0, 0.0
	for text, p := range mean {
		r := []rune(text)
		if len(r) != 1 || !unicode.Is(unicode.Han, r[0]) {
			continue
		}
		if v := p * usually(r[0], before); v > weight || v == weight && r[0] < best {
			best, weight, confidence = r[0], v, p
		}
	}
	// The first half of a double surname vouches for the second (欧阳, 令狐).
	if confidence < unreadInLooks && !slices.Contains(doubleSurnames, string(before)+string(best)) {
		return unreadable, confidence
	}
	return best, confidence
}

// usually is how much likelier than by its looks a character is behind those before it.
func usually(r rune, before []rune) float64 {
	switch {
	case len(before) == 0 && (strings.ContainsRune(surnames, r) || beginsDouble(r)):
		return usual
	case len(before) == 1 && slices.Contains(doubleSurnames, string(before)+string(r)):
		return usual * usual
	case len(before) > 0 && strings.ContainsRune(givenNames, r):
		return usual
	}
	return 1
}

// beginsDouble reports whether a double surname begins with a character.
func beginsDouble(r rune) bool {
	return slices.ContainsFunc(doubleSurnames, func(s string) bool { return strings.HasPrefix(s, string(r)) })
}

// unreadInLooks is the mean confidence below which a character is not given.
const unreadInLooks = 0.3
