//go:build !nomodels

package models

import (
	_ "embed"
	"io/fs"
)

// Each file by itself and as bytes: out of an embed.FS a file comes as a copy.
var (
	//go:embed ch_PP-OCRv4_det_infer.onnx.packed
	detection []byte
	//go:embed ch_PP-OCRv4_rec_infer.onnx.packed
	recognition []byte
	//go:embed ch_ppocr_mobile_v2.0_cls_infer.onnx.packed
	direction []byte
	//go:embed ppocr_keys_v1.txt
	dictionary []byte
)

func read(name string) ([]byte, error) {
	switch name {
	case Detection.Name:
		return detection, nil
	case Recognition.Name:
		return recognition, nil
	case Direction.Name:
		return direction, nil
	case Dictionary.Name:
		return dictionary, nil
	}
	return nil, fs.ErrNotExist
}
