package sheet

import (
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"dossier/checks"
	"dossier/pipeline/profile"
)

// readTable makes clients of a table whose first row with anything in it is the header.
func readTable(table [][]cell) ([]Client, []Problem) {
	t := &tableReader{}
	head := slices.IndexFunc(table, filled)
	if head < 0 {
		t.add(0, -1, checks.Text{En: "the table is empty", Zh: "表格是空的"}, checks.Text{En: "`dossier new --sheet FILE` writes an empty one with its headers", Zh: "用 `dossier new --sheet 文件` 可生成带表头的空表"})
		return nil, t.problems
	}
	if !t.header(table[head], head+1) {
		return nil, t.problems
	}
	for i := head + 1; i < len(table); i++ {
		if filled(table[i]) {
			t.row(table[i], i+1)
		}
	}
	return t.clients, t.problems
}

func filled(row []cell) bool {
	return slices.ContainsFunc(row, func(c cell) bool { return strings.TrimSpace(c.text) != "" })
}

type tableReader struct {
	columns  []string // the column's name, by place; "" for one that is not read
	clients  []Client
	problems []Problem
	seen     map[string]int // case to its row
}

func (t *tableReader) add(row, column int, what, todo checks.Text) {
	p := Problem{Row: row, What: what, Todo: todo}
	if column >= 0 {
		p.Column, _ = excelize.ColumnNumberToName(column + 1)
	}
	t.problems = append(t.problems, p)
}

func (t *tableReader) header(row []cell, n int) bool {
	used := map[string]bool{}
	for i, c := range row {
		header := strings.TrimSpace(c.text)
		if header == "" {
			t.columns = append(t.columns, "")
			continue
		}
		if profile.Secret(header) {
			t.add(n, i, checks.Text{En: "a password is never written down here", Zh: "密码绝不能写在这里"},
				checks.Text{En: "delete the column; the password is typed into the form only, by its owner", Zh: "请删除此列；密码只由本人在注册表单中输入"})
		}
		column, ok := columnNamed(header)
		switch {
		case !ok:
			t.add(n, i, checks.Textf("no answer is called %q", "没有名为“%s”的项目", header),
				checks.Text{En: "see the headers that `dossier new --sheet FILE` writes; a column for your own notes is called \"note\"", Zh: "表头请参照 `dossier new --sheet 文件` 生成的表格；自己的备注请用“备注”列"})
		case used[column.name] && column.name != columnNote:
			t.add(n, i, checks.Textf("%q stands twice in the header", "表头中“%s”出现两次", header), checks.Text{En: "remove one of the columns", Zh: "请删除其中一列"})
		}
		used[column.name] = true
		t.columns = append(t.columns, column.name)
	}
	if !used[columnCase] {
		t.add(n, -1, checks.Text{En: "no column says how the cases are to be called", Zh: "没有“案件名”一列"}, checks.Text{En: "name one column \"case\"", Zh: "请增加“案件名”列"})
	}
	return len(t.problems) == 0
}

func (t *tableReader) row(row []cell, n int) {
	before := len(t.problems)
	c := Client{Row: n, Path: checks.Organization, Values: map[string]string{}}
	at := map[string]int{}
	for i, cell := range row {
		value := strings.TrimSpace(cell.text)
		if i >= len(t.columns) {
			if value != "" {
				t.add(n, i, checks.Text{En: "this column has no header", Zh: "此列没有表头"}, checks.Text{En: "give it one, or empty it", Zh: "请填写表头或清空此列"})
			}
			continue
		}
		name := t.columns[i]
		if name == "" || name == columnNote || value == "" {
			continue
		}
		at[name] = i
		t.value(&c, name, value, cell.number, n, i)
	}
	switch previous, twice := t.seen[c.Case]; {
	case c.Case == "":
		t.add(n, -1, checks.Text{En: "the row does not say how the case is to be called", Zh: "此行没有案件名"}, checks.Text{En: "fill in the column \"case\"", Zh: "请填写“案件名”"})
	case twice:
		t.add(n, at[columnCase], checks.Textf("the case %[1]q stands in row %[2]d already", "案件“%[1]s”已在第 %[2]d 行出现", c.Case, previous), checks.Text{En: "give each client a name of its own", Zh: "请为每位客户取不同的案件名"})
	}
	for name, i := range at {
		if name != columnCase && name != columnPath && !asked(c.Path, name) {
			t.add(n, i, checks.Textf("the form for %[1]s does not ask for %[2]s", "%[3]s注册的表单没有这一项（%[4]s）", c.Path, titleOf(name).En, pathZh(c.Path), titleOf(name).Zh),
				checks.Text{En: "empty the cell, or correct the path", Zh: "请清空此格，或更正注册类型"})
		}
	}
	if len(t.problems) > before {
		slices.SortStableFunc(t.problems[before:], func(a, b Problem) int { return strings.Compare(a.Column, b.Column) })
		return
	}
	if t.seen == nil {
		t.seen = map[string]int{}
	}
	t.seen[c.Case] = n
	t.clients = append(t.clients, c)
}

func (t *tableReader) value(c *Client, name, value string, number bool, n, i int) {
	if len(value) > maxCellBytes {
		t.add(n, i, checks.Textf("the cell holds %d bytes", "此格有 %d 字节", len(value)), checks.Text{En: "shorten it", Zh: "请缩短"})
		return
	}
	if number && (len(value) > exactDigits || exponent.MatchString(value)) {
		t.add(n, i, checks.Text{En: "the spreadsheet has made a number of this and lost its last digits", Zh: "表格把它当成了数字，末尾几位已丢失"},
			checks.Text{En: "format the column as text and type it anew", Zh: "请把该列设为“文本”格式后重新输入"})
		return
	}
	field, isField := checks.FieldNamed(name)
	word := strings.ToLower(value)
	switch {
	case name == columnCase:
		c.Case = value
	case name == columnPath:
		path, ok := pathWords[word]
		if !ok {
			t.add(n, i, checks.Textf("%q is no way to register", "“%s”不是注册类型", value), checks.Text{En: "write organization, individual or overseas", Zh: "请填写 组织、个人 或 境外"})
		}
		c.Path = path
	case name == checks.FieldAccountType:
		kind, ok := typeWords[word]
		if !ok {
			t.add(n, i, checks.Textf("%q is no type of account", "“%s”不是账号类型", value), checks.Text{En: "write service, subscription or enterprise", Zh: "请填写 服务号、订阅号 或 企业号"})
		}
		c.Values[name] = kind
	case isField && field.Acknowledge:
		said, ok := yesWords[word]
		if !ok {
			t.add(n, i, checks.Textf("%q is neither yes nor no", "“%s”不是 是 或 否", value), checks.Text{En: "write yes or no", Zh: "请填写 是 或 否"})
		}
		c.Values[name] = said
	default:
		c.Values[name] = value
	}
}

// asked reports whether the path's form has the field, acknowledgements included.
func asked(path checks.Path, name string) bool {
	if f, ok := checks.FieldNamed(name); ok && f.Acknowledge {
		return true
	}
	return slices.ContainsFunc(profile.FormFields(path), func(f checks.Field) bool { return f.Name == name })
}

func titleOf(name string) checks.Text {
	f, _ := checks.FieldNamed(name)
	return f.Title
}

func pathZh(p checks.Path) string {
	return map[checks.Path]string{checks.Organization: "组织", checks.Individual: "个人", checks.Overseas: "境外"}[p]
}
