//go:build !js && !linux

package app_test

import (
	"fmt"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// rings is what a story has of keyrings: none here.
type rings struct{}

// condition is what a story may ask for in brackets; only on Linux is there a
// keyring that can be started for a test.
func condition(name string) (bool, error) {
	if name != "keyring" {
		return false, fmt.Errorf("%w: condition %q", os.ErrInvalid, name)
	}
	return false, nil
}

func keyringOrder(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("there is no keyring") }
