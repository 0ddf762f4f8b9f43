package claude_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

const liveDoc = `{"claudeAiOauth":{"accessToken":"x","refreshToken":"old"},"mcpOAuth":{"n":1.0}}`

// swapped is a place with a live login, and the document that is to replace it.
func swapped(t *testing.T) (p *place, live claude.Live, doc []byte) {
	t.Helper()
	p = newPlace(t)
	p.write(p.Paths.Credentials(), liveDoc)
	p.write(p.Paths.ClaudeJSON, `{"oauthAccount":{"emailAddress":"old"},"firstWeek":1}`)
	live = p.live()
	doc, err := live.Renewed(credential(t, "new"))
	if err != nil {
		t.Fatal(err)
	}
	return p, live, doc
}

func account(t *testing.T) *accounts.Account {
	return &accounts.Account{Key: "k", Credential: credential(t, "new"), Siblings: []byte(`{"designOauth":1}`), OAuthAccount: []byte(adaAccount)}
}

func TestReplaceLive(t *testing.T) {
	p, live, doc := swapped(t)
	called := 0
	pre := func() error { called++; return nil }
	g := p.guard()
	if err := g.ReplaceLive(background, live, doc, pre); err != nil {
		t.Fatal(err)
	}
	if p.read(p.Paths.Credentials()) != string(doc) || called != 1 {
		t.Errorf("%s, called %d times", p.read(p.Paths.Credentials()), called)
	}
	if info, err := os.Stat(p.Paths.Credentials()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	p.tidy()
	// The same document again is no write, but still checked.
	p.fs.Forget()
	if err := g.ReplaceLive(background, p.live(), doc, pre); err != nil || called != 2 || p.fs.Count("rename", p.Paths.Credentials()) != 0 {
		t.Errorf("%v, %q", err, p.fs.Ops())
	}
}

// Whatever is wrong right before the replacement stops it, with nothing changed
// and nothing left behind.
func TestReplaceLiveChecksLast(t *testing.T) {
	stop := errors.New("stop")
	for name, tt := range map[string]struct {
		at   string // the operation of the file system before which it happens
		act  func(*place)
		pre  claude.Precondition
		code view.Code
		kept string // what is in the file afterwards
	}{
		"another program wrote the file": {at: "temp", act: func(p *place) { p.write(p.Paths.Credentials(), `{"a":1}`) }, code: view.CodeBusy, kept: `{"a":1}`},
		"the file is gone":               {at: "temp", act: func(p *place) { _ = os.Remove(p.Paths.Credentials()) }, code: view.CodeBusy},
		"a precondition":                 {pre: func() error { return stop }, code: view.CodeFailed, kept: liveDoc},
		"the outer lock was lost": {at: "temp", act: func(p *place) {
			_ = os.Remove(filepath.Join(p.dir, ".claude.lock"))
		}, code: view.CodeBusy, kept: liveDoc},
		"the refresh lock was lost": {at: "temp", act: func(p *place) {
			_ = os.Remove(filepath.Join(p.Paths.Secure, ".oauth_refresh.lock"))
		}, code: view.CodeBusy, kept: liveDoc},
		"Baton's own lock was lost": {at: "temp", act: func(p *place) { _ = os.Remove(p.Paths.ClientLock()) }, code: view.CodeBusy, kept: liveDoc},
		"the inner lock was lost": {at: "open", act: func(p *place) {
			_ = os.Remove(filepath.Join(p.Paths.Secure, ".storage-write.lock"))
		}, code: view.CodeBusy, kept: liveDoc},
	} {
		p, live, doc := swapped(t)
		g := p.guard()
		pre := tt.pre
		if tt.act != nil {
			if tt.at == "open" { // the last thing before the second check
				pre = func() error { tt.act(p); return nil }
			} else {
				p.fs.Before = filestest.On(tt.at, func(path string) error {
					if strings.Contains(path, ".credentials.json") {
						tt.act(p)
					}
					return nil
				})
			}
		}
		err := g.ReplaceLive(background, live, doc, pre)
		if view.CodeOf(err) != tt.code || p.read(p.Paths.Credentials()) != tt.kept {
			t.Errorf("%s: %v, %s", name, err, p.read(p.Paths.Credentials()))
		}
		p.fs.Before = nil
		p.tidy()
		if p.log.Len() != 0 {
			t.Errorf("%s: %s", name, p.log.String())
		}
	}
}

// A temp file that cannot be removed now is told in the log; the next open
// removes it.
func TestReplaceLiveLogsATempFileItLeaves(t *testing.T) {
	p, live, doc := swapped(t)
	p.fs.Before = func(op, path string) error {
		if op == "remove" && strings.Contains(path, ".credentials.json.baton-") {
			return syscall.EIO
		}
		return nil
	}
	g := p.guard()
	stop := errors.New("stop")
	if err := g.ReplaceLive(background, live, doc, func() error { return stop }); err != stop || !strings.Contains(p.log.String(), "cannot remove a temp file") {
		t.Errorf("%v, %s", err, p.log.String())
	}
}

// A precondition counts also where nothing has to be written.
func TestPreconditionIsAskedOnce(t *testing.T) {
	p, live, doc := swapped(t)
	stop, asked := errors.New("stop"), 0
	pre := func() error { asked++; return stop }
	g := p.guard()
	if err := g.ReplaceLive(background, live, doc, pre); err != stop || asked != 1 || p.read(p.Paths.Credentials()) != liveDoc {
		t.Errorf("%v, asked %d times", err, asked)
	}
	if err := g.ReplaceLive(background, live, []byte(liveDoc), pre); err != stop || asked != 2 {
		t.Errorf("nothing to write: %v, asked %d times", err, asked)
	}
	p.write(p.Paths.ClaudeJSON, `{"oauthAccount":`+adaAccount+`}`)
	if _, err := g.Activate(background, live, account(t), pre); err != stop || asked != 3 || p.read(p.Paths.Credentials()) != liveDoc {
		t.Errorf("the name is right already: %v, asked %d times", err, asked)
	}
	p.tidy()
}

// A lock that is taken stops a write; with an answer in hand it is written all
// the same, as long as the refresh locks are ours.
func TestReplaceLiveBesideATakenLock(t *testing.T) {
	for mustLand, wait := range map[bool]time.Duration{false: 2 * time.Second, true: claude.LockWait} {
		synctest.Test(t, func(t *testing.T) {
			p, live, doc := swapped(t)
			g := p.guard()
			if err := os.Mkdir(filepath.Join(p.Paths.Secure, ".storage-write.lock"), 0o700); err != nil {
				t.Fatal(err)
			}
			since := time.Now()
			var err error
			if mustLand {
				err = g.PlaceAnswer(background, nil, live, doc)
			} else {
				err = g.ReplaceLive(background, live, doc, nil)
			}
			if waited := time.Since(since); waited != wait {
				t.Errorf("waited %v, want %v", waited, wait)
			}
			if mustLand && (err != nil || p.read(p.Paths.Credentials()) != string(doc)) {
				t.Errorf("not landed: %v", err)
			}
			if !mustLand && (view.CodeOf(err) != view.CodeBusy || p.read(p.Paths.Credentials()) != liveDoc) {
				t.Errorf("written: %v", err)
			}
			g.Release()
			p.tidy()
		})
	}
}

func TestWriteErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		op, file string
		err      error
		says     string
	}{
		"no temp file":   {"temp", ".credentials.json", syscall.ENOSPC, "no space left"},
		"rename":         {"rename", ".credentials.json", syscall.EIO, "input/output error"},
		"no config temp": {"temp", ".claude.json", syscall.ENOSPC, "no space left"},
		"config rename":  {"rename", ".claude.json", syscall.EIO, "input/output error"},
		"config read":    {"read", ".claude.json", syscall.EACCES, "permission denied"},
	} {
		p, live, _ := swapped(t)
		before := p.read(p.Paths.ClaudeJSON)
		g := p.guard()
		p.fs.Before = func(op, path string) error {
			if op == tt.op && strings.Contains(path, tt.file) && !strings.Contains(path, "/baton/") {
				return tt.err
			}
			return nil
		}
		loginOnly, err := g.Activate(background, live, account(t), nil)
		p.fs.Before = nil
		if e := wantCode(t, err, view.CodeFailed); !strings.Contains(e.Message, tt.says) || !strings.Contains(e.Message, tt.file) {
			t.Errorf("%s: %q", name, e.Message)
		}
		// Only where the second file fails at its rename is the first one replaced:
		// that either can be written is found out before.
		half := name == "config rename"
		if loginOnly != half || (p.read(p.Paths.Credentials()) == liveDoc) == half || p.read(p.Paths.ClaudeJSON) != before {
			t.Errorf("%s: loginOnly %v, %s", name, loginOnly, p.read(p.Paths.Credentials()))
		}
		p.tidy()
	}
}

