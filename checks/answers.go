package checks

// A Field is one answer of the form: its name in answers.yaml and in Answers.Values.
type Field struct {
	Name  string
	Title Text
	// Acknowledge is true for a fact the client must have been told; the answer is yes or no
	// and stands under "acknowledged:" in answers.yaml.
	Acknowledge bool
}

// The names of the form's fields.
const (
	FieldAccountType         = "account_type"
	FieldAccountName         = "account_name"
	FieldIntroduction        = "introduction"
	FieldCompanyName         = "company_name"
	FieldLicenseNumber       = "license_number" // or the unified social credit code
	FieldOrganizationCode    = "organization_code"
	FieldLegalRepresentative = "legal_representative"
	FieldOperatorName        = "operator_name"
	FieldIDNumber            = "id_number"
	FieldMobile              = "mobile"
	FieldFixedLine           = "fixed_line"
	FieldEmail               = "email"
	FieldProposal            = "proposal"
	FieldFeaturesNeeded      = "features_needed"
	FieldWorkPhone           = "work_phone"
	FieldWorkEmail           = "work_email"
	FieldApplicationNumber   = "application_number"

	FieldAccountTypeIsFinal = "account_type_is_final"
	FieldNameIsFinal        = "name_is_final"
	FieldHiddenFromWeixin   = "hidden_from_weixin"

	// Who of the client's has been told, and on which day; they stand under "acknowledged:" too.
	FieldAcknowledgedBy = "acknowledged_by"
	FieldAcknowledgedOn = "acknowledged_on"
)

// Yes is the value of an acknowledgement that was given.
const Yes = "yes"

// Fields lists every field any path's form has, in form order, acknowledgements last.
func Fields() []Field {
	return []Field{
		{Name: FieldAccountType, Title: Text{"account type", "账号类型"}},
		{Name: FieldAccountName, Title: Text{"account name", "账号名称"}},
		{Name: FieldIntroduction, Title: Text{"introduction", "功能介绍"}},
		{Name: FieldProposal, Title: Text{"proposal of intended use", "用途说明"}},
		{Name: FieldFeaturesNeeded, Title: Text{"features needed", "所需功能"}},
		{Name: FieldCompanyName, Title: Text{"company name", "企业名称"}},
		{Name: FieldLicenseNumber, Title: Text{"licence number or unified social credit code", "营业执照注册号或统一社会信用代码"}},
		{Name: FieldOrganizationCode, Title: Text{"organisation code", "组织机构代码"}},
		{Name: FieldLegalRepresentative, Title: Text{"legal representative", "法定代表人"}},
		{Name: FieldOperatorName, Title: Text{"operator's name", "运营者姓名"}},
		{Name: FieldIDNumber, Title: Text{"operator's ID number", "运营者身份证号码"}},
		{Name: FieldMobile, Title: Text{"mobile number", "手机号码"}},
		{Name: FieldFixedLine, Title: Text{"fixed line", "固定电话"}},
		{Name: FieldEmail, Title: Text{"email address", "邮箱"}},
		{Name: FieldWorkPhone, Title: Text{"work phone", "工作电话"}},
		{Name: FieldWorkEmail, Title: Text{"work email", "工作邮箱"}},
		{Name: FieldApplicationNumber, Title: Text{"application number", "申请编号"}},
		{Name: FieldAccountTypeIsFinal, Title: Text{"the account type can never be changed", "账号类型一经选定不可更改"}, Acknowledge: true},
		{Name: FieldNameIsFinal, Title: Text{"the account name can never be changed", "账号名称一经注册不可更改"}, Acknowledge: true},
		{Name: FieldHiddenFromWeixin, Title: Text{"users of the Chinese app cannot see an account registered outside China", "境外注册的账号对微信国内版用户不可见"}, Acknowledge: true},
	}
}

// FieldNamed returns the field of that name.
func FieldNamed(name string) (Field, bool) {
	for _, f := range Fields() {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}
