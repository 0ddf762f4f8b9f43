//go:build !cgo

package main

import (
	"context"
	"errors"
)

func play(context.Context, string) error { return errors.New("this build has no window") }
