package report

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dossier/checks"
	"dossier/pipeline"
)

// A Message is what a clerk sends to the client, ready to be copied.
type Message struct {
	Text checks.Text // several lines in each language, ending in a line break
	// AfterLooking is true when nothing has failed: the message asks for documents that need a
	// look, and is to be sent only if the look confirms the doubt.
	AfterLooking bool
}

// ClientMessage words what the client has to send or say, in both languages, document by
// document and the most important first. It carries no identity or mobile numbers in full, and
// not the case's name, which is the clerk's own. ok is false when there is nothing to ask for.
func ClientMessage(c *pipeline.Case) (message Message, ok bool) {
	list := requests(c, pipeline.Fail)
	if len(list) == 0 {
		list = requests(c, pipeline.NeedReview)
		message.AfterLooking = true
	}
	if len(list) == 0 {
		return Message{}, false
	}
	message.Text = checks.Text{En: wordMessage(c, list, English), Zh: wordMessage(c, list, Chinese)}
	message.Text = maskText(message.Text)
	return message, true
}

// A request is all that is asked about one document, or one matter of the case.
type request struct {
	document int
	problems []checks.Text
	asks     []checks.Text
}

// requests gathers by document what the items of one severity ask of the client.
func requests(c *pipeline.Case, severity pipeline.Severity) []request {
	var list []request
	at := map[int]int{}
	for _, it := range ToDo(c) {
		if it.Severity != severity || !it.ByClient {
			continue
		}
		for _, p := range it.Points {
			if p.Follows {
				continue // the client is told what to mend, not all that came of it
			}
			problem, ask, ok := askClient(p, it.Remedy)
			if !ok {
				continue
			}
			i, have := at[p.Document]
			if !have || p.Document < 0 { // what concerns the case is asked point by point
				i = len(list)
				at[p.Document] = i
				list = append(list, request{document: p.Document})
			}
			list[i].problems = appendOnce(list[i].problems, problem)
			list[i].asks = appendOnce(list[i].asks, ask)
		}
	}
	for i := range list { // "send it again" adds nothing to a request that says how
		if len(list[i].asks) > 1 {
			list[i].asks = slices.DeleteFunc(list[i].asks, func(t checks.Text) bool { return t == pleaseAgain })
		}
	}
	return list
}

func appendOnce(list []checks.Text, t checks.Text) []checks.Text {
	if slices.Contains(list, t) {
		return list
	}
	return append(list, t)
}

func wordMessage(c *pipeline.Case, requests []request, lang string) string {
	say := func(en, zh string) string { return checks.Text{En: en, Zh: zh}.In(lang) }
	var b strings.Builder
	count := strconv.Itoa(len(requests))
	if len(requests) == 1 {
		b.WriteString(say("Hello,\n\nfor your WeChat Official Account registration we still need one thing from you:\n",
			"您好！\n\n您办理微信公众号注册的材料，还有一项需要您处理：\n"))
	} else {
		b.WriteString(say("Hello,\n\nfor your WeChat Official Account registration we still need "+count+" things from you:\n",
			"您好！\n\n您办理微信公众号注册的材料，还有 "+count+" 项需要您处理：\n"))
	}
	files := false
	for i, r := range requests {
		b.WriteString("\n" + strconv.Itoa(i+1) + ". ")
		if r.document >= 0 {
			files = true
			d := c.Documents[r.document]
			name := brief(visible(d.Path))
			b.WriteString(say(capital(d.Kind.Title().En)+" (file “"+name+"”)\n", d.Kind.Title().Zh+"（文件“"+name+"”）\n"))
		}
		for _, p := range r.problems {
			b.WriteString(sentence(visible(p.In(lang)), lang) + "\n")
		}
		for _, ask := range r.asks {
			b.WriteString("→ " + sentence(visible(ask.In(lang)), lang) + "\n")
		}
	}
	if files {
		b.WriteString(say("\nPlease send the original files: no screenshots, and no retouching or filters.\n",
			"\n请发送原始文件，不要截图，也不要修图或加滤镜。\n"))
	}
	b.WriteString(say("\nThank you!\n", "\n谢谢！\n"))
	return b.String()
}

// sentence gives a clause a capital and a full stop.
func sentence(s, lang string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	last, _ := utf8.DecodeLastRuneInString(s)
	if !strings.ContainsRune(".!?。！？…", last) {
		if lang == Chinese {
			s += "。"
		} else {
			s += "."
		}
	}
	return capital(s)
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
