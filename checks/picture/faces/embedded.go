//go:build !nomodels

package faces

import "embed"

//go:embed model/tiny_face_detector_model.bin model/tiny_face_detector_model-weights_manifest.json
var files embed.FS

func read(name string) ([]byte, error) { return files.ReadFile("model/" + name) }
