package claude_test

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/keychain"
	"baton/oauthcore/view"
)

// security is a Keychain with one item at most.
type security struct {
	value   *string
	exit    int                // for every command, 0 to do as asked
	err     error              // for every command
	onWrite func(value string) // instead of keeping it
	reads   int
	limits  map[string]time.Duration // of the last command of each kind
	deletes []string
}

func (s *security) run(ctx context.Context, stdin []byte, args ...string) ([]byte, int, error) {
	if at, ok := ctx.Deadline(); ok {
		if s.limits == nil {
			s.limits = map[string]time.Duration{}
		}
		s.limits[args[0]] = time.Until(at).Round(time.Second)
	}
	if args[0] == "find-generic-password" {
		s.reads++
	}
	if s.err != nil || s.exit != 0 {
		return nil, s.exit, s.err
	}
	switch args[0] {
	case "find-generic-password":
		if s.value == nil {
			return nil, 44, nil
		}
		return []byte(*s.value + "\n"), 0, nil
	case "delete-generic-password":
		s.deletes = append(s.deletes, args[2])
		return nil, 0, nil
	}
	_, digits, _ := strings.Cut(strings.TrimSpace(string(stdin)), " -X ")
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return nil, 1, nil
	}
	if value := string(raw); s.onWrite != nil {
		s.onWrite(value)
	} else {
		s.value = &value
	}
	return nil, 0, nil
}

func newMac(t *testing.T) (*place, *security) {
	p, s := newPlace(t), &security{}
	p.GOOS = "darwin"
	p.Keychain = &keychain.Item{Service: "Claude Code-credentials", Account: "ada", Run: s.run}
	return p, s
}

func TestItemService(t *testing.T) {
	for name, tt := range map[string]struct {
		env  map[string]string
		want string
	}{
		"standard":          {nil, "Claude Code-credentials"},
		"configured":        {map[string]string{"CLAUDE_CONFIG_DIR": "/c"}, "Claude Code-credentials-facd442e"},
		"secure storage":    {map[string]string{"CLAUDE_CONFIG_DIR": "/x", "CLAUDE_SECURESTORAGE_CONFIG_DIR": "/c"}, "Claude Code-credentials-facd442e"},
		"set, but empty":    {map[string]string{"CLAUDE_CONFIG_DIR": "/c", "CLAUDE_SECURESTORAGE_CONFIG_DIR": ""}, "Claude Code-credentials"},
		"empty":             {map[string]string{"CLAUDE_CONFIG_DIR": ""}, "Claude Code-credentials"},
		"composed letter":   {map[string]string{"CLAUDE_CONFIG_DIR": "/caf\u00e9"}, "same"},
		"decomposed letter": {map[string]string{"CLAUDE_CONFIG_DIR": "/cafe\u0301"}, "same"},
	} {
		item := claude.Item(lookupIn(tt.env), "ada", nil)
		if tt.want == "same" {
			tt.want = claude.Item(lookupIn(map[string]string{"CLAUDE_CONFIG_DIR": "/caf\u00e9"}), "ada", nil).Service
		}
		if item.Service != tt.want || item.Account != "ada" {
			t.Errorf("%s: %s, %s", name, item.Service, item.Account)
		}
	}
}

// On macOS the item is the login; a file counts only where there is no item, and
// where there is neither, an item is made.
func TestReadLiveOnAMac(t *testing.T) {
	p, s := newMac(t)
	if l := p.live(); l.Usable() || l.Path() != "" || !strings.Contains(l.Place(), "Keychain") {
		t.Errorf("%+v", l)
	}
	p.write(p.Paths.Credentials(), `{"claudeAiOauth":{"refreshToken":"file"}}`)
	if l := p.live(); l.Credential.RefreshToken.Reveal() != "file" || l.Path() != p.Paths.Credentials() {
		t.Errorf("%+v", l)
	}
	item := `{"claudeAiOauth":{"refreshToken":"item"}}`
	s.value = &item
	if l := p.live(); l.Credential.RefreshToken.Reveal() != "item" || l.Path() != "" {
		t.Errorf("%+v", l)
	}
	empty := ""
	if s.value = &empty; p.live().Usable() || p.live().Path() != "" {
		t.Error("an empty item is no item")
	}
	damaged := "{"
	s.value = &damaged
	_, err := p.ReadLive(background)
	if e := wantCode(t, err, view.CodeDamaged); !strings.Contains(e.Hint, "claude auth login") {
		t.Errorf("%q", e.Hint)
	}
}

