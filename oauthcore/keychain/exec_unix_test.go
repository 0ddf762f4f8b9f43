//go:build unix

package keychain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// script makes a program that stands in for security.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "security")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExec(t *testing.T) {
	run := Exec(script(t, `printf '%s|' "$@"; cat; echo noise >&2; exit "${1#-}"`))
	out, exit, err := run(t.Context(), []byte("in"), "-0", "a b")
	if string(out) != "-0|a b|in" || exit != 0 || err != nil {
		t.Errorf("%q, %d, %v", out, exit, err)
	}
	// What a failed program printed is not an answer.
	if out, exit, err := run(t.Context(), nil, "-44"); out != nil || exit != 44 || err != nil {
		t.Errorf("%q, %d, %v", out, exit, err)
	}
}

func TestExecOfNothing(t *testing.T) {
	if _, _, err := Exec(filepath.Join(t.TempDir(), "none"))(t.Context(), nil, "-i"); !errors.Is(err, ErrFailed) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v", err)
	}
	if _, _, err := Exec(script(t, "kill -9 $$"))(t.Context(), nil); !errors.Is(err, ErrFailed) {
		t.Errorf("error = %v", err)
	}
}

// A program that hangs is killed, with everything it started: only then the
// pipe all of them hold ends.
func TestExecOfWhatHangs(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	go func() {
		doc, err := os.ReadFile(pipe)
		said <- fmt.Sprint(string(doc), err)
	}()
	run := Exec(script(t, `exec 9>"$1"; echo begun >&9; sleep 600 & wait`))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if _, _, err := run(ctx, nil, pipe); !errors.Is(err, ErrTimeout) {
		t.Error(err)
	}
	select {
	case got := <-said:
		if got != "begun\n<nil>" {
			t.Errorf("it said %q", got)
		}
	case <-time.After(time.Minute):
		t.Error("what the program started lives on")
	}
	canceled, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := run(canceled, nil, pipe); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}
