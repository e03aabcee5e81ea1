package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"dossier/checks"
	"dossier/pipeline/profile"
)

const good = `案件名,注册类型,账号类型,账号名称,身份证号码,邮箱,note,account_type_is_final
acme,组织,服务号,行走的厨房,11010519491231002X,a@example.cn,calls on Monday,是
张三,个人,订阅号,做饭,110101199003078670,b@example.cn,,否
`

func read(t *testing.T, data []byte) ([]Client, []Problem) {
	t.Helper()
	clients, problems, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return clients, problems
}

func TestReadCSV(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"UTF-8": good, "with a byte order mark": "\xEF\xBB\xBF" + good, "GBK, as Excel writes it in China": gbk,
		"semicolons": strings.ReplaceAll(good, ",", ";"), "tabs": strings.ReplaceAll(good, ",", "\t"), "Windows line ends": strings.ReplaceAll(good, "\n", "\r\n"),
		"English headers": strings.Replace(good, "案件名,注册类型,账号类型,账号名称,身份证号码,邮箱", "Case,Path,Account type,account_name,ID number,E-Mail", 1),
	} {
		t.Run(name, func(t *testing.T) {
			clients, problems := read(t, []byte(data))
			if len(problems) > 0 || len(clients) != 2 {
				t.Fatalf("%+v, %+v", clients, problems)
			}
			c := clients[0]
			if c.Row != 2 || c.Case != "acme" || c.Path != checks.Organization || c.Values[checks.FieldAccountType] != "service" ||
				c.Values[checks.FieldIDNumber] != "11010519491231002X" || c.Values[checks.FieldAccountTypeIsFinal] != checks.Yes {
				t.Errorf("%+v", c)
			}
			if clients[1].Path != checks.Individual || clients[1].Values[checks.FieldAccountTypeIsFinal] != "no" {
				t.Errorf("%+v", clients[1])
			}
			answers, err := profile.ParseAnswers(c.Answers())
			if err != nil || answers.Values[checks.FieldAccountName] != "行走的厨房" {
				t.Errorf("as answers: %v, %v", answers.Values, err)
			}
		})
	}
}

func workbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadXLSX(t *testing.T) {
	clients, problems := read(t, workbook(t,
		[]any{"案件名 case", "手机号码", "身份证号码"},
		[]any{"acme", 13800138000, "11010519491231002X"},
		nil,
		[]any{"beta", "13800138000", "110101199003078670"},
	))
	if len(problems) > 0 || len(clients) != 2 {
		t.Fatalf("%+v, %+v", clients, problems)
	}
	if got := clients[0].Values[checks.FieldMobile]; got != "13800138000" {
		t.Errorf("a mobile number held as a number became %q", got)
	}
	if clients[1].Row != 4 {
		t.Errorf("row %d, want 4 as the spreadsheet counts", clients[1].Row)
	}
}

// What a spreadsheet does to ID numbers is told, and the number is not used.
func TestNumbersThatLostDigits(t *testing.T) {
	for name, data := range map[string][]byte{
		"xlsx": workbook(t, []any{"case", "id_number"}, []any{"acme", 110101199003078670}),
		"csv":  []byte("case,id_number\nacme,1.10101E+17\n"),
	} {
		clients, problems := read(t, data)
		if len(clients) != 0 || len(problems) != 1 || problems[0].Row != 2 || problems[0].Column != "B" || !strings.Contains(problems[0].What.En, "lost its last digits") {
			t.Errorf("%s: %+v, %+v", name, clients, problems)
		}
	}
}

func TestProblemsPointAtTheirCell(t *testing.T) {
	for name, test := range map[string]struct {
		table, at, what string
	}{
		"an unknown header":       {"case,shoe size\nacme,44\n", "1 B", "no answer is called"},
		"a password":              {"case,password\nacme,hunter2\n", "1 B", "password"},
		"a column twice":          {"case,email,邮箱\nacme,a@example.cn,b@example.cn\n", "1 C", "twice"},
		"no case":                 {"email\na@example.cn\n", "1 ", "how the cases are to be called"},
		"a row without its case":  {"case,email\n,a@example.cn\n", "2 ", "how the case is to be called"},
		"a case twice":            {"case,email\nacme,a@example.cn\nbeta,\nacme,b@example.cn\n", "4 A", "row 2"},
		"no such path":            {"case,path\nacme,sideways\n", "2 B", "no way to register"},
		"no such account type":    {"case,account_type\nacme,gold\n", "2 B", "no type of account"},
		"neither yes nor no":      {"case,name_is_final\nacme,maybe\n", "2 B", "neither yes nor no"},
		"not asked on that path":  {"case,path,organization_code\nacme,个人,60003734-1\n", "2 C", "does not ask for"},
		"a cell without a header": {"case\nacme,what is this\n", "2 B", "no header"},
		"nothing at all":          {"\n\n", "0 ", "empty"},
	} {
		clients, problems := read(t, []byte(test.table))
		if len(problems) == 0 {
			t.Errorf("%s: no problem, clients %+v", name, clients)
			continue
		}
		p := problems[0]
		if got := fmt.Sprintf("%d %s", p.Row, p.Column); got != test.at || !strings.Contains(p.What.En, test.what) || p.What.Zh == "" || p.Todo.En == "" || p.Todo.Zh == "" {
			t.Errorf("%s: %s %+v, want %s %q", name, got, p, test.at, test.what)
		}
		if strings.Contains(fmt.Sprint(problems), "hunter2") {
			t.Error("the password is repeated")
		}
	}
}

// One bad row does not keep the others from being read.
func TestGoodRowsAreReadBesideBadOnes(t *testing.T) {
	clients, problems := read(t, []byte("case,account_type\nacme,gold\nbeta,service\n"))
	if len(clients) != 1 || clients[0].Case != "beta" || len(problems) != 1 {
		t.Errorf("%+v, %+v", clients, problems)
	}
}

func TestFilesThatAreNoTables(t *testing.T) {
	for name, data := range map[string][]byte{
		"an old workbook": []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "a zip": []byte("PK\x03\x04rubbish"), "a picture": []byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00"),
	} {
		if _, _, err := Read(data); err == nil {
			t.Errorf("%s is read as a table", name)
		}
	}
}

// The templates are read back as tables without clients, and every header is known.
func TestTemplatesAreTables(t *testing.T) {
	book, err := XLSX()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"xlsx": book, "csv": CSV()} {
		clients, problems := read(t, data)
		if len(clients) != 0 || len(problems) != 0 {
			t.Errorf("%s: %+v, %+v", name, clients, problems)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	style, err := f.GetColStyle(f.GetSheetName(0), "L")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
		t.Errorf("a column of the template is not text: %+v, %v", s, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("case;id_number\nacme;\"1\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		clients, _, _ := Read(data)
		for _, c := range clients {
			if _, err := profile.ParseAnswers(c.Answers()); err != nil {
				t.Errorf("row %d makes answers that cannot be read: %v", c.Row, err)
			}
		}
	})
}
