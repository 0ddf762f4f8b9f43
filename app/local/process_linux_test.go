//go:build linux

package local

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestReadProcess(t *testing.T) {
	boot := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	// The fields after the name, up to starttime, with what varies left open.
	stat := func(name, state, ticks string) string {
		return "7 (" + name + ") " + state + " 1 7 7 0 -1 4194304 100 0 0 0 1 1 0 0 20 0 11 0 " + ticks + " 1000 200 18446744073709551615\n"
	}
	for what, c := range map[string]struct {
		stat, exe, cmdline string
		want               string
		started            time.Duration // after boot, 0 for unknown
		gone, unknown      bool
	}{
		"a script":       {stat("node", "S", "12345"), "/usr/bin/node", "claude\x00", "node /usr/bin/node claude", 123450 * time.Millisecond, false, false},
		"many words":     {stat("code", "R", "100"), "/usr/bin/code", "code\x00a\x00\x00b\x00c\x00d\x00", "code /usr/bin/code code a b", time.Second, false, false},
		"an odd name":    {stat("a) Z (b", "S", "100"), "", "", "a) Z (b", time.Second, false, false},
		"updated since":  {stat("claude", "S", "100"), "/opt/claude (deleted)", "", "claude /opt/claude", time.Second, false, false},
		"a zombie":       {stat("claude", "Z", "100"), "", "", "", 0, true, false},
		"not readable":   {"", "", "", "", 0, true, true},
		"no brackets":    {"7 claude S", "", "", "", 0, true, true},
		"few fields":     {"7 (claude) S 1", "", "", "claude", 0, false, false},
		"no start":       {stat("claude", "S", "0"), "", "", "claude", 0, false, false},
		"start no digit": {stat("claude", "S", "x"), "", "", "claude", 0, false, false},
	} {
		t.Run(what, func(t *testing.T) {
			proc := t.TempDir()
			dir := filepath.Join(proc, "7")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			for name, body := range map[string]string{"stat": c.stat, "cmdline": c.cmdline} {
				if body == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if c.exe != "" {
				if err := os.Symlink(c.exe, filepath.Join(dir, "exe")); err != nil {
					t.Fatal(err)
				}
			}
			p, ok, err := readProcess(proc, 7, boot)
			if ok == c.gone || (err != nil) != c.unknown {
				t.Fatalf("there: %v, %v", ok, err)
			}
			if c.gone {
				return
			}
			if got := strings.Join(p.Names, " "); got != c.want {
				t.Errorf("names %q, want %q", got, c.want)
			}
			want := time.Time{}
			if c.started != 0 {
				want = boot.Add(c.started)
			}
			if !p.Started.Equal(want) {
				t.Errorf("started %v, want %v", p.Started, want)
			}
		})
	}
	if _, ok, err := readProcess(t.TempDir(), 7, boot); ok || err == nil {
		t.Errorf("a process without a folder: %v, %v", ok, err)
	}
}

// This process, by the real table.
func TestThisProcess(t *testing.T) {
	p, ok := processes(os.Getpid())
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if !ok || !slices.Contains(p.Names, exe) {
		t.Errorf("%v, names %q without %s", ok, p.Names, exe)
	}
	if age := time.Since(p.Started); age < -time.Second || age > time.Hour {
		t.Errorf("started %v ago", age)
	}
	if _, ok := processes(1 << 30); ok {
		t.Error("a process no system has runs")
	}
}

// A process that ended and whose parent has not looked yet does not run.
func TestAZombieDoesNotRun(t *testing.T) {
	cmd := exec.Command("true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Its end is waited for without taking its exit status away.
	var info unix.Siginfo
	if err := unix.Waitid(unix.P_PID, cmd.Process.Pid, &info, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	if p, ok := processes(cmd.Process.Pid); ok {
		t.Errorf("it runs: %+v", p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}
