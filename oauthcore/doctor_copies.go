package oauthcore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"baton/oauthcore/keychain"
)

// copies looks for other configuration folders of Claude Code that hold one of
// these logins, too. Each refresh token is good for one use, so the first
// folder that refreshes takes the login away from the other. Nothing but the
// refresh token's fingerprint is looked at there.
func (k *checkup) copies(ctx context.Context) {
	known := k.fingerprints(ctx)
	if len(known) == 0 {
		return
	}
	own, err := k.FS.Stat(k.Paths.Credentials())
	if err != nil {
		own = nil
	}
	for _, dir := range k.otherFolders() {
		k.copyIn(ctx, dir, own, known)
	}
}

// copyIn reports a known login that another folder's Claude Code has: in the
// folder's file, or on macOS in the Keychain item of that folder.
func (k *checkup) copyIn(ctx context.Context, dir string, own os.FileInfo, known map[string]string) {
	var docs [][]byte
	path := filepath.Join(dir, filepath.Base(k.Paths.Credentials()))
	if info, err := k.FS.Stat(path); err == nil && info.Mode().IsRegular() && (own == nil || !os.SameFile(own, info)) {
		if doc, err := k.FS.ReadFile(path); err == nil {
			docs = append(docs, doc)
		}
	}
	if doc, err := k.itemOf(ctx, dir); err == nil {
		docs = append(docs, doc)
	}
	for _, doc := range docs {
		there, err := parseLive(doc)
		if err != nil {
			continue
		}
		fp := there.Credential.Fingerprint()
		name, ok := known[fp]
		if fp == "" || !ok {
			continue
		}
		k.report(Finding{
			ID: "copied_login", Severity: SeverityWarning, Path: path, subject: fp,
			Message: fmt.Sprintf("one login copied into two config dirs, this one and %s (%s): the first to refresh it locks the other out", k.Paths.Secure, name),
			Fix:     fmt.Sprintf("log in once in each: CLAUDE_CONFIG_DIR=%q claude auth login", dir),
		})
	}
}

// itemOf reads the Keychain item of another folder; where Claude Code's own is
// refused, or cannot be looked at, it is not asked for.
func (k *checkup) itemOf(ctx context.Context, dir string) ([]byte, error) {
	if k.Keychain == nil {
		return nil, keychain.ErrNotFound
	}
	if _, err := k.lookLive(ctx); err != nil {
		return nil, err
	}
	named := dir
	if dir == filepath.Join(k.req.Home, ".claude") {
		named = "" // the folder nobody has to name
	}
	item := ClaudeItem(func(string) string { return named }, k.Keychain.Account, k.Keychain.Run)
	if item.Service == k.Keychain.Service {
		return nil, keychain.ErrNotFound
	}
	return itemPlace{k.Core, *item}.read(ctx)
}

// fingerprints gives every refresh token Baton knows, used-up ones too, and
// what its account is called.
func (k *checkup) fingerprints(ctx context.Context) map[string]string {
	known := map[string]string{}
	if live, err := k.lookLive(ctx); err == nil && live.Usable() {
		known[live.Credential.Fingerprint()] = "the login Claude Code uses"
	}
	s := k.salvage()
	for _, e := range s.pool.Entries {
		known[e.RefreshToken.Fingerprint()] = "the login of " + e.Key
	}
	for _, a := range s.vault.accounts {
		for _, fp := range a.Spent {
			known[fp] = "a used-up login of " + a.Name()
		}
		known[a.Credential.Fingerprint()] = "the login of " + a.Name()
	}
	delete(known, "")
	return known
}

// otherFolders lists what may be a configuration folder of Claude Code besides
// the one in use: ~/.claude, ~/.claude-* and ~/.config/claude*.
func (k *checkup) otherFolders() []string {
	if k.req.Home == "" {
		return nil
	}
	own, err := k.FS.Stat(k.Paths.Secure)
	if err != nil {
		own = nil
	}
	var out []string
	look := func(parent string, match func(name string) bool) {
		entries, err := k.FS.ReadDir(parent)
		if err != nil {
			return
		}
		for _, e := range entries {
			dir := filepath.Join(parent, e.Name())
			if !match(e.Name()) {
				continue
			}
			info, err := k.FS.Stat(dir) // a link to a folder counts as one
			if err == nil && info.IsDir() && (own == nil || !os.SameFile(own, info)) {
				out = append(out, dir)
			}
		}
	}
	look(k.req.Home, func(n string) bool { return n == ".claude" || strings.HasPrefix(n, ".claude-") })
	look(filepath.Join(k.req.Home, ".config"), func(n string) bool { return strings.HasPrefix(n, "claude") })
	return out
}
