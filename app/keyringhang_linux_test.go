package app_test

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"baton/keyring/keyringtest"
)

// While one process waits for a keyring that never answers, others do what
// they are told; once that wait is over, commands do not ask it again for a
// while.
func TestCommandsBesideAKeyringThatHangs(t *testing.T) {
	need(t, keyringtest.Programs()...)
	w := started(t)
	bus, err := keyringtest.StartBus(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	fake := &keyringtest.Fake{Hang: "CreateItem"}
	if err := fake.Serve(bus); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fake.Stop(); err != nil {
			t.Error(err)
		}
		if err := bus.Stop(); err != nil {
			t.Error(err)
		}
	})
	command := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "baton", args...)
		cmd.Dir, cmd.Env = w.dir, w.env("BATON_KEYRING=on", "DBUS_SESSION_BUS_ADDRESS="+bus.Address)
		return cmd
	}
	run := func(args ...string) time.Duration {
		since := time.Now()
		if out, err := command(args...).CombinedOutput(); err != nil {
			t.Fatalf("baton %q: %v\n%s", args, err, out)
		}
		return time.Since(since)
	}
	stuck := command("swap", "ada@corp.example")
	if err := stuck.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	if err := fake.AwaitHang(ctx); err != nil {
		t.Fatal(err)
	}
	meanwhile := run("swap", "ada@example.com")
	if err := stuck.Wait(); err != nil {
		t.Errorf("the swap whose copy hung: %v", err)
	}
	asked := fake.Hung()
	afterwards := run("swap", "ada@corp.example")
	t.Logf("measured: a swap while another command waits for the keyring took %v, afterwards %v", meanwhile.Round(time.Millisecond), afterwards.Round(time.Millisecond))
	if fake.Hung() != asked {
		t.Error("a keyring that has just kept a command waiting was asked again")
	}
	if fake.Kept() != 0 {
		t.Error("something was written after all")
	}
}
