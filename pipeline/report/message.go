package report

import (
	"regexp"
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
	items := clientItems(c, pipeline.Fail)
	if len(items) == 0 {
		items = clientItems(c, pipeline.NeedReview)
		message.AfterLooking = true
	}
	if len(items) == 0 {
		return Message{}, false
	}
	requests := byDocument(items)
	message.Text = checks.Text{En: wordMessage(c, requests, English), Zh: wordMessage(c, requests, Chinese)}
	message.Text = maskText(message.Text)
	return message, true
}

func clientItems(c *pipeline.Case, severity pipeline.Severity) []Item {
	var list []Item
	for _, it := range ToDo(c) {
		if it.Severity == severity && it.ByClient {
			list = append(list, it)
		}
	}
	return list
}

// A request is all that is asked about one document, or about the case.
type request struct {
	document int
	problems []checks.Text
	remedies []checks.Text
}

func byDocument(items []Item) []request {
	var list []request
	at := map[int]int{}
	for _, it := range items {
		for _, p := range it.Points {
			if p.Number == 0 || !byClient(p.Check) {
				continue // a broken check of ours is no matter for the client
			}
			i, ok := at[p.Document]
			if !ok || p.Document < 0 { // what concerns the case is asked point by point
				i = len(list)
				at[p.Document] = i
				list = append(list, request{document: p.Document})
			}
			list[i].problems = appendOnce(list[i].problems, p.Message)
			list[i].remedies = appendOnce(list[i].remedies, it.Remedy)
		}
	}
	return list
}

func appendOnce(list []checks.Text, t checks.Text) []checks.Text {
	for _, have := range list {
		if have == t {
			return list
		}
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
		indent := strings.Repeat(" ", len(strconv.Itoa(i+1))+2)
		if r.document >= 0 {
			files = true
			d := c.Documents[r.document]
			b.WriteString(say(capital(d.Kind.Title().En)+" (file “"+visible(d.Path)+"”)\n",
				d.Kind.Title().Zh+"（文件“"+visible(d.Path)+"”）\n") + indent)
		}
		for j, p := range r.problems {
			if j > 0 {
				b.WriteString(indent)
			}
			b.WriteString(sentence(visible(p.In(lang)), lang) + "\n")
		}
		for _, remedy := range r.remedies {
			b.WriteString(indent + "→ " + sentence(visible(toClient(remedy, lang)), lang) + "\n")
		}
	}
	if files {
		b.WriteString(say("\nPlease send the original files: no screenshots, and no retouching or filters.\n",
			"\n请发送原始文件，不要截图，也不要修图或加滤镜。\n"))
	}
	b.WriteString(say("\nThank you!\n", "\n谢谢！\n"))
	return b.String()
}

// Remedies are written for the clerk ("ask the client for a new scan"); these turn one into what
// the clerk says to the client.
var (
	askToEn  = regexp.MustCompile(`(?i)\b(?:ask|tell) (?:the client|them) to\b`)
	askForEn = regexp.MustCompile(`(?i)\bask (?:the client )?for\b`)
	askZh    = regexp.MustCompile(`请(?:客户|当事人|对方)|(?:让|要求|通知|联系)客户`)
	fetchZh  = regexp.MustCompile(`向客户(?:索取|索要|要)`)
)

func toClient(remedy checks.Text, lang string) string {
	if lang == Chinese {
		return fetchZh.ReplaceAllString(askZh.ReplaceAllString(remedy.Zh, "请您"), "请您提供")
	}
	return askForEn.ReplaceAllString(askToEn.ReplaceAllString(remedy.En, "please"), "please send us")
}

// sentence gives a clause a capital and a full stop.
func sentence(s, lang string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	last, _ := utf8.DecodeLastRuneInString(s)
	if !strings.ContainsRune(".!?。！？…)）”\"", last) {
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
