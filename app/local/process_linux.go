//go:build linux

package local

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"baton/oauthcore/claude"

	"golang.org/x/sys/unix"
)

// words is how many words of a command line are looked at.
const words = 4

// ticksPerSecond is the unit of times in /proc, USER_HZ. The kernel's own rate
// differs between machines; this one is fixed for every program (proc(5)).
const ticksPerSecond = 100

// processes looks processes up in /proc. A process /proc does not show, as
// where it hides other people's, is there if it can be signalled.
func processes(pid int) (claude.Process, bool) {
	p, ok, err := readProcess("/proc", pid, bootTime())
	if err != nil {
		return p, alive(pid)
	}
	return p, ok
}

// bootTime is when this machine started, by today's clock; zero where it cannot
// be told. What it slept counts, as it does in /proc.
func bootTime() time.Time {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts) != nil {
		return time.Time{}
	}
	return time.Now().Round(0).Add(-time.Duration(ts.Nano()))
}

// errStat says that a process's line in /proc is not what it should be.
var errStat = errors.New("not a process's stat")

// readProcess reads one process's folder; ok is false for one that has ended
// and was not waited for yet. The error says that there is nothing to read.
func readProcess(proc string, pid int, boot time.Time) (p claude.Process, ok bool, err error) {
	dir := filepath.Join(proc, strconv.Itoa(pid))
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return p, false, err
	}
	// pid (name) state … starttime: the name may hold anything, so the fields
	// are counted from its last bracket (proc_pid_stat(5)).
	from, to := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if from < 0 || to < from {
		return p, false, errStat
	}
	if name := string(stat[from+1 : to]); name != "" {
		p.Names = append(p.Names, name)
	}
	const state, starttime = 3, 22
	fields := strings.Fields(string(stat[to+1:]))
	if len(fields) > starttime-state {
		if s := fields[0]; s == "Z" || s == "X" {
			return p, false, nil
		}
		ticks, err := strconv.ParseInt(fields[starttime-state], 10, 64)
		if err == nil && ticks > 0 && !boot.IsZero() {
			p.Started = boot.Add(time.Duration(ticks) * (time.Second / ticksPerSecond))
		}
	}
	if exe, err := os.Readlink(filepath.Join(dir, "exe")); err == nil {
		p.Names = append(p.Names, strings.TrimSuffix(exe, " (deleted)")) // as after an update
	}
	if line, err := os.ReadFile(filepath.Join(dir, "cmdline")); err == nil {
		for i, word := range strings.Split(string(bytes.TrimRight(line, "\x00")), "\x00") {
			if i < words && word != "" {
				p.Names = append(p.Names, word)
			}
		}
	}
	return p, true, nil
}

// environ reads the environment a process was started with.
func environ(pid int) (env claude.Lookup, ok bool) {
	doc, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	if err != nil || len(doc) == 0 { // as for a process that has ended
		return nil, false
	}
	return lookupIn(doc), true
}
