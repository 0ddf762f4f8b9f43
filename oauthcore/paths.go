package oauthcore

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
)

// Paths says where everything lies. Config is Claude Code's configuration
// folder, Secure the folder of its credentials (the same one unless
// CLAUDE_SECURESTORAGE_CONFIG_DIR is set).
type Paths struct {
	Config     string
	Secure     string
	ClaudeJSON string // Claude Code's global configuration
	State      string // this machine's state folder, outside any backup of Secure
}

// PathsFrom reads the variables Claude Code itself obeys. home gives the home
// folder and is asked only where it is needed; its failure is an *Error of
// code CodeFailed.
func PathsFrom(getenv func(string) string, home func() (string, error)) (Paths, error) {
	var p Paths
	base, homeErr := home()
	custom := getenv("CLAUDE_CONFIG_DIR")
	switch {
	case custom != "":
		p.Config = custom
		p.ClaudeJSON = filepath.Join(custom, ".claude.json")
	case homeErr != nil || base == "":
		return p, &Error{
			Code:    CodeFailed,
			Message: "cannot tell where your home folder is: HOME is not set",
			Hint:    "set HOME, or CLAUDE_CONFIG_DIR to Claude Code's folder",
			Err:     homeErr,
		}
	default:
		p.Config = filepath.Join(base, ".claude")
		p.ClaudeJSON = filepath.Join(base, ".claude.json")
	}
	p.Secure = p.Config
	if s := getenv("CLAUDE_SECURESTORAGE_CONFIG_DIR"); s != "" {
		p.Secure = s
	}
	switch x := getenv("XDG_STATE_HOME"); {
	case filepath.IsAbs(x): // the XDG base directory specification has relative ones ignored
		p.State = filepath.Join(x, "baton")
	case base != "":
		p.State = filepath.Join(base, ".local", "state", "baton")
	default:
		p.State = filepath.Join(p.Secure, "baton", "state")
	}
	return p, nil
}

// Own is the folder of Baton's own files.
func (p Paths) Own() string { return filepath.Join(p.Secure, "baton") }

// Credentials is the file with the login Claude Code uses.
func (p Paths) Credentials() string { return filepath.Join(p.Secure, ".credentials.json") }

// Pool is the account pool shared with huskies.
func (p Paths) Pool() string { return filepath.Join(p.Config, "oauth_pool.json") }

// ClaudeSettings is Claude Code's user settings.
func (p Paths) ClaudeSettings() string { return filepath.Join(p.Config, "settings.json") }

// Sessions is the folder in which running sessions of Claude Code are listed.
func (p Paths) Sessions() string { return filepath.Join(p.Config, "sessions") }

// Vault is the truth about every account.
func (p Paths) Vault() string { return filepath.Join(p.Own(), "accounts.json") }

// Book is the file of what was seen of usage and limits.
func (p Paths) Book() string { return filepath.Join(p.Own(), "usage.json") }

// Settings is the file of switches.
func (p Paths) Settings() string { return filepath.Join(p.Own(), "settings.json") }

// Activity is the log of what was done.
func (p Paths) Activity() string { return filepath.Join(p.Own(), "activity.jsonl") }

// Setup remembers what was changed in Claude Code's settings.
func (p Paths) Setup() string { return filepath.Join(p.Own(), "setup.json") }

// Asked remembers when the provider was asked for usage.
func (p Paths) Asked() string { return filepath.Join(p.Own(), "asked.json") }

// PollLock is held by the one process that asks the provider for usage.
func (p Paths) PollLock() string { return filepath.Join(p.Own(), "locks", "poll.lock") }

// Inbox holds a new login until it is saved.
func (p Paths) Inbox() string { return filepath.Join(p.Own(), "inbox.json") }

// SetAside is the folder for logins nobody could be found for.
func (p Paths) SetAside() string { return filepath.Join(p.Own(), "set-aside") }

// StoreLock is held for one read-modify-write of Baton's files.
func (p Paths) StoreLock() string { return filepath.Join(p.Own(), "lock") }

// ClientLock is held while the live login is read to be replaced.
func (p Paths) ClientLock() string { return filepath.Join(p.Own(), "client.lock") }

// Ledger notes which of Claude Code's locks a Baton holds.
func (p Paths) Ledger() string { return filepath.Join(p.Own(), "locks.json") }

// MirrorLock is held while copies are written to the mirror.
func (p Paths) MirrorLock() string { return filepath.Join(p.Own(), "locks", "keyring.lock") }

// CopyName is the name of an account's copy in the mirror, of the index of all
// copies for no key. It tells folders apart, so that several of them never get
// into each other's way.
func (p Paths) CopyName(key string) string {
	name := p.folder()[:16]
	if key != "" {
		name += ":" + key
	}
	return name
}

// AccountLock is held by whatever refreshes one account or swaps to it. The
// file name tells no address.
func (p Paths) AccountLock(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(p.Own(), "locks", hex.EncodeToString(sum[:8])+".lock")
}

// HighWater is the file that remembers the vault's last sequence number on
// this machine, so that a vault restored from a backup is noticed.
func (p Paths) HighWater() string { return filepath.Join(p.State, p.folder()) }

// folder names the folder of the credentials without telling it.
func (p Paths) folder() string {
	sum := sha256.Sum256([]byte(filepath.Clean(p.Secure)))
	return hex.EncodeToString(sum[:])
}
