package pipeline

import (
	"testing"
	"unicode/utf8"

	"dossier/checks"

	"pgregory.net/rapid"
)

func TestKindByName(t *testing.T) {
	const none = checks.Unknown
	for name, want := range map[string]checks.Kind{
		// the words of the field, in both languages
		"营业执照.jpg":                         checks.BusinessLicense,
		"license.jpg":                      checks.BusinessLicense,
		"Business Licence (2).JPG":         checks.BusinessLicense,
		"yyzz.bmp":                         checks.BusinessLicense,
		"手持身份证.jpg":                        checks.HolderPhoto,
		"手持.jpg":                           checks.HolderPhoto,
		"身份证正面.png":                        checks.HolderPhoto,
		"id.jpg":                           checks.HolderPhoto,
		"id2.jpg":                          checks.HolderPhoto,
		"申请表.jpg":                          checks.ApplicationForm,
		"授权运营书.gif":                        checks.ApplicationForm,
		"申请公函-盖章.jpg":                      checks.ApplicationForm,
		"form.jpg":                         checks.ApplicationForm,
		"组织机构代码证.jpg":                      checks.OrganizationCodeCertificate,
		"组织机构.jpg":                         checks.OrganizationCodeCertificate,
		"org.jpg":                          checks.OrganizationCodeCertificate,
		"zzjgdmz.jpg":                      checks.OrganizationCodeCertificate,
		"用途说明.pdf":                         checks.Proposal,
		"proposal.pdf":                     checks.Proposal,
		"名片.jpg":                           checks.Credential,
		"business-card.jpg":                checks.Credential,
		"certificate-of-incorporation.gif": checks.Credential,

		// how it is written makes no difference
		"ＹＹＺＺ．ｊｐｇ":            checks.BusinessLicense, // full-width
		"營業執照.jpg":            checks.BusinessLicense, // traditional
		"营 业 执 照.jpg":         checks.BusinessLicense,
		"张三yyzz01.jpg":        checks.BusinessLicense,
		"张三.营业执照":             checks.BusinessLicense, // no extension at all
		"BusinessLicense.jpg": checks.BusinessLicense,
		"IDCard.jpg":          checks.HolderPhoto,
		"⼿持.jpg":              checks.HolderPhoto, // the radical, as copied out of a PDF
		"ApplicationForm.jpg": checks.ApplicationForm,

		// two hints: the one that names the document wins, two such names are no answer
		"organization license.jpg":     checks.BusinessLicense,
		"组织机构营业执照.jpg":                 checks.BusinessLicense,
		"organization code.jpg":        checks.OrganizationCodeCertificate,
		"id card form.jpg":             checks.HolderPhoto,
		"营业执照和身份证.jpg":                 none,
		"手持营业执照.jpg":                   none,
		"license application form.jpg": none,
		"org form.jpg":                 none,

		// folders count after the file's own name, and only by strong words
		"营业执照/scan0001.jpg":     checks.BusinessLicense,
		"营业执照/手持身份证.jpg":        checks.HolderPhoto,
		`营业执照\scan0001.jpg`:     checks.BusinessLicense,
		"手持/营业执照/1.jpg":         checks.BusinessLicense,
		"身份证/扫描件/1.jpg":         checks.HolderPhoto,
		"organization/0001.jpg": none,
		"id/0001.jpg":           none,
		"form/0001.jpg":         none,

		// words that only contain a hint, or mean something else
		"video.jpg":            none,
		"holiday.jpg":          none,
		"platform.png":         none,
		"paid.jpg":             none,
		"information.jpg":      none,
		"licensed.jpg":         none,
		"order-id-4711.jpg":    none,
		"driver license.jpg":   none,
		"Driver's Licence.jpg": none,
		"驾驶执照.jpg":             none,
		"www.example.org.png":  none,
		"IMG_20140901.jpg":     none,
		"微信图片_20140901.jpg":    none,
		"📷.jpg":                none,
		"":                     none,
		"/":                    none,
		".":                    none,
		".jpg":                 none,
	} {
		got, ok := KindByName(name)
		if got != want || ok != (want != none) {
			t.Errorf("KindByName(%q) = %s, %v; want %s", name, got, ok, want)
		}
	}
}

// A kind's own name and its titles are what a person who was told to name a file will use.
func TestEveryKindIsKnownByItsOwnName(t *testing.T) {
	for _, k := range checks.Kinds() {
		want := k != checks.Unknown
		for _, name := range []string{string(k) + ".jpg", k.Title().En + ".jpg", k.Title().Zh + ".jpg"} {
			got, ok := KindByName(name)
			if ok != want || ok && got != k {
				t.Errorf("KindByName(%q) = %s, %v; want %s, %v", name, got, ok, k, want)
			}
		}
	}
}

func TestKindByNameSurvivesAnyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := string(rapid.SliceOf(rapid.Byte()).Draw(t, "name"))
		kind, ok := KindByName(name)
		if ok == (kind == checks.Unknown) {
			t.Fatalf("KindByName(%q) = %s, %v", name, kind, ok)
		}
		// Putting a file deeper must not change what its own name says.
		if own, ok := KindByName("x/" + name); utf8.ValidString(name) && ok && kind != checks.Unknown && own != kind {
			t.Fatalf("%q is %s, but below a folder %s", name, kind, own)
		}
	})
}
