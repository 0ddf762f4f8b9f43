//go:build cgo && !js

package app

import (
	"log"
	"strings"
	"testing"
)

// Only what says nothing to a person is left out of the toolkit's log.
func TestToolkitLog(t *testing.T) {
	var out strings.Builder
	l := log.New(&toolkitLog{to: &out}, "", 0)
	for _, line := range []string{
		"systray error: failed to register: no such name",
		"Fyne error:  Translation failure", "  Cause: message \"Quit\" not found", "  At: lang.go:99",
		"Fyne error:  no OpenGL", "  Cause: no driver", "  At: window.go:1",
		"Fyne error:  Translation failure", "Fyne error:  another", "  Cause: of its own",
	} {
		l.Println(line)
	}
	const want = "Fyne error:  no OpenGL\n  Cause: no driver\n  At: window.go:1\nFyne error:  another\n  Cause: of its own\n"
	if out.String() != want {
		t.Errorf("left is\n%swant\n%s", out.String(), want)
	}
}
