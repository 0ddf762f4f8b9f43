package claude

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"baton/oauthcore/view"
)

// Lookup looks up an environment variable, as os.LookupEnv does: a variable
// that is set but empty is not the same as one that is not set.
type Lookup func(name string) (value string, set bool)

// Paths are the places of all files, absolute. Config is Claude Code's
// configuration directory, Secure the one of its credentials (the same one
// unless CLAUDE_SECURESTORAGE_CONFIG_DIR is set).
type Paths struct {
	Config string
	Secure string
	// ClaudeJSON is Claude Code's global configuration where there is no
	// Config/.config.json, which beats it.
	ClaudeJSON string
	State      string // this machine's state directory, outside any backup of Secure
	// Literal says that a variable names a directory that begins with "~",
	// which Claude Code takes as it stands.
	Literal string
	// Managed is the directory of managed settings, see ManagedDir; "": there are
	// none. PathsFrom leaves it out.
	Managed string
	// Project is the working directory, whose project settings apply to a Claude
	// Code started there; "": there are none. PathsFrom leaves it out.
	Project string
}

// PathsFrom reads the variables Claude Code itself obeys, in the way it does:
//
//	CLAUDE_CONFIG_DIR                 unset: ~/.claude    empty: the working directory
//	CLAUDE_SECURESTORAGE_CONFIG_DIR   unset: as Config    empty: ~/.claude
//
// home gives the home directory and is asked only where it is needed; its
// failure is a *view.Problem of CodeFailed.
func PathsFrom(lookup Lookup, home func() (string, error)) (Paths, error) {
	var p Paths
	base, homeErr := home()
	config, configSet := lookup("CLAUDE_CONFIG_DIR")
	secure, secureSet := lookup("CLAUDE_SECURESTORAGE_CONFIG_DIR")
	noHome := homeErr != nil || base == ""
	if noHome && (config == "" || secureSet && secure == "") {
		return p, &view.Problem{
			Code:    view.CodeFailed,
			Message: "cannot tell where your home folder is: HOME is not set",
			Hint:    "set HOME, or CLAUDE_CONFIG_DIR to Claude Code's directory",
			Err:     homeErr,
		}
	}
	standard := filepath.Join(base, ".claude")
	p.Config, p.ClaudeJSON = standard, filepath.Join(base, ".claude.json")
	if configSet {
		p.Config = config
		if config != "" {
			p.ClaudeJSON = filepath.Join(config, ".claude.json")
		}
	}
	p.Secure = p.Config
	if secureSet {
		if p.Secure = secure; secure == "" {
			p.Secure = standard
		}
	}
	for _, v := range []string{config, secure} {
		if len(v) > 0 && v[0] == '~' {
			p.Literal = v
		}
	}
	for _, path := range []*string{&p.Config, &p.Secure, &p.ClaudeJSON} {
		abs, err := filepath.Abs(*path)
		if err != nil {
			return p, &view.Problem{
				Code: view.CodeFailed, Err: err,
				Message: "the working directory is not known: " + err.Error(),
				Hint:    "change to a directory that exists",
			}
		}
		*path = abs
	}
	x, _ := lookup("XDG_STATE_HOME")
	switch {
	case filepath.IsAbs(x): // the XDG base directory specification has relative ones ignored
		p.State = filepath.Join(x, "baton")
	case base != "":
		p.State = filepath.Join(base, ".local", "state", "baton")
	default:
		p.State = filepath.Join(p.Secure, "baton", "state")
	}
	return p, nil
}

// Own is the directory of Baton's own files.
func (p Paths) Own() string { return filepath.Join(p.Secure, "baton") }

// Credentials is the file with the login Claude Code uses.
func (p Paths) Credentials() string { return filepath.Join(p.Secure, ".credentials.json") }

// Pool is the account pool shared with huskies.
func (p Paths) Pool() string { return filepath.Join(p.Config, "oauth_pool.json") }

// OldConfig is the older place of Claude Code's global configuration. Where it
// is there, it is the one Claude Code uses.
func (p Paths) OldConfig() string { return filepath.Join(p.Config, ".config.json") }

// ClaudeSettings is Claude Code's user settings.
func (p Paths) ClaudeSettings() string { return filepath.Join(p.Config, "settings.json") }

