//go:build nomodels

package models

func read(string) ([]byte, error) { return nil, ErrLeftOut }
