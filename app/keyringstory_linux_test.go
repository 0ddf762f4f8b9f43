package app_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"baton/keyring/keyringtest"

	"github.com/rogpeppe/go-internal/testscript"
)

// condition is what a story may ask for in brackets: [keyring] for a real
// keyring daemon. In continuous integration it is there, or the story fails.
func condition(name string) (bool, error) {
	if name != "keyring" {
		return false, fmt.Errorf("%w: condition %q", os.ErrInvalid, name)
	}
	for _, program := range keyringtest.Programs() {
		if _, err := exec.LookPath(program); err != nil {
			return os.Getenv("CI") == "true", nil
		}
	}
	return true, nil
}

// rings is what a story has of keyrings.
type rings struct {
	bus    *keyringtest.Bus
	daemon *keyringtest.Daemon
}

// keyringOrder carries out a story's `keyring …`: bus makes a session bus with
// nobody on it, start has the real daemon on it with its keyring unlocked by a
// password, lock locks that, stop ends it, hang METHOD has a keyring that never
// answers that method.
func keyringOrder(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: keyring bus|start PASSWORD|lock|stop|hang METHOD")
	}
	ctx := context.Background() // what is started ends with the story
	if args[0] == "bus" {
		b, err := keyringtest.StartBus(ctx)
		ts.Check(err)
		ts.Defer(func() { _ = b.Stop() })
		ts.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Address)
		worldOf(ts).rings = rings{bus: b}
		return
	}
	w := worldOf(ts)
	switch r := &w.rings; {
	case r.bus == nil:
		ts.Fatalf("first: keyring bus")
	case args[0] == "start" && len(args) == 2:
		d, err := keyringtest.StartDaemon(ctx, r.bus, w.file("keyrings"), args[1])
		ts.Check(err)
		ts.Defer(func() { _ = d.Stop() })
		r.daemon = d
	case args[0] == "lock" && r.daemon != nil:
		ts.Check(r.daemon.Lock())
	case args[0] == "stop" && r.daemon != nil:
		ts.Check(r.daemon.Stop())
	case args[0] == "hang" && len(args) == 2:
		f := &keyringtest.Fake{Hang: args[1]}
		ts.Check(f.Serve(r.bus))
		ts.Defer(func() { _ = f.Stop() })
	default:
		ts.Fatalf("keyring %q", args)
	}
}
