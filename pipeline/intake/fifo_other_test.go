//go:build !unix

package intake

import "errors"

func makeFifo(string) error { return errors.ErrUnsupported }
