package pipeline

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dossier/checks"
)

// A nameHint is a word, or several in a row, by which people name a kind of document.
type nameHint struct {
	kind checks.Kind
	// strong hints name the document itself ("business license", 营业执照). The others also
	// occur in names of other things ("org", "form"): they lose to any strong one, and in a
	// folder's name they do not count.
	strong bool
	words  []string // Latin words in a row, lower case; matched whole: "video" is not "id"
	han    string   // or Chinese characters in a row
}

// nameHints were gathered from how clients name what they send: plain words, their spellings,
// traditional characters, and the first letters of the pinyin (yyzz).
var nameHints = slices.Concat(
	hanHints(checks.BusinessLicense, true, "营业执照", "營業執照", "执照", "執照"),
	latinHints(checks.BusinessLicense, true, "license", "licence", "licenses", "licences", "businesslicense", "businesslicence", "yyzz", "yingyezhizhao"),
	latinHints(checks.BusinessLicense, false, "zhizhao", "bizlic"),

	hanHints(checks.HolderPhoto, true, "手持", "身份证", "身份證", "持证照"),
	latinHints(checks.HolderPhoto, true, "id card", "idcard", "identity card", "handheld id", "holding id", "id photo", "id selfie",
		"holder photo", "sfz", "scsfz", "shenfenzheng", "shouchi", "shouchishenfenzheng"),
	latinHints(checks.HolderPhoto, false, "id", "holder", "holding", "handheld", "selfie"),

	hanHints(checks.ApplicationForm, true, "申请表", "申請表", "申请书", "申請書", "授权", "授權", "公函", "运营书", "運營書"),
	latinHints(checks.ApplicationForm, true, "application form", "applicationform", "authorization", "authorisation", "authorization letter",
		"application letter", "sqb", "sqs", "sqh", "shenqingbiao", "shouquan", "shouquanshu", "gonghan"),
	hanHints(checks.ApplicationForm, false, "申请", "申請"),
	latinHints(checks.ApplicationForm, false, "form", "application"),

	hanHints(checks.OrganizationCodeCertificate, true, "组织机构代码", "組織機構代碼", "机构代码", "機構代碼", "代码证", "代碼證"),
	latinHints(checks.OrganizationCodeCertificate, true, "organization code", "organisation code", "org code", "orgcode", "code certificate",
		"zzjg", "zzjgdm", "zzjgdmz", "zuzhijigou", "zuzhijigoudaima", "zuzhijigoudaimazheng"),
	hanHints(checks.OrganizationCodeCertificate, false, "组织机构", "組織機構"),
	latinHints(checks.OrganizationCodeCertificate, false, "org", "organization", "organisation"),

	hanHints(checks.Proposal, true, "用途"),
	latinHints(checks.Proposal, true, "proposal", "intended use", "yongtu"),

	hanHints(checks.Credential, true, "名片", "证明材料", "證明材料", "商业登记", "商業登記", "注册证书", "註冊證書"),
	latinHints(checks.Credential, true, "credential", "credentials", "business card", "businesscard", "name card", "namecard",
		"business registration", "registration certificate", "incorporation", "mingpian"),
)

// notHints are taken out of a name first: they hold a hint and mean something else.
var notHints = struct {
	han   []string
	words [][]string
}{
	han: []string{"驾驶执照", "駕駛執照"},
	words: [][]string{
		{"driver", "license"}, {"driver", "licence"}, {"drivers", "license"}, {"drivers", "licence"},
		{"driver", "s", "license"}, {"driver", "s", "licence"}, {"driving", "license"}, {"driving", "licence"},
		// a number of something, not the card
		{"order", "id"}, {"user", "id"}, {"client", "id"}, {"customer", "id"}, {"case", "id"}, {"file", "id"},
		{"doc", "id"}, {"document", "id"}, {"company", "id"}, {"tax", "id"}, {"apple", "id"}, {"wechat", "id"},
		{"application", "number"}, {"application", "id"},
	},
}

func hanHints(kind checks.Kind, strong bool, hints ...string) (out []nameHint) {
	for _, h := range hints {
		out = append(out, nameHint{kind: kind, strong: strong, han: h})
	}
	return out
}

