package claude_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/keychain"
	"baton/oauthcore/view"
)

// A message has the real reason, the path that failed and, behind a link, the
// path that led there; the hint is for that reason.
func TestProblemsNameTheReason(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		says string
		hint string
		code view.Code
	}{
		"permission": {syscall.EACCES, "cannot write %s: permission denied", `its owner or mode keeps you out: look at them with: ls -ld "/d" "/d/f"`, view.CodeFailed},
		"read-only":  {syscall.EROFS, "cannot write %s: the file system is read-only", "mount it writable", view.CodeFailed},
		"no locks":   {syscall.ENOLCK, "cannot write %s: no locks available on this file system", "a network file system without locks", view.CodeFailed},
		"mounted":    {syscall.EBUSY, "cannot write %s: it is mounted by itself, so it cannot be replaced", "mount the directory /d and", view.CodeFailed},
		"no space":   {syscall.ENOSPC, "cannot write %s: no space left", "free some space", view.CodeFailed},
		"in use":     {files.ErrInUse, "cannot write %s: another program has it open", "close what uses it", view.CodeBusy},
		"anything":   {syscall.EIO, "cannot write %s: input/output error", `look at it with: ls -ld "/d/f", then try again`, view.CodeFailed},
	} {
		for path, subject := range map[string]string{"/d/f": "/d/f", "/link": "/d/f (for /link)"} {
			cause := fmt.Errorf("around: %w", &fs.PathError{Op: "open", Path: "/d/f", Err: tt.err})
			p := claude.Unwritable(path, cause)
			if want := fmt.Sprintf(tt.says, subject); p.Message != want || p.Code != tt.code {
				t.Errorf("%s: %q (%s), want %q", name, p.Message, p.Code, want)
			}
			if !strings.HasPrefix(p.Hint, tt.hint) || !strings.HasSuffix(p.Hint, "; the old file is untouched") {
				t.Errorf("%s: hint %q", name, p.Hint)
			}
			if !errors.Is(p, tt.err) {
				t.Errorf("%s: the cause is lost", name)
			}
			if r := claude.Unreadable(path, cause); !strings.HasPrefix(r.Message, "cannot read "+subject+": ") || strings.Contains(r.Hint, "untouched") {
				t.Errorf("%s: %q, %q", name, r.Message, r.Hint)
			}
			if l := claude.Unlockable(path, cause); !strings.HasPrefix(l.Message, "cannot lock /d/f: ") {
				t.Errorf("%s: %q", name, l.Message)
			}
		}
	}
	for _, cause := range []error{errors.New("plain"), &fs.PathError{Op: "open", Err: errors.New("plain")}} {
		if p := claude.Unreadable("/f", cause); p.Message != "cannot read /f: plain" {
			t.Errorf("%q", p.Message)
		}
	}
}

func TestDamage(t *testing.T) {
	for want, cause := range map[string]error{
		"is not valid JSON": jsonedit.ErrSyntax,
		"is not as it should be (" + jsonedit.ErrDuplicate.Error() + ")": jsonedit.ErrDuplicate,
		"is not as it should be (" + jsonedit.ErrShape.Error() + ")":     jsonedit.ErrShape,
		"is not as it should be (x: " + jsonedit.ErrType.Error() + ")":   fmt.Errorf("x: %w", jsonedit.ErrType),
	} {
		p := claude.Damaged("/f", cause)
		if p.Message != "/f "+want+"; nothing was changed" || p.Code != view.CodeDamaged || !errors.Is(p, cause) || !claude.IsDamage(p) {
			t.Errorf("%q", p.Message)
		}
	}
	if claude.IsDamage(nil) || claude.IsDamage(syscall.EIO) {
		t.Error("trouble with the disk is damage")
	}
	if p := claude.Changed("/f", files.ErrChanged); p.Code != view.CodeBusy || p.Message != "/f was changed by another program just now" || !errors.Is(p, files.ErrChanged) {
		t.Errorf("%q", p.Message)
	}
}

func TestReadOr(t *testing.T) {
	p := newPlace(t)
	path := filepath.Join(p.dir, "f")
	if doc, err := claude.ReadOr(p.fs, path); doc != nil || err != nil {
		t.Errorf("a missing file: %q, %v", doc, err)
	}
	p.write(path, "")
	if doc, err := claude.ReadOr(p.fs, path); doc == nil || len(doc) != 0 || err != nil {
		t.Errorf("an empty file: %q, %v", doc, err)
	}
	if err := os.Mkdir(path+".d", 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := claude.ReadOr(p.fs, path+".d")
	if e := wantCode(t, err, view.CodeFailed); !strings.Contains(e.Message, path+".d") {
		t.Errorf("%q", e.Message)
	}
}

func TestLock(t *testing.T) {
	p := newPlace(t)
	path := filepath.Join(p.dir, "x", "lock")
	release, err := p.Lock(background, path, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Lock(background, path, time.Millisecond)
	if e := wantCode(t, err, view.CodeBusy); !errors.Is(e, files.ErrBusy) {
		t.Errorf("%v", e.Err)
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err = p.Lock(ctx, path, time.Second); !errors.Is(err, context.Canceled) || view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
	release()
	if release, err = p.Lock(background, path, time.Second); err != nil {
		t.Fatal(err)
	}
	release()
	// A lock that cannot be had at all is not busy.
	_, err = p.Lock(background, p.dir, time.Second)
	if e := wantCode(t, err, view.CodeFailed); !strings.HasPrefix(e.Message, "cannot lock "+p.dir) {
		t.Errorf("%q", e.Message)
	}
}

func TestSupported(t *testing.T) {
	for _, tt := range []struct {
		goos string
		item *keychain.Item
		code view.Code
	}{{"linux", nil, ""}, {"windows", nil, ""}, {"darwin", nil, view.CodeUnsupported}, {"darwin", &keychain.Item{}, ""}} {
		s := claude.NewStore(claude.Store{GOOS: tt.goos, Keychain: tt.item})
		if got := view.CodeOf(s.Supported()); got != tt.code {
			t.Errorf("%s: %s", tt.goos, got)
		}
		if w := s.Waiting(); !w.WaitOnly || s.WaitOnly {
			t.Error("Waiting")
		}
	}
}

func TestReadLogin(t *testing.T) {
	p := newPlace(t)
	dir := filepath.Join(p.dir, "login")
	_, _, err := p.ReadLogin(background, dir)
	if e := wantCode(t, err, view.CodeFailed); e.Message != "Claude Code ended without a login" {
		t.Errorf("%q", e.Message)
	}
	p.write(filepath.Join(dir, ".credentials.json"), `{"claudeAiOauth":{"refreshToken":"r"},"designOauth":1,"mcpOAuth":2}`)
	for doc, want := range map[string]string{`{"oauthAccount":` + adaAccount + `}`: adaAccount, `{`: "", ``: ""} {
		p.write(filepath.Join(dir, ".claude.json"), doc)
		l, forget, err := p.ReadLogin(background, dir)
		if err != nil || l.Credential.RefreshToken.Reveal() != "r" || string(l.Siblings) != `{"designOauth":1}` || string(l.Account) != want {
			t.Errorf("%q: %+v, %v", doc, l, err)
		}
		forget()
	}
	p.write(filepath.Join(dir, ".credentials.json"), `{`)
	if _, _, err := p.ReadLogin(background, dir); view.CodeOf(err) != view.CodeDamaged {
		t.Errorf("%v", err)
	}
}
