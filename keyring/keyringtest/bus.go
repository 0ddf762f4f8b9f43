//go:build linux

package keyringtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// startWait is how long a daemon has to show itself.
const startWait = 20 * time.Second

// Programs lists what has to be installed.
func Programs() []string { return []string{"dbus-daemon", "gnome-keyring-daemon"} }

// config is a bus on which nothing is started by itself.
const config = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// Bus is a session bus of the test's own.
type Bus struct {
	// Address is for DBUS_SESSION_BUS_ADDRESS.
	Address string
	dir     string
	cmd     *exec.Cmd
}

// StartBus starts one; Stop ends it.
func StartBus(ctx context.Context) (*Bus, error) {
	dir, err := os.MkdirTemp("", "bus-") // a test's own folder may be too long for a socket's path
	if err != nil {
		return nil, err
	}
	b := &Bus{Address: "unix:path=" + filepath.Join(dir, "bus"), dir: dir}
	if err := b.start(ctx); err != nil {
		return nil, errors.Join(err, b.Stop())
	}
	return b, nil
}

func (b *Bus) start(ctx context.Context) error {
	conf := filepath.Join(b.dir, "bus.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, config, filepath.Join(b.dir, "bus")), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "dbus-daemon", "--config-file="+conf, "--nofork", "--nopidfile", "--print-address=1")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	b.cmd = cmd
	line, err := bufio.NewReader(out).ReadString('\n') // it listens once it says where
	if err != nil || !strings.HasPrefix(line, "unix:") {
		return fmt.Errorf("no bus: %q: %w", line, err)
	}
	return nil
}

// Stop ends the bus and everybody on it loses it.
func (b *Bus) Stop() error {
	if b.cmd != nil {
		_ = b.cmd.Process.Kill() // it may have ended by itself
		_ = b.cmd.Wait()         // killed: that is no news
	}
	return os.RemoveAll(b.dir)
}

// Connect gives a connection to the bus.
func (b *Bus) Connect() (*dbus.Conn, error) { return dbus.Connect(b.Address) }

// awaitOwner waits until somebody owns the name of the Secret Service.
func (b *Bus) awaitOwner(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	conn, err := b.Connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // nothing is said on it any more
	if err := conn.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged")); err != nil {
		return err
	}
	changes := make(chan *dbus.Signal, 64)
	conn.Signal(changes)
	for {
		owned := false
		if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, serviceName).Store(&owned); err != nil {
			return err
		}
		if owned {
			return nil
		}
		select {
		case <-changes:
		case <-ctx.Done():
			return fmt.Errorf("nobody became %s: %w", serviceName, ctx.Err())
		}
	}
}
