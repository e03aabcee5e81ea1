package main

import (
	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/evaluate"
	"dossier/pipeline/report"
)

func (p *program) schemaCommand() *cobra.Command {
	schemas := map[string]func() ([]byte, error){
		"document":    func() ([]byte, error) { return report.Schema(pipeline.DocumentSchema) },
		"case":        func() ([]byte, error) { return report.Schema(pipeline.CaseSchema) },
		"eval":        func() ([]byte, error) { return evaluate.SchemaText(evaluate.Schema) },
		"calibration": func() ([]byte, error) { return evaluate.SchemaText(evaluate.CalibrationSchema) },
	}
	return &cobra.Command{
		Use:   "schema document|case|eval|calibration",
		Short: p.say("Print the JSON Schema of what Dossier writes", "输出 JSON 的格式定义（JSON Schema）"),
		Long: p.say(`Prints the published JSON Schema (draft 2020-12): "document" is one line of "dossier check --json",
"case" is a case's report.json, "eval" is what "dossier eval --json" prints and "calibration" what its
--calibrate writes. Fields are only ever added. The schema of a case refers to that of a document by
its $id.`,
			`输出已发布的 JSON Schema（2020-12 版）：document 对应 dossier check --json 的每一行，
case 对应案件的 report.json，eval 对应 dossier eval --json 的输出，calibration 对应其 --calibrate
写出的文件。字段只增不减。case 的定义通过 $id 引用 document 的定义。`),
		Example:   "  dossier schema document > document.schema.json\n  dossier schema case > case.schema.json",
		ValidArgs: []string{"document", "case", "eval", "calibration"},
		Args:      wants(1, 1, checks.Text{En: "schema takes one of: document, case, eval, calibration", Zh: "schema 需要 document、case、eval 或 calibration"}),
		RunE: func(_ *cobra.Command, args []string) error {
			read, ok := schemas[args[0]]
			if !ok {
				return usage(checks.Textf("there is no schema %q", "没有 %q 这个格式定义", args[0]),
					checks.Text{En: "use document, case, eval or calibration", Zh: "请用 document、case、eval 或 calibration"})
			}
			text, err := read()
			if err != nil {
				return err
			}
			_, err = p.out.Write(text)
			return err
		},
	}
}
