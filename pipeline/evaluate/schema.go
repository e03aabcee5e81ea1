package evaluate

import (
	"embed"
	"fmt"
)

//go:embed schema/*.json
var schemas embed.FS

// SchemaText returns the published JSON Schema (draft 2020-12) of that name: Schema or
// CalibrationSchema.
func SchemaText(name string) ([]byte, error) {
	files := map[string]string{Schema: "schema/dossier.eval-1.json", CalibrationSchema: "schema/dossier.calibration-1.json"}
	file, ok := files[name]
	if !ok {
		return nil, fmt.Errorf("there is no schema %q", name)
	}
	return schemas.ReadFile(file)
}
