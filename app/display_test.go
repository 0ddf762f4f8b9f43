//go:build linux && cgo

package app_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/.ci/screen"
)

// newDisplay is an X server of the test's own with a window manager on it; they
// end with the test.
func newDisplay(t *testing.T) *screen.Screen {
	t.Helper()
	need(t, screen.Programs()...)
	s, err := screen.Open(t.Context(), 1280, 900)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// visible are the windows to be seen with Baton's title.
func visible(ctx context.Context, s *screen.Screen) []string {
	out, err := s.Run(ctx, "xdotool", "search", "--onlyvisible", "--name", "^Baton$")
	if err != nil {
		return nil // it fails where it finds none
	}
	return strings.Fields(out)
}

// keep saves a picture for people (go test -artifacts).
func keep(t *testing.T, name string, picture image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
