package screen

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestUntil(t *testing.T) {
	n := 0
	if err := Until(t.Context(), func() bool { n++; return n == 3 }); err != nil || n != 3 {
		t.Errorf("asked %d times: %v", n, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), lookEvery/2)
	defer cancel()
	if err := Until(ctx, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("in vain: %v", err)
	}
}

// A screen is there until it is closed, and takes nothing with it.
func TestScreen(t *testing.T) {
	for _, name := range Programs() {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skipf("not run: %s is not installed (make test installs it)", name)
		}
	}
	s, err := Open(t.Context(), 640, 480)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Run(t.Context(), "xdotool", "getdisplaygeometry")
	if err != nil || strings.TrimSpace(out) != "640 480" {
		t.Errorf("%q, %v", out, err)
	}
	w, err := s.Watch()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := w.Drawn(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("something was drawn where nothing is: %v", err)
	}
	w.Close()
	if _, err := s.Find(ctx, "Nobody", os.Getpid()); err == nil {
		t.Error("a window nobody has was found")
	}
	home := s.home
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder is still there: %v", err)
	}
	if _, err := s.Watch(); err == nil {
		t.Error("it still answers")
	}
}