func TestActivate(t *testing.T) {
	p, live, _ := swapped(t)
	g := p.guard()
	p.fs.Forget()
	if loginOnly, err := g.Activate(background, live, account(t), nil); loginOnly || err != nil {
		t.Fatalf("%v, %v", loginOnly, err)
	}
	doc := p.read(p.Paths.Credentials())
	if tokenIn(doc) != "sk-ant-ort01-TEST-new" || gjson.Get(doc, "mcpOAuth.n").Raw != "1.0" || gjson.Get(doc, "designOauth").Raw != "1" {
		t.Errorf("%s", doc)
	}
	if got := p.read(p.Paths.ClaudeJSON); got != `{"oauthAccount":`+adaAccount+`}` {
		t.Errorf("%s", got)
	}
	// Both are ready and synced before the first is replaced; the login goes first.
	var order []string
	for _, op := range p.fs.Ops() {
		file, _, _ := strings.Cut(filepath.Base(op.Path), ".baton-")
		if (op.Name == "temp" || op.Name == "rename") && (strings.Contains(file, ".claude.json") || strings.Contains(file, ".credentials.json")) {
			order = append(order, op.Name+" "+file)
		}
	}
	if got := strings.Join(order, ", "); got != "temp ..claude.json, temp ..credentials.json, rename .credentials.json, rename .claude.json" {
		t.Errorf("order: %s", got)
	}
	p.tidy()
	if _, err := os.Stat(filepath.Join(p.dir, ".claude.json.lock")); err == nil {
		t.Error("the lock around .claude.json is still there")
	}
}

