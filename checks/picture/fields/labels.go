package fields

import "dossier/checks"

// A label is what papers print beside a field. Text is without spaces, brackets and colons as
// OneWidth makes them.
type label struct {
	field string // a field of checks.Reading, or one used only here, or "" for what only ends a value
	text  string
}

// Fields that are only steps on the way to others, or only end the value before them.
const (
	fieldTerm     = "term"    // the business term or a certificate's validity: from and until
	fieldRegister = "license" // a number that may be the credit code or the old registration number
	fieldSigned   = "signed"  // the company's name above the chop
	fieldOther    = ""        // a label of something that is not read
	fieldAccount  = "account" // the account's name
	fieldBirth    = "birth"   // 出生
)

func labels(field string, texts ...string) (list []label) {
	for _, t := range texts {
		list = append(list, label{field, t})
	}
	return list
}

func join(lists ...[]label) (all []label) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// licenceLabels are those of business licences in all layouts since 1988: 企业法人营业执照, 营业执照 for
// branches, sole traders, partnerships and sole proprietorships, and the common layouts of 2014 and
// 2019 (State Administration for Market Regulation, 营业执照 formats).
var licenceLabels = join(
	labels("uscc", "统一社会信用代码", "社会信用代码"),
	labels("license_number", "注册号", "营业执照注册号", "工商注册号", "企业注册号"),
	labels(fieldRegister, "证照编号", "编号"),
	labels("company", "名称", "企业名称", "公司名称", "字号名称", "单位名称"),
	labels("type", "类型", "公司类型", "企业类型", "主体类型", "组成形式", "经济性质"),
	labels("legal_representative", "法定代表人", "法定代表人姓名", "负责人", "负责人姓名", "经营者", "经营者姓名", "投资人", "投资人姓名", "执行事务合伙人"),
	labels("address", "住所", "营业场所", "经营场所", "主要经营场所", "企业住所", "地址"),
	labels("founded", "成立日期", "注册日期"),
	labels(fieldTerm, "营业期限", "经营期限", "合伙期限"),
	labels(fieldOther, "注册资本", "实收资本", "注册资金", "经营范围", "经营方式", "登记机关", "登记日期", "发照机关", "核准日期", "年度检验情况", "出资额", "股东", "副本", "正本"),
)

var certificateLabels = join(
	labels("organization_code", "代码", "机构代码", "组织机构代码"),
	labels("uscc", "统一社会信用代码"),
	labels("company", "机构名称", "名称", "单位名称"),
	labels("type", "机构类型", "类型"),
	labels("legal_representative", "法定代表人", "负责人", "法定代表人(负责人)", "法定代表人姓名"),
	labels("address", "地址", "机构地址", "住所"),
	labels(fieldTerm, "有效期", "有效期限"),
	labels(fieldOther, "颁发单位", "登记号", "登记机关", "年检记录", "年度检验", "副本", "说明", "电子副本"),
)

var cardLabels = join(
	labels("name", "姓名"),
	labels(fieldOther, "性别", "民族", "签发机关"),
	labels(fieldBirth, "出生"),
	labels("address", "住址"),
	labels("id_number", "公民身份号码", "公民身份证号码"),
	labels(fieldTerm, "有效期限", "有效期"),
)

// formLabels are those of letters of authorisation in whatever layout the platform or an agency
// gives out: the facts are always the same.
var formLabels = join(
	labels(fieldAccount, "账号名称", "帐号名称", "公众账号名称", "公众号名称", "微信公众账号名称", "账号昵称"),
	labels("company", "单位全称", "企业全称", "公司全称", "公司名称", "企业名称", "单位名称", "组织名称", "机构名称", "主体名称", "申请单位", "委托单位", "授权单位", "开户名称", "名称"),
	labels("license_number", "营业执照注册号", "营业执照号码", "营业执照号", "工商执照注册号", "执照注册号", "注册号", "营业执照编号"),
	labels("uscc", "统一社会信用代码", "社会信用代码"),
	labels(fieldRegister, "营业执照注册号/统一社会信用代码", "统一社会信用代码/注册号", "证件号"),
	labels("organization_code", "组织机构代码", "组织机构代码证号", "机构代码"),
	labels("name", "运营者姓名", "运营者", "运营人姓名", "运营人", "经办人姓名", "经办人", "联系人姓名", "联系人", "被授权人", "被授权人姓名", "受托人", "姓名", "管理员姓名"),
	labels("id_number", "运营者身份证号码", "运营者身份证号", "运营者证件号码", "运营者身份证", "身份证号码", "身份证号", "身份证件号码", "身份证", "证件号码", "公民身份号码", "管理员身份证号码"),
	labels("mobile", "运营者手机号码", "运营者手机号", "运营者手机", "运营者联系电话", "手机号码", "手机号", "手机", "移动电话", "联系手机", "联系电话"),
	labels("phone", "固定电话", "座机", "办公电话", "电话", "公司电话"),
	labels("email", "邮箱", "电子邮箱", "电子邮件", "联系邮箱", "E-mail", "Email"),
	labels("legal_representative", "法定代表人", "法定代表人姓名", "法人代表", "法人姓名", "法人", "负责人"),
	labels("address", "单位地址", "公司地址", "企业地址", "联系地址", "通讯地址", "地址", "住所"),
	labels(fieldSigned, "单位名称(盖章)", "公司名称(盖章)", "单位(盖章)", "公司盖章", "单位盖章", "申请单位(盖章)", "盖章", "授权单位(盖章)", "公司(盖章)", "企业名称(盖章)", "授权方(盖章)"),
	labels(fieldOther, "账号类型", "帐号类型", "运营者签名", "签名", "签字", "日期", "职务", "部门", "运营者签字", "法定代表人签字", "申请日期", "性别", "传真", "邮编"),
)

// labelsOf returns the labels that papers of a kind carry; foreign papers are read without.
func labelsOf(k checks.Kind) []label {
	switch k {
	case checks.BusinessLicense:
		return licenceLabels
	case checks.OrganizationCodeCertificate:
		return certificateLabels
	case checks.HolderPhoto:
		return cardLabels
	case checks.ApplicationForm:
		return formLabels
	}
	return nil
}