// Only what the item holds afterwards tells whether it was written.
func TestReplaceTheItem(t *testing.T) {
	old := `{"claudeAiOauth":{"refreshToken":"old"}}`
	other := `{"claudeAiOauth":{"refreshToken":"other"}}`
	for name, tt := range map[string]struct {
		write func(s *security, value string)
		pre   func(s *security)
		code  view.Code
		says  string
	}{
		"written":                     {write: func(s *security, v string) { s.value = &v }},
		"silently not written":        {write: func(*security, string) {}, code: view.CodeFailed, says: "does not work"},
		"another program wrote":       {write: func(s *security, _ string) { s.value = &other }, code: view.CodeBusy, says: "was changed by another program"},
		"taken away":                  {write: func(s *security, _ string) { s.value = nil }, code: view.CodeBusy, says: "was changed by another program"},
		"not to be read afterwards":   {write: func(s *security, _ string) { s.exit = 36 }, code: view.CodeBusy, says: "does not tell whether it took it"},
		"changed before":              {pre: func(s *security) { s.value = &other }, code: view.CodeBusy, says: "was changed by another program"},
		"gone before":                 {pre: func(s *security) { s.value = nil }, code: view.CodeBusy, says: "was changed by another program"},
		"not to be read beforehand":   {pre: func(s *security) { s.exit = 51 }, code: view.CodeFailed, says: "refused access"},
		"written without a good exit": {write: func(s *security, v string) { s.value = &v; s.onWrite = nil }},
	} {
		p, s := newMac(t)
		value := old
		s.value = &value
		live := p.live()
		doc, err := live.Renewed(credential(t, "new"))
		if err != nil {
			t.Fatal(err)
		}
		if tt.write != nil {
			s.onWrite = func(v string) { tt.write(s, v) }
		}
		g := p.guard()
		if tt.pre != nil {
			tt.pre(s)
		}
		err = g.ReplaceLive(background, live, doc, nil)
		if tt.code == "" {
			if err != nil || s.value == nil || *s.value != string(doc) || s.limits["-i"] != 12*time.Second {
				t.Errorf("%s: %v, with %v to write", name, err, s.limits)
			}
			continue
		}
		if e := wantCode(t, err, tt.code); !strings.Contains(e.Message, tt.says) {
			t.Errorf("%s: %q", name, e.Message)
		}
	}
}