// .claude.json that changes between the two replacements is edited again; one
// that is damaged stops everything before.
func TestActivateBesideOtherWriters(t *testing.T) {
	p, live, _ := swapped(t)
	g := p.guard()
	p.fs.Before = filestest.On("rename", func(path string) error {
		if strings.HasSuffix(path, ".credentials.json") {
			p.write(p.Paths.ClaudeJSON, `{"meanwhile":1.0,"oauthAccount":{"emailAddress":"old"}}`)
		}
		return nil
	})
	if loginOnly, err := g.Activate(background, live, account(t), nil); loginOnly || err != nil {
		t.Fatalf("%v, %v", loginOnly, err)
	}
	if got := p.read(p.Paths.ClaudeJSON); got != `{"meanwhile":1.0,"oauthAccount":`+adaAccount+`}` {
		t.Errorf("%s", got)
	}
	p.fs.Before = nil
	g.Release()
	p, live, _ = swapped(t)
	g = p.guard()
	p.write(p.Paths.ClaudeJSON, `{`)
	_, err := g.Activate(background, live, account(t), nil)
	if wantCode(t, err, view.CodeDamaged); p.read(p.Paths.Credentials()) != liveDoc || p.read(p.Paths.ClaudeJSON) != "{" {
		t.Error("something was written")
	}
	p.tidy()
}

// A file that is mounted by itself is written in place; its old bytes are on
// disk first, and come back after a crash in between.
func TestInPlace(t *testing.T) {
	p, live, doc := swapped(t)
	g := p.guard()
	p.fs.Mount = func(path string) bool { return path == p.Paths.Credentials() }
	record := p.Paths.InPlace(p.Paths.Credentials())
	var old string
	p.fs.Before = func(op, path string) error {
		if op == "overwrite" {
			old = gjson.Get(p.read(record), "old").String()
		}
		if op == "rename" && path == p.Paths.Credentials() {
			t.Error("it was replaced")
		}
		return nil
	}
	if err := g.ReplaceLive(background, live, doc, nil); err != nil || p.read(p.Paths.Credentials()) != string(doc) {
		t.Fatalf("%v", err)
	}
	if old == "" {
		t.Error("the old bytes were not on disk when the file was written")
	}
	p.tidy()
	// Cut off in the middle: Mend brings the old bytes back.
	p.write(p.Paths.Credentials(), liveDoc)
	cut := errors.New("power cut")
	p.fs.Before = filestest.On("overwrite", func(path string) error {
		p.write(path, string(doc[:20]))
		return cut
	})
	if err := g.ReplaceLive(background, p.live(), doc, nil); err == nil || p.read(p.Paths.Credentials()) == liveDoc {
		t.Fatalf("not cut off: %v", err)
	}
	p.fs.Before = nil
	mended, err := g.Mend(background)
	if err != nil || len(mended) != 1 || mended[0] != p.Paths.Credentials() || p.read(p.Paths.Credentials()) != liveDoc {
		t.Errorf("%v, %v, %s", mended, err, p.read(p.Paths.Credentials()))
	}
	if mended, err := g.Mend(background); err != nil || mended != nil {
		t.Errorf("mended again: %v, %v", mended, err)
	}
	p.tidy()
}

// A file behind a link is replaced, not the link.
func TestReplaceBehindALink(t *testing.T) {
	p, _, _ := swapped(t)
	target := filepath.Join(p.dir, "elsewhere", "login.json")
	p.write(target, liveDoc)
	if err := os.Remove(p.Paths.Credentials()); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, p.Paths.Credentials()); err != nil {
		t.Skip("not run: no symbolic links here:", err)
	}
	live := p.live()
	doc, err := live.Without()
	if err != nil {
		t.Fatal(err)
	}
	g := p.guard()
	if err := g.ReplaceLive(background, live, doc, nil); err != nil || p.read(target) != string(doc) {
		t.Errorf("%v, %s", err, p.read(target))
	}
	if to, err := os.Readlink(p.Paths.Credentials()); err != nil || to != target {
		t.Errorf("the link is gone: %v", err)
	}
	// The message names the file that failed and the link that led to it.
	p.fs.Before = func(op, path string) error {
		if op == "temp" && strings.Contains(path, "login.json") {
			return syscall.ENOSPC
		}
		return nil
	}
	err = g.ReplaceLive(background, p.live(), []byte(liveDoc), nil)
	if e := wantCode(t, err, view.CodeFailed); !strings.Contains(e.Message, target+" (for "+p.Paths.Credentials()+")") {
		t.Errorf("%q", e.Message)
	}
	p.fs.Before = nil
	if left, err := files.LeftoversIn(files.OS{}, filepath.Dir(target)); err != nil || len(left) != 0 {
		t.Errorf("%q, %v", left, err)
	}
}
