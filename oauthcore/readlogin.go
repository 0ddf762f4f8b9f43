package oauthcore

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"baton/oauthcore/files"
	"baton/oauthcore/keychain"
)

// ReadLogin reads the login in a Claude Code configuration folder that was
// used for nothing else. The error is an *Error.
func ReadLogin(dir string) (cr Credential, account []byte, err error) {
	return readLogin(context.Background(), dir, nil)
}

// TakeLogin is ReadLogin where Claude Code may have put that login into the
// Keychain, under a name made of the folder's. Nobody uses the item again, so
// once the login is saved, forget removes it.
func (c *Core) TakeLogin(ctx context.Context, dir string) (cr Credential, account []byte, forget func(), err error) {
	forget = func() {}
	if c.Keychain == nil {
		cr, account, err = ReadLogin(dir)
		return cr, account, forget, err
	}
	item := ClaudeItem(func(string) string { return dir }, c.Keychain.Account, c.Keychain.Run)
	cr, account, err = readLogin(ctx, dir, item)
	if err != nil || item.Service == c.Keychain.Service {
		return cr, account, forget, err
	}
	return cr, account, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), itemWait)
		defer cancel()
		if err := item.Delete(ctx); err != nil && !errors.Is(err, keychain.ErrNotFound) {
			c.Log.Warn("a login that was saved stays in the Keychain, too", "service", item.Service, "error", err)
		}
	}, nil
}

func readLogin(ctx context.Context, dir string, item *keychain.Item) (cr Credential, account []byte, err error) {
	c := New(Env{
		Paths: Paths{Config: dir, Secure: dir, ClaudeJSON: filepath.Join(dir, ".claude.json")},
		FS:    files.OS{}, Now: time.Now, Keychain: item,
	})
	live, err := c.readLive(ctx)
	if err != nil {
		return Credential{}, nil, err
	}
	if !live.Usable() {
		return Credential{}, nil, &Error{Code: CodeFailed, Message: "Claude Code ended without a login", Hint: "try again, or use: baton login"}
	}
	cfg, err := c.readConfig()
	return live.Credential, cfg.account, err
}
