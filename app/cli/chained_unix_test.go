//go:build unix && !js

package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/app/backend"
)

func TestChainedLines(t *testing.T) {
	for command, want := range map[string]string{
		"cat":                                 "told\n",
		"printf 'a\\nb'":                      "a\nb\n",
		"true":                                "",
		"echo before; exit 3":                 "before\n",
		"exec 2>&1; echo $" + chainedVariable: "1\n",
	} {
		if got := chained(context.Background(), command, []byte("told"), time.Minute); string(got) != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}

// The command's children end with it, when its time is over and when Baton
// itself is to end.
func TestChainedCommandIsKilledWhole(t *testing.T) {
	for name, shape := range map[string]string{
		"child":               "sleep 600 & echo $! >FILE; wait",
		"grandchild":          "sh -c 'sleep 600 & echo $! >FILE; wait'",
		"in a pipe":           "sh -c 'echo $$ >FILE; exec sleep 600' | cat",
		"ignores the end":     "trap '' TERM INT HUP; sh -c 'echo $$ >FILE; exec sleep 600'; sleep 600",
		"keeps the output":    "(sleep 600 & echo $! >FILE; wait) 2>/dev/null",
		"no longer its child": "sh -c '(sleep 600 & echo $! >FILE)'; sleep 600",
	} {
		for _, how := range []string{"time is over", "Baton ends"} {
			t.Run(name+", "+how, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "pid")
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				limit := time.Minute
				if how == "time is over" {
					limit = 500 * time.Millisecond
				}
				done := make(chan struct{})
				go func() {
					defer close(done)
					chained(ctx, strings.ReplaceAll(shape, "FILE", file), nil, limit)
				}()
				pid := 0
				await(t, "the child starts", func() bool {
					text, err := os.ReadFile(file)
					n, _ := fmt.Sscan(string(text), &pid)
					return err == nil && n == 1 && strings.HasSuffix(string(text), "\n")
				})
				if how == "Baton ends" {
					cancel()
				}
				<-done
				await(t, "the child ends", func() bool { return ended(pid) })
			})
		}
	}
}

// ended reports whether a process is gone, or dead and only not waited for by
// the process that inherited it.
func ended(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && bytes.Contains(stat, []byte(") Z "))
}

func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(5 * time.Millisecond) // another process's state can only be polled
	}
}

// A Baton that the chained command runs prints nothing and starts nothing.
func TestChainedBatonIsQuiet(t *testing.T) {
	for set, want := range map[string]string{"": "mine\n", "1": ""} {
		f := &fake{do: answers(backend.Result{Chained: "echo mine"}, nil)}
		got := run(t, f, func(c *Config) {
			c.Getenv = func(name string) string { return map[string]string{chainedVariable: set}[name] }
		}, "statusline")
		got.want(t, 0, want, "")
	}
}
