//go:build !linux

package vault

import "errors"

func limitFileSize(int64) error { return errors.ErrUnsupported }
