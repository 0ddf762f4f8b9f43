//go:build linux

package app_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// --open hands the browser a file of the person's own; the secret is in no
// command line, and the file goes with the server.
func TestServeOpens(t *testing.T) {
	needPage(t)
	w := started(t)
	bin, opened := openedBy(t)
	s := serve(t, w, "127.0.0.1:0", []string{"--open"}, "PATH="+bin+":"+os.Getenv("PATH"), "SSH_CONNECTION=192.0.2.1 5000 192.0.2.2 22", "USER=ada")
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	address, err := opened(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := strings.Cut(s.link, "#")
	path, ok := strings.CutPrefix(address, "file://")
	if !ok || strings.Contains(address, secret) {
		t.Fatalf("the browser was called with %s", address)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v: %v", info, err)
	}
	if body, err := os.ReadFile(path); err != nil || !strings.Contains(string(body), "url="+s.link) {
		t.Errorf("the file says %q: %v", body, err)
	}
	port := strings.TrimPrefix(s.addr(), "127.0.0.1:")
	if err := until(ctx, func() bool {
		return strings.Contains(s.said(), fmt.Sprintf("\n  ssh -N -L %s:127.0.0.1:%s ada@192.0.2.2\n", port, port))
	}); err != nil {
		t.Errorf("over SSH it says %q", s.said())
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C did not end it well: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file with the link is still there")
	}
}

// Without a word and without a display, but on a terminal: the page.
func TestPlainOnATerminal(t *testing.T) { onATerminal(t) }

// The demo does the same, on accounts of its own.
func TestDemoOnATerminal(t *testing.T) { onATerminal(t, "demo") }

func onATerminal(t *testing.T, args ...string) {
	needPage(t)
	w := started(t)
	master, slave := terminalPair(t)
	cmd := exec.CommandContext(t.Context(), "baton", args...)
	// Not through the recorder, which is no terminal.
	cmd.Env, cmd.Dir = append(w.env(), recordEnv+"="), w.dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	background(t, cmd)
	link := ""
	for lines := bufio.NewScanner(master); lines.Scan(); {
		if link = strings.TrimSpace(lines.Text()); strings.HasPrefix(link, "http://localhost:") {
			break
		}
	}
	if !strings.Contains(link, "/#") {
		t.Errorf("no link, the last line is %q", link)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C did not end it well: %v", err)
	}
}

// terminalPair makes a terminal: what is written to one end is read at the
// other.
func terminalPair(t *testing.T) (master, slave *os.File) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skip("not run: there are no terminals here:", err)
	}
	master = os.NewFile(uintptr(fd), "/dev/ptmx")
	t.Cleanup(func() { _ = master.Close() }) // the test ends with it
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slave.Close() }) // the test ends with it
	if err := master.SetReadDeadline(time.Now().Add(hangs)); err != nil {
		t.Fatal(err)
	}
	return master, slave
}
