package casefile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"dossier/checks"
)

// fileNames are names under which a document of the kind is recognised, for remedies.
func fileNames(kind checks.Kind) checks.Text {
	zh := map[checks.Kind]string{
		checks.BusinessLicense:             "营业执照.jpg",
		checks.OrganizationCodeCertificate: "组织机构代码证.jpg",
		checks.HolderPhoto:                 "手持身份证.jpg",
		checks.ApplicationForm:             "授权运营书.jpg",
		checks.Proposal:                    "用途说明.jpg",
		checks.Credential:                  "名片.jpg",
	}
	return checks.Text{En: string(kind) + ".jpg", Zh: zh[kind]}
}

// declaration is the line that says, in answers.yaml, what a document is.
func declaration(name string, kind checks.Kind) string {
	key := name
	for _, r := range name {
		// Anything but plain words is quoted: YAML gives many characters a meaning.
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._/()（）", r) {
			key = strconv.Quote(name)
			break
		}
	}
	return key + ": " + string(kind)
}

// maxListed is how many names a sentence lists before it only counts: more cannot be read.
const maxListed = 6

func list(names []string, separator string) string {
	var out []string
	for _, n := range names[:min(len(names), maxListed)] {
		out = append(out, shown(n))
	}
	s := strings.Join(out, separator)
	if more := len(names) - maxListed; more > 0 {
		s += fmt.Sprintf(" (+%d)", more)
	}
	return s
}

// shown makes a name from outside fit for a sentence: no line breaks or control characters, and
// no marks that turn the direction of writing.
func shown(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, name)
}