// Sessions is the directory in which running sessions of Claude Code are listed.
func (p Paths) Sessions() string { return filepath.Join(p.Config, "sessions") }

// Vault is the truth about every account.
func (p Paths) Vault() string { return filepath.Join(p.Own(), "accounts.json") }

// Answers is the journal: what the provider handed out and the vault has not
// got yet.
func (p Paths) Answers() string { return filepath.Join(p.Own(), "answers") }

// OldInbox is where earlier versions kept a new login until it was saved.
func (p Paths) OldInbox() string { return filepath.Join(p.Own(), "inbox.json") }

// Usage is the file of what was seen of usage and limits.
func (p Paths) Usage() string { return filepath.Join(p.Own(), "usage.json") }

// Settings is the file of Baton's switches.
func (p Paths) Settings() string { return filepath.Join(p.Own(), "settings.json") }

// Activity is the log of what was done.
func (p Paths) Activity() string { return filepath.Join(p.Own(), "activity.jsonl") }

// Setup notes what was changed in Claude Code's settings.
func (p Paths) Setup() string {
	name := "setup.json"
	if p.Config != p.Secure { // several configuration directories can share one of credentials
		name = "setup-" + p.folder(resolved(p.Config))[:8] + ".json"
	}
	return filepath.Join(p.Own(), name)
}

// Polled notes when the provider was asked for usage.
func (p Paths) Polled() string { return filepath.Join(p.Own(), "asked.json") }

// PollLock is held by the one process that asks the provider for usage.
func (p Paths) PollLock() string { return filepath.Join(p.Own(), "locks", "poll.lock") }

// SetAside is the directory of logins that were moved out of the way.
func (p Paths) SetAside() string { return filepath.Join(p.Own(), "set-aside") }

// InPlace holds the old bytes of a file of Claude Code's while it is written
// in place.
func (p Paths) InPlace(file string) string {
	return filepath.Join(p.Own(), "in-place", filepath.Base(file))
}

// GitIgnore keeps everything in Own out of a git repository.
func (p Paths) GitIgnore() string { return filepath.Join(p.Own(), ".gitignore") }

// StoreLock is held for one read-modify-write of Baton's files.
func (p Paths) StoreLock() string { return filepath.Join(p.Own(), "lock") }

// ClientLock is held while any of Claude Code's locks is.
func (p Paths) ClientLock() string { return filepath.Join(p.Own(), "client.lock") }

// LockRegistry notes which of Claude Code's locks a Baton holds.
func (p Paths) LockRegistry() string { return filepath.Join(p.Own(), "locks.json") }

// MirrorLock is held while copies are written to the keyring.
func (p Paths) MirrorLock() string { return filepath.Join(p.Own(), "locks", "keyring.lock") }

// CopyName is the name of an account's copy in the keyring, of the index of all
// copies for no key. It tells directories apart, so that several of them never
// get into each other's way.
func (p Paths) CopyName(key string) string { return copyName(p.folder(resolved(p.Secure)), key) }

// OldCopyName is the name that earlier versions gave: it differs where the
// directory is reached through a symbolic link.
func (p Paths) OldCopyName(key string) string {
	return copyName(p.folder(filepath.Clean(p.Secure)), key)
}

func copyName(folder, key string) string {
	name := folder[:16]
	if key != "" {
		name += ":" + key
	}
	return name
}

// AccountLock is held by whatever refreshes one account or swaps to it. The
// file name does not contain the address.
func (p Paths) AccountLock(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(p.Own(), "locks", hex.EncodeToString(sum[:8])+".lock")
}

// HighWater is the file with the vault's last sequence number on this machine,
// so that a vault restored from a backup is noticed.
func (p Paths) HighWater() string { return filepath.Join(p.State, p.folder(resolved(p.Secure))) }

// folder names a directory without giving its path away.
func (p Paths) folder(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:])
}

// resolved is the directory with symbolic links resolved as far as it exists.
func resolved(dir string) string {
	rest := ""
	for at := filepath.Clean(dir); ; {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(real, rest)
		}
		if filepath.Dir(at) == at {
			return filepath.Clean(dir)
		}
		rest = filepath.Join(filepath.Base(at), rest)
		at = filepath.Dir(at)
	}
}
