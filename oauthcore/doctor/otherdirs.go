package doctor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/keychain"
)

// otherDirectories looks for other configuration directories of Claude Code that
// hold one of these logins, too. Each refresh token is good for one use, so the
// first directory that refreshes takes the login away from the other. Nothing
// but the fingerprints of refresh tokens is looked at there.
func (x *examination) otherDirectories(ctx context.Context) {
	known := x.fingerprints(ctx)
	if len(known) == 0 {
		return
	}
	for _, dir := range x.configDirs() {
		x.liveCopy(ctx, dir, known)
		x.vaultCopies(dir, known)
	}
}

// liveCopy reports a known login that another directory's Claude Code uses: in
// the directory's file, or on macOS in the Keychain item of that directory.
func (x *examination) liveCopy(ctx context.Context, dir string, known map[string]string) {
	path := filepath.Join(dir, filepath.Base(x.Paths.Credentials()))
	var docs [][]byte
	if doc := x.otherFile(path, x.Paths.Credentials()); doc != nil {
		docs = append(docs, doc)
	}
	if doc, err := x.itemOf(ctx, dir); err == nil {
		docs = append(docs, doc)
	}
	for _, doc := range docs {
		if live, err := claude.ParseLive(doc); err == nil {
			x.copied(dir, path, live.Credential.Fingerprint(), "claude auth login", known)
		}
	}
}

// vaultCopies reports known logins that the vault of another directory has.
func (x *examination) vaultCopies(dir string, known map[string]string) {
	path := filepath.Join(dir, filepath.Base(x.Paths.Own()), filepath.Base(x.Paths.Vault()))
	doc := x.otherFile(path, x.Paths.Vault())
	if doc == nil {
		return
	}
	vault, err := accounts.ParseVault(doc)
	if err != nil {
		return // the doctor of that directory reports it
	}
	for _, a := range vault.Accounts() {
		x.copied(dir, path, a.Credential.Fingerprint(), "baton login --email "+accounts.AddressOf(a.Key), known)
	}
}

// copied reports one login in another directory, if it is a known one; the first
// file it is found in counts.
func (x *examination) copied(dir, path, fp, login string, known map[string]string) {
	name, ok := known[fp]
	if fp == "" || !ok {
		return
	}
	subject := dir + " " + fp
	for _, f := range x.found {
		if f.ID == "copied_login" && f.subject == subject {
			return
		}
	}
	x.report(Finding{
		ID: "copied_login", Severity: SeverityWarning, Path: path, subject: subject,
		Message: fmt.Sprintf("one login copied into two config dirs, this one and %s (%s): the first to refresh it locks the other out", x.Paths.Secure, name),
		Fix:     fmt.Sprintf("log in once in each: CLAUDE_CONFIG_DIR=%q %s", dir, login),
	})
}

// otherFile reads a file of another directory; nil if it is missing, cannot be
// read, or is own itself under another name.
func (x *examination) otherFile(path, own string) []byte {
	info, err := x.FS.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if mine, err := x.FS.Stat(own); err == nil && os.SameFile(mine, info) {
		return nil
	}
	doc, err := x.FS.ReadFile(path)
	if err != nil {
		return nil
	}
	return doc
}

// itemWait bounds one read of the Keychain.
const itemWait = 10 * time.Second

func (x *examination) readItem(ctx context.Context, item keychain.Item) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, itemWait)
	defer cancel()
	return item.Read(ctx)
}

// itemOf reads the Keychain item of another directory. It is not asked for if
// Claude Code's own is refused: each question may be a window on the screen.
func (x *examination) itemOf(ctx context.Context, dir string) ([]byte, error) {
	if x.Keychain == nil {
		return nil, keychain.ErrNotFound
	}
	if _, err := x.PeekLive(ctx); err != nil {
		return nil, err
	}
	item := claude.Item(func(name string) (string, bool) {
		if name == "CLAUDE_CONFIG_DIR" && dir != filepath.Join(x.req.Home, ".claude") {
			return dir, true
		}
		return "", false
	}, x.Keychain.Account, x.Keychain.Run)
	if item.Service == x.Keychain.Service {
		return nil, keychain.ErrNotFound
	}
	return x.readItem(ctx, *item)
}

// fingerprints gives every refresh token Baton knows, used-up ones too, with
// what its account is called.
func (x *examination) fingerprints(ctx context.Context) map[string]string {
	known := map[string]string{}
	if live, err := x.PeekLive(ctx); err == nil && live.Usable() {
		known[live.Credential.Fingerprint()] = "the login Claude Code uses"
	}
	s := x.Salvage()
	for _, e := range s.Pool.Entries {
		known[e.RefreshToken.Fingerprint()] = "the login of " + e.Key
	}
	for fp, key := range s.Vault.Fingerprints() {
		name := key
		if a := s.Vault.Get(key); a != nil {
			name = a.Name()
		}
		switch {
		case s.Vault.HolderOf(fp) != nil:
			known[fp] = "the login of " + name
		case name == "":
			known[fp] = "a used-up login"
		default:
			known[fp] = "a used-up login of " + name
		}
	}
	delete(known, "")
	return known
}

// configDirs lists what may be a configuration directory of Claude Code besides
// the one in use: ~/.claude, ~/.claude-* and ~/.config/claude*.
func (x *examination) configDirs() []string {
	if x.req.Home == "" {
		return nil
	}
	own, err := x.FS.Stat(x.Paths.Secure)
	if err != nil {
		own = nil
	}
	var out []string
	look := func(parent string, match func(name string) bool) {
		entries, err := x.FS.ReadDir(parent)
		if err != nil {
			return
		}
		for _, e := range entries {
			dir := filepath.Join(parent, e.Name())
			if !match(e.Name()) {
				continue
			}
			info, err := x.FS.Stat(dir) // a link to a directory counts as one
			if err == nil && info.IsDir() && (own == nil || !os.SameFile(own, info)) {
				out = append(out, dir)
			}
		}
	}
	look(x.req.Home, func(n string) bool { return n == ".claude" || strings.HasPrefix(n, ".claude-") })
	look(filepath.Join(x.req.Home, ".config"), func(n string) bool { return strings.HasPrefix(n, "claude") })
	return out
}
