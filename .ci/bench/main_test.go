package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// program makes a stand-in for Baton that notes how it was called.
func program(t *testing.T, body string) (path, calls string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in is a shell script")
	}
	path, calls = filepath.Join(t.TempDir(), "baton"), filepath.Join(t.TempDir(), "calls")
	script := "#!/bin/sh\necho \"$* HOME=$HOME\" >>'" + calls + "'\n" + body + "\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, calls
}

func TestBench(t *testing.T) {
	path, calls := program(t, "exit 0")
	var out strings.Builder
	if err := bench(&out, path, 4); err != nil {
		t.Fatal(err)
	}
	if rows := strings.Count(out.String(), " ms |\n"); rows != len(measures("a", "b")) {
		t.Errorf("%d rows in:\n%s", rows, out.String())
	}
	called, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	for want, times := range map[string]int{
		"version ": 4, "swap ada@corp.example ": 2, "swap ada@example.com ": 2, "import ": 1,
	} {
		if got := strings.Count("\n"+string(called), "\n"+want); got != times {
			t.Errorf("%q was called %d times, want %d, in:\n%s", want, got, times, called)
		}
	}
	if own := os.Getenv("HOME"); own != "" && strings.Contains(string(called), "HOME="+own+"\n") {
		t.Error("it was measured on the person's own home")
	}
}

func TestBenchStopsAtAFailure(t *testing.T) {
	path, _ := program(t, "echo 'baton: no' >&2; exit 1")
	err := bench(&strings.Builder{}, path, 1)
	if err == nil || !strings.Contains(err.Error(), "baton: no") {
		t.Errorf("the error is %v, want what the program said", err)
	}
}
