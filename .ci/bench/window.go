package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"baton/.ci/screen"
)

const (
	// windowWait bounds the start of a window.
	windowWait = 30 * time.Second
	// atRest is how long after its first frame a window is left alone before
	// its memory is looked at.
	atRest = 2 * time.Second
)

// windowFigures are what is measured of one program's window.
type windowFigures struct {
	first    time.Duration // from its start to its first frame, the median
	resident float64       // MB, once it is at rest
	idle     float64       // percent of one processor while nothing happens
}

// benchWindow measures Baton's window beside a bare one of the same toolkit,
// built with the same flags, in one run on one screen.
func benchWindow(ctx context.Context, out io.Writer, baton, bare string, env []string, runs int, idle time.Duration) (err error) {
	s, err := screen.Open(ctx, 1280, 900)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	env = append(env, s.Env()...)
	both := []string{bare, baton}
	figures := make([]windowFigures, len(both))
	firsts := make([][]time.Duration, len(both))
	for range runs { // in turn, so that a busy moment meets both
		for i, path := range both {
			w, took, err := openWindow(ctx, s, path, env)
			if err != nil {
				return err
			}
			firsts[i] = append(firsts[i], took)
			w.end()
		}
	}
	for i, path := range both {
		slices.Sort(firsts[i])
		figures[i].first = firsts[i][len(firsts[i])/2]
		if err := figures[i].measure(ctx, s, path, env, idle); err != nil {
			return err
		}
	}
	bareOne, batonOne := figures[0], figures[1]
	fmt.Fprintln(out, "\n| the window | Baton | a bare one | ratio |")
	fmt.Fprintln(out, "| --- | --- | --- | --- |")
	fmt.Fprintf(out, "| first frame, median of %d | %s | %s | %.2f |\n", runs, ms(batonOne.first), ms(bareOne.first), float64(batonOne.first)/float64(bareOne.first))
	fmt.Fprintf(out, "| resident memory | %.1f MB | %.1f MB | %.2f |\n", batonOne.resident, bareOne.resident, batonOne.resident/bareOne.resident)
	fmt.Fprintf(out, "| processor while idle for %s | %.2f %% | %.2f %% | |\n", idle, batonOne.idle, bareOne.idle)
	return nil
}

// measure opens one window and leaves it alone.
func (f *windowFigures) measure(ctx context.Context, s *screen.Screen, path string, env []string, idle time.Duration) error {
	w, _, err := openWindow(ctx, s, path, env)
	if err != nil {
		return err
	}
	defer w.end()
	if err := pass(ctx, atRest); err != nil {
		return err
	}
	pid := w.cmd.Process.Pid
	if f.resident, err = resident(pid); err != nil {
		return err
	}
	before, err := processor(pid)
	if err == nil {
		err = pass(ctx, idle)
	}
	if err != nil {
		return err
	}
	after, err := processor(pid)
	if err != nil {
		return err
	}
	f.idle = 100 * float64(after-before) / float64(idle)
	return nil
}

// running is a program with a window.
type running struct{ cmd *exec.Cmd }

func (r running) end() {
	_ = r.cmd.Process.Kill() // it may have ended by itself
	_ = r.cmd.Wait()         // killed: that is no news
}

// openWindow starts a program and waits for its first frame.
func openWindow(ctx context.Context, s *screen.Screen, path string, env []string) (running, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, windowWait)
	defer cancel()
	look, err := s.Watch()
	if err != nil {
		return running{}, 0, err
	}
	defer look.Close()
	var said bytes.Buffer
	r := running{exec.Command(path)}
	r.cmd.Env, r.cmd.Stderr = env, &said
	start := time.Now()
	if err := r.cmd.Start(); err != nil {
		return r, 0, err
	}
	if err := look.Drawn(ctx); err != nil {
		r.end()
		return r, 0, fmt.Errorf("%s: %w: %s", path, err, said.Bytes())
	}
	return r, time.Since(start), nil
}

// pass lets time go by.
func pass(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// resident is a process's memory that is in RAM, in MB (proc_pid_status(5)).
func resident(pid int) (float64, error) {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			return kb / 1000, err
		}
	}
	return 0, errors.New("the system does not tell a process's memory")
}

// tick is the unit of times in /proc (proc(5)).
const tick = 10 * time.Millisecond

// processor is the time a process has spent on processors, its own and the
// system's for it (proc_pid_stat(5)).
func processor(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	const utime, stime = 14 - 3, 15 - 3
	if len(fields) <= stime {
		return 0, errors.New("the system does not tell a process's time")
	}
	u, err := strconv.ParseInt(fields[utime], 10, 64)
	if err != nil {
		return 0, err
	}
	s, err := strconv.ParseInt(fields[stime], 10, 64)
	return time.Duration(u+s) * tick, err
}
