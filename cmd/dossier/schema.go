package main

import (
	"github.com/spf13/cobra"

	"dossier/checks"
	"dossier/pipeline"
	"dossier/pipeline/report"
)

func (p *program) schemaCommand() *cobra.Command {
	schemas := map[string]string{"document": pipeline.DocumentSchema, "case": pipeline.CaseSchema}
	return &cobra.Command{
		Use:   "schema document|case",
		Short: p.say("Print the JSON Schema of what Dossier writes", "输出 JSON 的格式定义（JSON Schema）"),
		Long: p.say(`Prints the published JSON Schema (draft 2020-12): "document" is one line of "dossier check --json",
"case" is a case's report.json. Fields are only ever added. The schema of a case refers to that of
a document by its $id.`,
			`输出已发布的 JSON Schema（2020-12 版）：document 对应 dossier check --json 的每一行，
case 对应案件的 report.json。字段只增不减。case 的定义通过 $id 引用 document 的定义。`),
		Example:   "  dossier schema document > document.schema.json\n  dossier schema case > case.schema.json",
		ValidArgs: []string{"document", "case"},
		Args:      wants(1, 1, checks.Text{En: "schema takes one of: document, case", Zh: "schema 需要 document 或 case"}),
		RunE: func(_ *cobra.Command, args []string) error {
			name, ok := schemas[args[0]]
			if !ok {
				return usage(checks.Textf("there is no schema %q", "没有 %q 这个格式定义", args[0]),
					checks.Text{En: "use document or case", Zh: "请用 document 或 case"})
			}
			text, err := report.Schema(name)
			if err != nil {
				return err
			}
			_, err = p.out.Write(text)
			return err
		},
	}
}