// Before a token is spent there has to be room for a login that is 1024 bytes
// longer.
func TestAnItemThatIsTooLong(t *testing.T) {
	p, s := newMac(t)
	most := 0
	for p.Keychain.Fits(most+1) == nil {
		most++
	}
	g := p.guard()
	for _, over := range []int{0, 1} {
		empty := `{"mcpOAuth":""}`
		value := `{"mcpOAuth":"` + strings.Repeat("x", most-1024-len(empty)+over) + `"}`
		s.value = &value
		room, err := g.MakeLiveRoom(p.live())
		room.Discard()
		if *s.value != value {
			t.Error("the item was written")
		}
		if over == 0 {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if e := wantCode(t, err, view.CodeFailed); !errors.Is(e, keychain.ErrTooLong) || !strings.Contains(e.Hint, "/mcp") {
			t.Errorf("%q, %q", e.Message, e.Hint)
		}
	}
}

func TestKeychainProblems(t *testing.T) {
	for name, tt := range map[string]struct {
		exit int
		err  error
		code view.Code
		says string
		hint string
		asks bool // asking again may open a window on the person's screen
	}{
		"locked":    {exit: 36, code: view.CodeFailed, says: "is locked", hint: "security unlock-keychain", asks: true},
		"denied":    {exit: 51, code: view.CodeFailed, says: "refused access", hint: "Keychain Access", asks: true},
		"dismissed": {exit: 128, code: view.CodeFailed, says: "was told no", hint: "allow it", asks: true},
		"timeout":   {err: keychain.ErrTimeout, code: view.CodeBusy, says: "did not answer in time", hint: "answer there", asks: true},
		"other":     {exit: 7, code: view.CodeFailed, says: "does not work", hint: "Keychain Access"},
	} {
		p, s := newMac(t)
		s.exit, s.err = tt.exit, tt.err
		_, err := p.ReadLive(background)
		if e := wantCode(t, err, tt.code); !strings.Contains(e.Message, tt.says) || !strings.Contains(e.Hint, tt.hint) {
			t.Errorf("%s: %q, %q", name, e.Message, e.Hint)
		}
		// For display one that refused is left alone for a while.
		s.reads = 0
		for range 3 {
			if _, err := p.PeekLive(background); view.CodeOf(err) != tt.code {
				t.Errorf("%s: %v", name, err)
			}
		}
		if want := map[bool]int{true: 1, false: 3}[tt.asks]; s.reads != want {
			t.Errorf("%s: asked %d times, want %d", name, s.reads, want)
		}
		for _, later := range []struct {
			after time.Duration
			again bool
		}{{5*time.Minute - 1, !tt.asks}, {5 * time.Minute, true}, {-5 * time.Minute, true}} {
			p, s := newMac(t)
			s.exit, s.err = tt.exit, tt.err
			_, _ = p.PeekLive(background)
			s.reads = 0
			p.now = p.now.Add(later.after)
			if _, _ = p.PeekLive(background); (s.reads == 1) != later.again {
				t.Errorf("%s: asked %d times after %v", name, s.reads, later.after)
			}
		}
		// A read that works ends that.
		s.exit, s.err = 0, nil
		if _, err := p.ReadLive(background); err != nil {
			t.Error(err)
		}
		if _, err := p.PeekLive(background); err != nil {
			t.Errorf("%s: still left alone: %v", name, err)
		}
	}
	p, s := newMac(t)
	p.Keychain.Account = ""
	if _, err := p.ReadLive(background); !strings.Contains(wantCode(t, err, view.CodeFailed).Hint, "set USER") || s.reads != 0 {
		t.Errorf("%v", err)
	}
	p, s = newMac(t)
	s.err = context.Canceled
	if _, err := p.ReadLive(background); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

func TestUnlock(t *testing.T) {
	p, s := newMac(t)
	// A person has two minutes for macOS's window; all else has ten seconds.
	if err := p.Unlock(background); err != nil || s.reads != 1 || s.limits["find-generic-password"] != 2*time.Minute {
		t.Errorf("%v, read %d times, with %v to answer", err, s.reads, s.limits)
	}
	if _, err := p.ReadLive(background); err != nil || s.limits["find-generic-password"] != 10*time.Second {
		t.Errorf("%v, with %v to answer", err, s.limits)
	}
	s.reads = 1
	if err := p.Waiting().Unlock(background); err != nil || s.reads != 1 {
		t.Errorf("asked in the background: %v", err)
	}
	s.exit = 36
	if err := p.Unlock(background); view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
	p.Keychain = nil
	if err := p.Unlock(background); err != nil {
		t.Error(err)
	}
}

func TestReadLoginOnAMac(t *testing.T) {
	p, s := newMac(t)
	value := `{"claudeAiOauth":{"refreshToken":"r"}}`
	s.value = &value
	l, forget, err := p.ReadLogin(background, "/tmp/login")
	if err != nil || l.Credential.RefreshToken.Reveal() != "r" || len(s.deletes) != 0 {
		t.Fatalf("%v, %q", err, s.deletes)
	}
	if forget(); len(s.deletes) != 1 || !strings.HasPrefix(s.deletes[0], "Claude Code-credentials-") || s.limits["delete-generic-password"] != 10*time.Second {
		t.Errorf("%q, with %v", s.deletes, s.limits)
	}
	for exit, logged := range map[int]bool{0: false, 44: false, 36: true} {
		p.log.Reset()
		s.exit = exit
		if forget(); strings.Contains(p.log.String(), "stays in the Keychain") != logged {
			t.Errorf("exit %d: %s", exit, p.log.String())
		}
	}
	// The item of the standard directory is never removed.
	s.exit, s.deletes = 0, nil
	p.Keychain.Service = claude.Item(lookupIn(map[string]string{"CLAUDE_CONFIG_DIR": "/tmp/login"}), "", nil).Service
	if _, forget, err := p.ReadLogin(background, "/tmp/login"); err != nil || len(s.deletes) != 0 {
		t.Errorf("%v, %q", err, s.deletes)
	} else if forget(); len(s.deletes) != 0 {
		t.Errorf("removed: %q", s.deletes)
	}
}
