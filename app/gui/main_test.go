//go:build cgo || js

package gui

import (
	"fmt"
	"os"
	"testing"
)

// TestMain makes the words of the window English, whatever the system speaks:
// what tests look for is English.
func TestMain(m *testing.M) {
	if err := speak(langEnglish); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