func latinHints(kind checks.Kind, strong bool, hints ...string) (out []nameHint) {
	for _, h := range hints {
		out = append(out, nameHint{kind: kind, strong: strong, words: strings.Fields(h)})
	}
	return out
}

// KindByName guesses a document's kind from its name as received, which may have folders. It
// is only a hint: a name that points to two kinds, or to none, gives Unknown and false.
//
// The file's own name counts before its folders', the nearest folder before the one above it.
// Full-width letters, capitals and traditional characters make no difference.
func KindByName(name string) (checks.Kind, bool) {
	name = norm.NFKC.String(strings.ReplaceAll(name, `\`, "/"))
	parts := strings.Split(strings.Trim(name, "/"), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		own := i == len(parts)-1
		part := parts[i]
		if own {
			part = withoutExtension(part)
		}
		strong, weak := kindsNamed(part)
		switch {
		case len(strong) == 1:
			return strong[0], true
		case len(strong) > 1:
			return checks.Unknown, false
		case own && len(weak) == 1:
			return weak[0], true
		case own && len(weak) > 1:
			return checks.Unknown, false
		}
	}
	return checks.Unknown, false
}

// kindsNamed returns the kinds that the strong and the weak hints in one part of a name point
// to, each kind once.
func kindsNamed(part string) (strong, weak []checks.Kind) {
	// A web address names a site: example.org is no organisation code certificate.
	part = strings.ReplaceAll(part, ".org", " ")
	han := onlyHan(part)
	for _, not := range notHints.han {
		han = strings.ReplaceAll(han, not, " ")
	}
	// BusinessLicense is two words, YYzz is one: both readings are tried.
	split, whole := withoutNotHints(latinWords(part, true)), withoutNotHints(latinWords(part, false))
	for _, h := range nameHints {
		found := h.han != "" && strings.Contains(han, h.han) ||
			len(h.words) > 0 && (indexOf(split, h.words) >= 0 || indexOf(whole, h.words) >= 0)
		if !found {
			continue
		}
		list := &weak
		if h.strong {
			list = &strong
		}
		if !slices.Contains(*list, h.kind) {
			*list = append(*list, h.kind)
		}
	}
	return strong, weak
}

// onlyHan keeps the Chinese characters of s, joined over spaces and punctuation (营 业 执 照)
// but not over letters and digits.
func onlyHan(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			b.WriteRune(r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// latinWords lists the runs of Latin letters in s, in lower case. With camel, a run is also cut
// where a capital begins a word: "IDCard" is "id", "card".
func latinWords(s string, camel bool) []string {
	var words []string
	runes := []rune(s)
	start := -1
	end := func(i int) {
		if start >= 0 {
			words = append(words, strings.ToLower(string(runes[start:i])))
		}
		start = -1
	}
	for i, r := range runes {
		if !unicode.Is(unicode.Latin, r) {
			end(i)
			continue
		}
		if camel && start >= 0 && unicode.IsUpper(r) {
			afterLower := unicode.IsLower(runes[i-1])
			beforeLower := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if afterLower || beforeLower {
				end(i)
			}
		}
		if start < 0 {
			start = i
		}
	}
	end(len(runes))
	return words
}

func withoutNotHints(words []string) []string {
	for _, not := range notHints.words {
		for i := indexOf(words, not); i >= 0; i = indexOf(words, not) {
			// An empty word stays behind, so that its neighbours do not become a phrase.
			words = slices.Replace(words, i, i+len(not), "")
		}
	}
	return words
}

// indexOf returns where the words of want stand in a row in words, or -1.
func indexOf(words, want []string) int {
	for i := 0; i+len(want) <= len(words); i++ {
		if slices.Equal(words[i:i+len(want)], want) {
			return i
		}
	}
	return -1
}

// withoutExtension takes off a name's ending when it looks like one: a few ASCII letters or
// digits. In 张三.营业执照 the part after the dot is the name's best word.
func withoutExtension(name string) string {
	dot := strings.LastIndexByte(name, '.')
	const longest = 5 // "jpeg", "tiff", "heics"
	if dot < 0 || len(name)-dot-1 > longest {
		return name
	}
	for _, r := range name[dot+1:] {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return name
		}
	}
	return name[:dot]
}
