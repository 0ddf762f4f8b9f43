package claude

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/files"
	"baton/oauthcore/keychain"
	"baton/oauthcore/view"
)

// ErrNoLogin says that a program that was to log in did not.
var ErrNoLogin = errors.New("no login was made")

// Login is a login another program made, with what it wrote beside it.
type Login struct {
	Credential accounts.Credential
	Siblings   []byte
	Account    []byte // oauthAccount, nil for none
}

// Format implements fmt.Formatter, so that no verb reaches the tokens.
func (l Login) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted login]") }

// ReadLogin reads the login in a configuration directory that was used for
// nothing else. On macOS Claude Code may have put it into a Keychain item named
// after that directory; forget removes the item once the login is saved. The
// error is a *view.Problem.
func (s *Store) ReadLogin(ctx context.Context, dir string) (l Login, forget func(), err error) {
	forget = func() {}
	at := NewStore(Store{
		Paths: Paths{Config: dir, Secure: dir, ClaudeJSON: filepath.Join(dir, ".claude.json")},
		FS:    files.OS{}, Now: time.Now, GOOS: s.GOOS,
	})
	if s.Keychain != nil {
		at.Keychain = Item(func(string) (string, bool) { return dir, true }, s.Keychain.Account, s.Keychain.Run)
	}
	live, err := at.ReadLive(ctx)
	if err != nil {
		return l, forget, err
	}
	if !live.Usable() {
		return l, forget, &view.Problem{Code: view.CodeFailed, Message: "Claude Code ended without a login", Hint: "try again, or use: baton login", Err: ErrNoLogin}
	}
	l = Login{Credential: live.Credential, Siblings: live.Siblings}
	// The name beside the login only helps; a login without it is as good.
	if cfg, err := at.ReadConfig(ctx); err == nil {
		l.Account = cfg.Account
	} else {
		s.Log.Warn("the login's account name cannot be read", "error", err)
	}
	if item := at.Keychain; item != nil && item.Service != s.Keychain.Service {
		forget = func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), itemWait)
			defer cancel()
			if err := item.Delete(ctx); err != nil && !errors.Is(err, keychain.ErrNotFound) {
				s.Log.Warn("a login that was saved stays in the Keychain, too", "service", item.Service, "error", err)
			}
		}
	}
	return l, forget, nil
}
