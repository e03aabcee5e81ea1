package casefile

import (
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"

	"dossier/checks"
)

var (
	mobileForm    = regexp.MustCompile(`^1\d{10}$`)                  // the form's own expression (rule P08)
	fixedLineForm = regexp.MustCompile(`^0\d{2,3}-\d{7,8}$`)         // area code, hyphen, number (rule P08)
	extensionForm = regexp.MustCompile(`[-,转 ]+(?:ext\.?)?\d{1,5}$`) // what people write behind it
)

func (n *numberCheck) mobile(value string) {
	value = norm.NFKC.String(strings.TrimSpace(value))
	if !mobileForm.MatchString(value) {
		hint := checks.Text{En: "Write the 11 digits without spaces, hyphens or +86.", Zh: "请填写 11 位数字，不带空格、连字符或 +86。"}
		n.add("mobile_wrong", checks.Text{En: "the form takes 11 digits that begin with 1", Zh: "表单要求以 1 开头的 11 位数字"}, hint,
			checks.Measure{Name: "characters", Value: float64(utf8.RuneCountInString(value)), Want: "11"})
		return
	}
	// The plan of numbers changes several times a year, so a range that the library does not know is
	// worth a second look and no more.
	if p, err := phonenumbers.Parse(value, "CN"); err != nil || !phonenumbers.IsValidNumberForRegion(p, "CN") {
		n.add("mobile_unassigned", checks.Textf("numbers that begin with %s are not known to be in use", "未见 %s 开头的号段已分配", value[:3]),
			checks.Text{En: "Ask the client whether the number is right; the platform sends a code to it.", Zh: "请向客户核实号码，平台会向该号码发送验证码。"})
	}
}

func (n *numberCheck) fixedLine(value string) {
	value = norm.NFKC.String(strings.TrimSpace(value))
	if !fixedLineForm.MatchString(value) {
		what := checks.Text{En: "the form takes area code, hyphen and number, such as 010-88886666", Zh: "表单要求“区号-号码”，如 010-88886666"}
		if extensionForm.MatchString(value) && fixedLineForm.MatchString(extensionForm.ReplaceAllString(value, "")) {
			what = checks.Text{En: "the form takes no extension", Zh: "表单不接受分机号"}
		}
		n.add("fixed_line_wrong", what, checks.Text{En: "Write it as area code, hyphen, number in answers.yaml.", Zh: "请在 answers.yaml 中按“区号-号码”填写。"})
		return
	}
	if p, err := phonenumbers.Parse(value, "CN"); err != nil || !phonenumbers.IsValidNumberForRegion(p, "CN") {
		n.add("fixed_line_unassigned", checks.Text{En: "this area code and number are not known to be in use together", Zh: "未见该区号与号码的组合已分配"},
			checks.Text{En: "Ask the client whether area code and number are right.", Zh: "请向客户核实区号和号码。"})
	}
}

// workPhone takes a number of any country; without a country code it cannot be told which.
func (n *numberCheck) workPhone(value string) {
	p, err := phonenumbers.Parse(norm.NFKC.String(value), "ZZ")
	if err == nil && phonenumbers.IsPossibleNumber(p) {
		return
	}
	n.add("work_phone_unusual", checks.Text{En: "without a country code, or with too few or too many digits, nobody outside can call it", Zh: "缺少国家代码或位数不对，境外无法拨打"},
		checks.Text{En: "Write it with its country code, such as +44 20 7946 0958.", Zh: "请带国家代码填写，如 +44 20 7946 0958。"})
}

// longestEmail is the longest address mail can be delivered to (RFC 5321, 4.5.3.1.3, less the angle
// brackets).
const longestEmail = 254

func (n *numberCheck) email(value string) {
	value = strings.TrimSpace(value)
	address, err := mail.ParseAddress(value)
	what := checks.Text{}
	switch {
	case err != nil || address.Address != value || address.Name != "":
		what = checks.Text{En: "this is no address that mail can be sent to", Zh: "这不是有效的邮箱地址"}
		if folded := norm.NFKC.String(value); folded != value {
			if a, err := mail.ParseAddress(folded); err == nil && a.Address == folded {
				what = checks.Text{En: "it holds full-width characters", Zh: "含有全角字符"}
			}
		}
	case len(value) > longestEmail:
		what = checks.Textf("it has %[1]d characters, at most %[2]d can be delivered", "共 %[1]d 个字符，最多 %[2]d 个", len(value), longestEmail)
	case !strings.Contains(value[strings.LastIndexByte(value, '@'):], "."):
		what = checks.Text{En: "behind the @ stands no domain", Zh: "@ 后不是域名"}
	default:
		return
	}
	n.add("email_wrong", what, checks.Text{En: "Ask the client for the address; the link that activates the account is sent to it.", Zh: "请向客户核实邮箱，激活链接会发送到该邮箱。"})
}

