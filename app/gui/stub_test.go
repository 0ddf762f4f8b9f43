//go:build !cgo && !js

package gui

import (
	"errors"
	"testing"
)

func TestNoWindowHere(t *testing.T) {
	if err := Run(Config{}); !errors.Is(err, ErrNoWindow) {
		t.Errorf("Run says %v, want ErrNoWindow", err)
	}
}
