package oauthcore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// A lock that cannot be had for another reason than its holder is that error.
// Without the rule the person is told that another Baton is at work and to try
// again in a moment, for ever.
func TestALockThatCannotBeHadIsNeverSaidToBeBusy(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]func(claude.Paths) string{
		"store":   claude.Paths.StoreLock,
		"client":  claude.Paths.ClientLock,
		"account": func(p claude.Paths) string { return p.AccountLock(work) },
	} {
		for _, how := range []string{"a folder at its place", "its folder is a file", "a link that leads in circles"} {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				lock := path(w.paths)
				var err error
				switch how {
				case "a folder at its place":
					err = os.MkdirAll(lock, 0o700)
				case "its folder is a file":
					if filepath.Dir(lock) == w.paths.Own() {
						t.Skip("not run: all of Baton's files are in that folder")
					}
					w.write(filepath.Dir(lock), "a file")
				default:
					if err = os.MkdirAll(filepath.Dir(lock), 0o700); err == nil {
						err = os.Symlink(filepath.Base(lock), lock)
					}
				}
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				_, err = w.core.Swap(context.Background(), oauthcore.SwapRequest{To: work})
				p := wantCode(t, err, view.CodeFailed)
				if !strings.Contains(p.Message, filepath.Base(filepath.Dir(lock))) {
					t.Errorf("%q does not name the file", p.Message)
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("waited %v for what can never be had", took)
				}
			})
		}
	}
}

// Each reason a lock or a file cannot be had has words of its own and a way out.
func TestEachReasonHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	for errno, want := range map[syscall.Errno]string{
		syscall.EACCES: "permission denied", syscall.EPERM: "permission denied", syscall.EROFS: "read-only",
		syscall.ENOLCK: "no locks available", syscall.ENOSPC: "no space left", syscall.EISDIR: "is a directory",
		syscall.EIO: "input/output error", syscall.ELOOP: "too many", syscall.EMFILE: "too many open files",
	} {
		cause := &os.PathError{Op: "open", Path: "/home/ada/.claude/baton/lock", Err: errno}
		for verb, p := range map[string]*view.Problem{
			"lock": claude.Unlockable("/home/ada/.claude/baton/lock", cause), "write": claude.Unwritable("/home/ada/.claude/baton/lock", cause),
			"read": claude.Unreadable("/home/ada/.claude/baton/lock", cause),
		} {
			if p.Code != view.CodeFailed || !errors.Is(p, errno) {
				t.Errorf("%v: %s, %v", errno, p.Code, p.Err)
			}
			for _, part := range []string{want, "cannot " + verb, "/home/ada/.claude/baton/lock"} {
				if !strings.Contains(p.Message, part) {
					t.Errorf("%v: %q does not say %q", errno, p.Message, part)
				}
			}
			if p.Hint == "" || strings.Contains(p.Hint, "in a moment") {
				t.Errorf("%v: hint %q", errno, p.Hint)
			}
		}
	}
}

// set-aside cannot be used: a file lies there, or it may not be searched.
// Without the rule moving a login aside spins for ever with the locks held.
func TestASetAsideThatCannotBeUsedIsAnError(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"a file", "a circle", "not to be searched"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			w.swap(oauthcore.SwapRequest{To: personal})
			w.unknown()
			w.offline()
			switch how {
			case "a file":
				w.write(w.paths.SetAside(), "a file")
			case "a circle":
				if err := os.Symlink("set-aside", w.paths.SetAside()); err != nil {
					t.Fatal(err)
				}
			default:
				if os.Geteuid() == 0 {
					t.Skip("not run: root searches every folder")
				}
				if err := os.MkdirAll(w.paths.SetAside(), 0o000); err != nil {
					t.Fatal(err)
				}
			}
			was := string(w.read(w.paths.Credentials()))
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			_, err := w.core.Swap(ctx, oauthcore.SwapRequest{To: work, SetAside: true})
			if p := wantCode(t, err, view.CodeFailed); !strings.Contains(p.Message, "set-aside") {
				t.Errorf("%q", p.Message)
			}
			if was != string(w.read(w.paths.Credentials())) {
				t.Error("the login that could not be kept was replaced")
			}
			w.unlocked()
		})
	}
}