// gbkBytes counts a name as the form does: in GBK, two bytes for a Chinese character. ok is false for
// a character GBK does not have.
func gbkBytes(s string) (count int, stranger rune, ok bool) {
	encoder := simplifiedchinese.GBK.NewEncoder()
	for _, r := range s {
		b, err := encoder.String(string(r))
		if err != nil {
			return count, r, false
		}
		count += len(b)
	}
	return count, 0, true
}

func (n *numberCheck) accountName(value string) {
	least, most := n.settings.Number(limitNameMin), n.settings.Number(limitNameMax)
	if n.c.Answers.AccountType == "enterprise" {
		least, most = n.settings.Number(limitEnterpriseNameMin), n.settings.Number(limitEnterpriseNameMax)
	}
	for _, r := range value {
		if !unicode.Is(unicode.Han, r) && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)) {
			n.add("account_name_character", checks.Textf("%[1]q is not allowed, only Chinese characters, English letters and digits", "不允许“%[2]s”，只能用汉字、英文字母和数字", string(r), shown(string(r))),
				checks.Text{En: "Agree on a name without it with the client: the name can never be changed.", Zh: "请与客户商定不含该字符的名称：名称注册后不可更改。"})
			return
		}
	}
	count, stranger, ok := gbkBytes(value)
	if !ok {
		n.add("account_name_character", checks.Textf("%[1]q is too rare a character for the form (it is not in GBK)", "“%[1]s”为生僻字，表单无法接受（不在 GBK 中）", string(stranger)),
			checks.Text{En: "Agree on another character with the client: the name can never be changed.", Zh: "请与客户商定其他用字：名称注册后不可更改。"})
		return
	}
	if float64(count) < least || float64(count) > most {
		n.add("account_name_length", checks.Textf("it takes %[1]d bytes (two for a Chinese character), %[2]g to %[3]g are accepted", "占 %[1]d 个字节（一个汉字算两个），应为 %[2]g 至 %[3]g 个", count, least, most),
			checks.Text{En: "Agree on another name with the client: it can never be changed.", Zh: "请与客户另定名称：名称注册后不可更改。"},
			checks.Measure{Name: "length", Value: float64(count), Unit: "bytes", Want: fmt.Sprintf("%g..%g", least, most)})
	}
}

func (n *numberCheck) introduction(value string) {
	least, most := n.settings.Number(limitIntroductionMin), n.settings.Number(limitIntroductionMax)
	if count := utf8.RuneCountInString(strings.TrimSpace(value)); float64(count) < least || float64(count) > most {
		n.add("introduction_length", checks.Textf("it has %[1]d characters, %[2]g to %[3]g are accepted", "共 %[1]d 个字，应为 %[2]g 至 %[3]g 个", count, least, most),
			checks.Text{En: "Shorten or complete it; it can be changed once a month later.", Zh: "请增减文字；以后每月可修改一次。"},
			checks.Measure{Name: "length", Value: float64(count), Unit: "characters", Want: fmt.Sprintf("%g..%g", least, most)})
	}
}

// middleDots are the characters by which the parts of a minority name are joined; the card has U+00B7.
const middleDots = "·•‧・．.᛫"

func (n *numberCheck) personName(value string) {
	value = strings.TrimSpace(value)
	most := n.settings.Number(limitPersonNameMax)
	if count := utf8.RuneCountInString(value); float64(count) > most {
		n.add("person_name_wrong", checks.Textf("it has %[1]d characters, at most %[2]g are accepted", "共 %[1]d 个字，最多 %[2]g 个", count, most),
			checks.Text{En: "Write the name as the ID card has it.", Zh: "请按身份证上的姓名填写。"},
			checks.Measure{Name: "length", Value: float64(count), Unit: "characters", Want: fmt.Sprintf("<= %g", most)})
		return
	}
	for i, r := range value {
		within := i > 0 && i+utf8.RuneLen(r) < len(value)
		switch {
		case unicode.Is(unicode.Han, r), r == '〇', unicode.Is(unicode.Latin, r), unicode.Is(unicode.Mn, r):
		case within && (strings.ContainsRune(middleDots, r) || r == ' ' || r == '\'' || r == '-' || r == '’'):
		default:
			n.add("person_name_wrong", checks.Textf("%[1]q does not occur in names", "姓名中不应有“%[2]s”", string(r), shown(string(r))),
				checks.Text{En: "Write the name alone, as the ID card has it: no title, no brackets, no number.", Zh: "请只填写身份证上的姓名，不带称呼、括号或数字。"})
			return
		}
	}
}

// capital begins a sentence with s.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
