//go:build linux

package keyringtest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/godbus/dbus/v5"
)

const (
	serviceName = "org.freedesktop.secrets"
	servicePath = dbus.ObjectPath("/org/freedesktop/secrets")
	loginPath   = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
)

// Daemon is a gnome-keyring-daemon.
type Daemon struct {
	bus *Bus
	cmd *exec.Cmd
}

// StartDaemon starts one whose keyring lies below home and is unlocked with
// password; the first to do so makes it, and with another password than that
// one's it stays locked. It returns once the daemon is on the bus.
func StartDaemon(ctx context.Context, b *Bus, home, password string) (*Daemon, error) {
	control := filepath.Join(b.dir, "control")
	for _, dir := range []string{home, control} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", "--control-directory="+control)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_DATA_HOME=" + filepath.Join(home, ".local", "share"),
		"XDG_RUNTIME_DIR=" + control, "DBUS_SESSION_BUS_ADDRESS=" + b.Address,
	}
	cmd.Stdin = strings.NewReader(password)
	d := &Daemon{bus: b, cmd: cmd}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := b.awaitOwner(ctx); err != nil {
		return nil, errors.Join(err, d.Stop())
	}
	return d, nil
}

// Lock locks the keyring, as a screen that locks may.
func (d *Daemon) Lock() error {
	conn, err := d.bus.Connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // nothing is said on it any more
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	return conn.Object(serviceName, servicePath).Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{loginPath}).Store(&locked, &prompt)
}

// Suspend stops the daemon where it is: it answers nothing until Resume.
func (d *Daemon) Suspend() error { return d.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume lets it go on.
func (d *Daemon) Resume() error { return d.cmd.Process.Signal(syscall.SIGCONT) }

// Stop ends the daemon; its keyring stays.
func (d *Daemon) Stop() error {
	_ = d.cmd.Process.Kill() // it may have ended by itself
	_ = d.cmd.Wait()         // killed: that is no news
	return nil
}
