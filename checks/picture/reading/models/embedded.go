//go:build !nomodels

package models

import "embed"

//go:embed *.onnx ppocr_keys_v1.txt
var files embed.FS

func read(name string) ([]byte, error) { return files.ReadFile(name) }
