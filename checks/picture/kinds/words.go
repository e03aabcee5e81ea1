package kinds

import (
	"strings"

	"dossier/checks"
)

// A word is what is printed on a paper.
type word struct {
	shown  string
	text   string // as text.go makes it: of one width, small letters, no spaces
	weight float64
	title  bool // counts only as a line of its own
}

func newWord(shown string, weight float64, title bool) word {
	return word{shown, strings.ReplaceAll(shown, " ", ""), weight, title}
}

func title(weight float64, texts ...string) (list []word) {
	for _, t := range texts {
		list = append(list, newWord(t, weight, true))
	}
	return list
}

func label(weight float64, texts ...string) (list []word) {
	for _, t := range texts {
		list = append(list, newWord(t, weight, false))
	}
	return list
}

func join(lists ...[]word) (all []word) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// known are the kinds with the words of their papers.
var known = []struct {
	kind  checks.Kind
	words []word
}{
	// All layouts of business licences since 1988 (State Administration for Market Regulation, 营业执照 formats).
	{checks.BusinessLicense, join(
		title(3, "企业法人营业执照", "营业执照", "个体工商户营业执照", "个人独资企业营业执照", "合伙企业营业执照", "农民专业合作社法人营业执照"),
		label(1.2, "经营范围", "年度检验情况", "国家企业信用信息公示系统", "登记机关"),
		label(0.8, "注册资本", "实收资本", "营业期限", "成立日期", "公司类型", "统一社会信用代码", "组成形式", "证照编号", "核准日期", "扫描二维码"),
		label(0.5, "注册号", "法定代表人姓名", "法定代表人", "经营场所", "经营者", "工商行政管理局", "市场监督管理局", "有限责任公司"),
	)},
	{checks.OrganizationCodeCertificate, join(
		title(4, "中华人民共和国组织机构代码证", "组织机构代码证"),
		label(1.2, "颁发单位", "机构类型", "代码专用章", "质量技术监督局", "组代管"),
		label(0.8, "机构名称", "年检记录", "登记号"),
		label(0.3, "有效期", "法定代表人"),
	)},
	{checks.HolderPhoto, join(
		label(2, "公民身份号码"),
		label(1.5, "居民身份证", "签发机关"),
		label(0.6, "姓名", "性别", "民族", "出生", "住址"),
	)},
	// Letters of authorisation in whatever layout the platform or an agency gives out.
	{checks.ApplicationForm, join(
		title(4, "微信公众平台账号授权运营书", "微信公众平台申请公函"),
		title(3, "授权运营书", "申请公函", "授权委托书", "授权书", "认证申请公函", "运营授权书", "公众号申请表", "账号申请表"),
		label(1.2, "微信公众平台", "运营者姓名", "运营者身份证", "运营者手机", "运营者签名", "授权运营"),
		label(0.8, "账号名称", "账号类型", "单位全称", "单位名称(盖章)", "公司盖章", "经办人", "授权下述人员"),
		label(0.5, "身份证号码", "手机号码", "我单位", "我公司", "法律责任", "运营者", "组织机构代码", "营业执照注册号"),
	)},
	// Letters on the overseas path that say what the account is for.
	{checks.Proposal, join(
		label(4, "proposal of intended use"),
		label(2, "intended use", "用途说明", "proposal of", "使用用途"),
		label(1.2, "service account", "subscription account", "official account", "we apply for", "wechat", "weixin", "我们申请服务号", "我们申请订阅号", "公众号用途"),
		label(0.8, "developer tools", "verification", "yours faithfully", "yours sincerely", "advanced features", "proposal", "followers"),
	)},
	// Foreign certificates, from strong to weak; business cards are told in kinds.go.
	{checks.Credential, join(
		label(4, "certificate of incorporation", "certificate of registration", "business registration certificate", "certificate of formation", "商業登記證", "商业登记证", "公司註冊證明書", "公司注册证明书", "good standing", "handelsregister"),
		label(1.5, "registrar of companies", "companies registry", "incorporated under", "articles of incorporation", "secretary of state", "business registration"),
		label(0.8, "company number", "registration number", "registered office", "private limited company", "companies act", "incorporated"),
		label(0.5, "manager", "director", "head of", "founder", "executive", "engineer", "consultant", "partner", "总经理", "经理", "总监", "主任"),
	)},
}

// otherWords are those of receipts and invoices, in the languages most often met, which speak for none of the kinds.
var otherWords = join(
	label(2, "tax invoice", "增值税", "发票代码", "发票号码", "收款收据", "faktura", "rechnung", "facture", "fattura", "cash receipt", "krycí list", "kryci list"),
	label(1.2, "invoice", "receipt", "subtotal", "gst reg", "gst summary", "total amount", "rounding adj", "价税合计", "购买方", "销售方", "收银", "invoice no", "total excl", "total incl", "dodavatel", "odberatel", "odběratel", "sprzedawca", "nabywca"),
	label(0.8, "cashier", "change", "qty", "amount", "total", "discount", "gst", "vat", "dph", "合计", "小计", "金额", "单价", "数量", "税额", "thank you", "goods sold", "exchange", "iban", "swift", "celkem", "variabilní"),
	label(0.4, "cash", "price", "item", "date", "tel"),
)
