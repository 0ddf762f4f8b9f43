//go:build unix

package keyring

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// hang stands for a helper on a system where others do the work, such as
// `security` of macOS: it starts a child that holds the fifo at path open for
// writing, then neither of them ends by itself.
func hang(path string) {
	child := exec.Command("sh", "-c", `exec 3>"$0"; echo up >&3; exec sleep 1000`, path)
	if err := child.Start(); err != nil {
		os.Exit(1)
	}
	_ = child.Wait() // killed together
	os.Exit(1)
}

// When a question's time is over, everything its helper started is gone by the
// time that is reported.
func TestTheWholeGroupEnds(t *testing.T) {
	for _, how := range []string{"time over", "cancelled"} {
		t.Run(how, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "fifo")
			if out, err := exec.Command("mkfifo", path).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c := Client{Service: "baton", Wait: time.Minute, Command: func() *exec.Cmd { return exec.Command(os.Args[0], "__hang", path) }}
			want := context.Canceled
			if how == "time over" {
				c.Wait, want = 3*time.Second, ErrTimeout
			}
			asked := make(chan error, 1)
			go func() { asked <- c.Look(ctx) }()
			fifo, err := os.Open(path) // waits for the grandchild
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = fifo.Close() }()
			up := make([]byte, 3)
			if _, err := io.ReadFull(fifo, up); err != nil || string(up) != "up\n" {
				t.Fatalf("no grandchild: %q, %v", up, err)
			}
			if how == "cancelled" {
				cancel()
			}
			if err := <-asked; !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			// Only a writer that is gone ends the file; a deadline tells one
			// that is not.
			if err := fifo.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if said, err := io.ReadAll(fifo); err != nil || len(said) > 0 {
				t.Errorf("the grandchild lives: %q, %v", said, err)
			}
		})
	}
}

// A helper whose parent died does not go on alone.
func TestAHelperAloneEnds(t *testing.T) {
	for _, how := range []string{"nobody waits", "time over"} {
		cmd := exec.Command(os.Args[0], HelperArg)
		ownGroup(cmd)
		// A bus that lets connect and says nothing.
		bus := silent(t)
		cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+bus)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wait := 60000
		if how == "time over" {
			wait = 200
		}
		if _, err := fmt.Fprintf(stdin, `{"version":1,"op":"look","service":"baton","user":"a","quiet":true,"waitMs":%d}`+"\n", wait); err != nil {
			t.Fatal(err)
		}
		if how == "nobody waits" {
			if err := stdin.Close(); err != nil {
				t.Fatal(err)
			}
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("%s: it ended as if it had answered", how)
			}
		case <-time.After(time.Minute):
			t.Errorf("%s: it goes on", how)
			_ = cmd.Process.Kill()
			<-ended
		}
	}
}
