//go:build !js

package single_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"baton/app/single"
)

// place is a place of a test's own, short enough for a socket.
func place(t *testing.T) single.Place {
	t.Helper()
	dir := t.TempDir()
	p := single.Place{
		Accounts: filepath.Join(dir, ".claude"), Own: filepath.Join(dir, ".claude", "baton"),
		Runtime: filepath.Join(dir, "run"), Temp: filepath.Join(dir, "tmp"),
	}
	if err := os.Mkdir(p.Runtime, 0o700); err != nil {
		t.Fatal(err)
	}
	return p
}

func claim(t *testing.T, p single.Place) (*single.Instance, error) {
	t.Helper()
	one, err := single.Claim(t.Context(), p, single.Show, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Cleanup(func() {
			if err := one.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return one, err
}

func first(t *testing.T, p single.Place) *single.Instance {
	t.Helper()
	one, err := claim(t, p)
	if err != nil {
		t.Fatal(err)
	}
	return one
}

// found lists what lies in the place's folders, with its mode.
func found(t *testing.T, p single.Place) map[string]fs.FileMode {
	t.Helper()
	out := map[string]fs.FileMode{}
	for _, root := range []string{p.Own, p.Runtime, p.Temp} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || path == root {
				return err
			}
			info, err := d.Info()
			if err == nil {
				rel, _ := filepath.Rel(filepath.Dir(root), path)
				out[filepath.ToSlash(rel)] = info.Mode()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func uid() string { return strconv.Itoa(os.Getuid()) }

func asked(one *single.Instance) bool {
	select {
	case <-one.Raise():
		return true
	default:
		return false
	}
}

func TestTheSecondShowsTheFirst(t *testing.T) {
	p := place(t)
	one := first(t, p)
	for range 3 { // three times before anybody looks are once
		if _, err := claim(t, p); !errors.Is(err, single.ErrRunning) {
			t.Fatalf("a second one: %v", err)
		}
	}
	if !asked(one) || asked(one) {
		t.Error("asked not at all, or twice")
	}
	if _, err := claim(t, p); !errors.Is(err, single.ErrRunning) || !asked(one) {
		t.Errorf("a later one: %v", err)
	}
	if _, err := single.Claim(t.Context(), p, single.Greet, slog.New(slog.DiscardHandler)); !errors.Is(err, single.ErrRunning) || asked(one) {
		t.Errorf("one that only greets: %v", err)
	}
	// Other accounts have a window of their own.
	other := p
	other.Accounts += "-work"
	first(t, other)
	if asked(one) {
		t.Error("the first one was asked by a stranger")
	}
	// Once it ended the next one is the first.
	if err := errors.Join(one.Close(), one.Close()); err != nil {
		t.Fatal(err)
	}
	first(t, p)
}

func TestPlace(t *testing.T) {
	long := strings.Repeat("long/", 25)
	for name, c := range map[string]struct {
		change func(*testing.T, *single.Place)
		want   string // the folder used, below the test's own; "" for none
	}{
		"runtime":      {func(*testing.T, *single.Place) {}, "run/baton"},
		"none":         {func(t *testing.T, p *single.Place) { p.Runtime = "" }, "baton"},
		"not absolute": {func(t *testing.T, p *single.Place) { p.Runtime = "run" }, "baton"},
		"too long": {func(t *testing.T, p *single.Place) {
			p.Runtime = filepath.Join(p.Runtime, long)
		}, "tmp/baton-UID"},
		"not private": {func(t *testing.T, p *single.Place) {
			if err := os.MkdirAll(filepath.Join(p.Runtime, "baton"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, "tmp/baton-UID"},
		"a link among temporary files": {func(t *testing.T, p *single.Place) {
			p.Runtime = filepath.Join(p.Runtime, long)
			err := errors.Join(os.MkdirAll(p.Temp, 0o700), os.MkdirAll(p.Own, 0o700), os.Symlink(p.Own, filepath.Join(p.Temp, "baton-"+uid())))
			if err != nil {
				t.Fatal(err)
			}
		}, ""},
		"no room at all": {func(t *testing.T, p *single.Place) {
			p.Runtime, p.Temp = filepath.Join(p.Runtime, long), filepath.Join(p.Temp, long)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && c.want != "baton" {
				t.Skip("folders have other rules there")
			}
			p := place(t)
			c.change(t, &p)
			_, err := claim(t, p)
			if c.want == "" {
				if !errors.Is(err, single.ErrPlace) || strings.Contains(err.Error(), "\n\n") {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var sockets []string
			for path, mode := range found(t, p) {
				switch {
				case mode.Type() == fs.ModeSocket:
					sockets = append(sockets, path)
					fallthrough
				case mode.IsRegular():
					if mode.Perm() != 0o600 {
						t.Errorf("%s has mode %v", path, mode)
					}
				}
			}
			want := strings.ReplaceAll(c.want, "UID", uid()) + "/window-"
			if len(sockets) != 1 || !strings.HasPrefix(sockets[0], want) || !strings.HasSuffix(sockets[0], ".sock") {
				t.Errorf("sockets %q, want one in %s", sockets, want)
			}
			if _, err := claim(t, p); !errors.Is(err, single.ErrRunning) {
				t.Errorf("a second one: %v", err)
			}
		})
	}
}

// Where no lock can be made that is told, and not taken for another instance.
func TestALockThatCannotBeMade(t *testing.T) {
	p := place(t)
	one := first(t, p)
	path := strings.TrimSuffix(socket(t, p), ".sock") + ".lock"
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := claim(t, p); err == nil || errors.Is(err, single.ErrSilent) || errors.Is(err, single.ErrRunning) {
		t.Errorf("it ended with %v", err)
	}
}

// socket is where an instance listens.
func socket(t *testing.T, p single.Place) string {
	t.Helper()
	for path, mode := range found(t, p) {
		if mode.Type() == fs.ModeSocket {
			return filepath.Join(filepath.Dir(p.Runtime), filepath.FromSlash(path))
		}
	}
	t.Fatal("there is no socket")
	return ""
}

// Nothing but the one question is heard, and whoever connects and says nothing
// keeps nobody waiting.
func TestNonsenseIsNotHeard(t *testing.T) {
	p := place(t)
	one := first(t, p)
	path := socket(t, p)
	mute, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }()
	for _, text := range []string{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "SHOW\n", "shown", "quit\nshow\n", strings.Repeat("x", 1<<20)} {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, text) // it may be cut off in the middle
		answer, _ := io.ReadAll(c)     // as may the answer
		if len(answer) != 0 || asked(one) {
			t.Errorf("%.20q was answered with %q", text, answer)
		}
		_ = c.Close()
	}
	if _, err := claim(t, p); !errors.Is(err, single.ErrRunning) || !asked(one) {
		t.Errorf("after all that: %v", err)
	}
}

// Something else listens there and never answers.
func TestOneThatIsSilent(t *testing.T) {
	p := place(t)
	one := first(t, p)
	path := socket(t, p)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	start := time.Now()
	_, err = claim(t, p)
	var silent *single.SilentError
	if !errors.Is(err, single.ErrSilent) || !errors.As(err, &silent) {
		t.Fatalf("error %v", err)
	}
	if runtime.GOOS == "linux" && silent.PID != os.Getpid() {
		t.Errorf("process %d, want %d", silent.PID, os.Getpid())
	}
	if took := time.Since(start); took < 4900*time.Millisecond {
		t.Errorf("it was given %v to answer", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := single.Claim(ctx, p, single.Show, slog.New(slog.DiscardHandler)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if asked(one) {
		t.Error("the first one was asked")
	}
}
