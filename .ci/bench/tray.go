package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"baton/.ci/screen"

	"github.com/godbus/dbus/v5"
)

const watcherName = "org.kde.StatusNotifierWatcher"

// benchTray measures what Baton costs while it is in the tray and its window
// hidden, beside a bare window left alone at the same time.
func benchTray(ctx context.Context, out io.Writer, baton, bare string, env []string, idle time.Duration) (err error) {
	s, err := screen.Open(ctx, 1280, 900)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	address, end, err := sessionBus(ctx)
	if err != nil {
		return err
	}
	defer end()
	icons, conn, err := panel(address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // the bus ends with it
	env = append(append(env, s.Env()...), "DBUS_SESSION_BUS_ADDRESS="+address)

	reference, _, err := openWindow(ctx, s, bare, env)
	if err != nil {
		return err
	}
	defer reference.end()
	var said bytes.Buffer
	hidden := running{exec.Command(baton, "--hidden")}
	hidden.cmd.Env, hidden.cmd.Stderr = env, &said
	if err := hidden.cmd.Start(); err != nil {
		return err
	}
	defer hidden.end()
	select {
	case <-icons:
	case <-time.After(windowWait):
		return fmt.Errorf("%s never came into the tray: %s", baton, said.Bytes())
	}
	both := []int{reference.cmd.Process.Pid, hidden.cmd.Process.Pid}
	if err := pass(ctx, atRest); err != nil {
		return err
	}
	var spent [2]time.Duration
	var woken [2]int
	for _, round := range []int{-1, 1} { // before, to take off; after
		for i, pid := range both {
			t, err := processor(pid)
			if err != nil {
				return err
			}
			n, err := wakeUps(pid)
			if err != nil {
				return err
			}
			spent[i] += time.Duration(round) * t
			woken[i] += round * n
		}
		if round > 0 {
			break
		}
		if err := pass(ctx, idle); err != nil {
			return err
		}
	}
	perSecond := func(n int) float64 { return float64(n) / idle.Seconds() }
	percent := func(d time.Duration) float64 { return 100 * float64(d) / float64(idle) }
	fmt.Fprintf(out, "\n| hidden in the tray for %s | Baton | a bare window | ratio |\n", idle)
	fmt.Fprintln(out, "| --- | --- | --- | --- |")
	fmt.Fprintf(out, "| processor | %.2f %% | %.2f %% | %.2f |\n", percent(spent[1]), percent(spent[0]), float64(spent[1])/float64(max(spent[0], tick)))
	fmt.Fprintf(out, "| wake-ups a second | %.1f | %.1f | %.2f |\n", perSecond(woken[1]), perSecond(woken[0]), float64(woken[1])/float64(max(woken[0], 1)))
	return nil
}

// wakeUps is how often the threads of a process gave the processor up to wait,
// and so had to be woken (proc_pid_status(5)). Threads that ended do not count.
func wakeUps(pid int) (total int, err error) {
	threads, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "status"))
	if err != nil || len(threads) == 0 {
		return 0, errors.Join(err, errors.New("the system does not tell a process's threads"))
	}
	for _, path := range threads {
		status, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		for line := range strings.Lines(string(status)) {
			if value, ok := strings.CutPrefix(line, "voluntary_ctxt_switches:"); ok {
				n, err := strconv.Atoi(strings.TrimSpace(value))
				if err != nil {
					return 0, err
				}
				total += n
			}
		}
	}
	return total, nil
}

// sessionBus starts a session bus of its own.
func sessionBus(ctx context.Context) (address string, end func(), err error) {
	dir, err := os.MkdirTemp("", "bus-")
	if err != nil {
		return "", nil, err
	}
	daemon := exec.CommandContext(ctx, "dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:dir="+dir)
	told, err := daemon.StdoutPipe()
	if err == nil {
		err = daemon.Start()
	}
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	end = func() {
		running{daemon}.end()
		_ = os.RemoveAll(dir) // a temporary folder
	}
	if address, err = bufio.NewReader(told).ReadString('\n'); err != nil {
		end()
		return "", nil, fmt.Errorf("no session bus: %w", err)
	}
	return strings.TrimSpace(address), end, nil
}

// panel takes icons in the way a desktop's panel does, and tells of each.
func panel(address string) (icons <-chan struct{}, conn *dbus.Conn, err error) {
	if conn, err = dbus.Connect(address); err != nil {
		return nil, nil, err
	}
	came := make(chan struct{}, 8)
	methods := map[string]any{"RegisterStatusNotifierItem": func(string) *dbus.Error {
		came <- struct{}{}
		return nil
	}}
	// Whether it shows icons is not told: a watcher that does not know the
	// question is a panel itself.
	err = conn.ExportMethodTable(methods, "/StatusNotifierWatcher", watcherName)
	if err == nil {
		_, err = conn.RequestName(watcherName, dbus.NameFlagDoNotQueue)
	}
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return came, conn, nil
}
