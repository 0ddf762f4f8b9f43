package view

import "time"

// Account is one account as it stands.
type Account struct {
	Key, Email, Label  string
	OrganizationUUID   string
	OrganizationName   string
	Plan, Tier         string
	Paused, NeedsLogin bool
	Unsure, Offline    bool
	// Refused is why the provider refuses the account, in its own words, ""
	// where it does not.
	Refused         string
	LoginEnds       bool // the login's own deadline is less than a week off
	Active          bool
	LimitedUntil    time.Time // zero when free
	AccessExpiresAt time.Time
	LoginExpiresAt  time.Time
	Usage           *Usage // nil when never seen
	// LoginAddress is where Claude Code was told to log in, "" where it was not,
	// or not since the login was found good.
	LoginAddress string
}

// Live is the login Claude Code uses.
type Live struct {
	Present bool
	Email   string
	// Reason is "none", "unknown", "tombstone", "unreadable", or "" for the
	// login of a known account.
	Reason string
}

// Next is the account a swap without a name goes to.
type Next struct {
	Key, Name     string
	Headroom      float64 // percent left of the fuller window; only with HeadroomKnown
	HeadroomKnown bool
	ActiveAt      time.Time // when it was last live, zero for never
}

// Snapshot is everything there is to see. Damage to a file is among Problems
// and hides only what that file holds.
type Snapshot struct {
	Accounts []Account
	Active   string // key, "" for none
	Live     Live
	Next     *Next
	LastSwap *Activity  // the newest swap, while the account it went to is live; else nil
	Recent   []Activity // newest first
	Problems []*Problem
}

// Activity is one line of the log of what was swapped, refreshed or refused.
type Activity struct {
	At time.Time `json:"at"`
	// Kind is "swapped", "refreshed", "refused", "unsure", "added", "adopted",
	// "repaired", "removed", "setAside", "limited", "active", "doubted",
	// "restored" or "notCopied".
	Kind string `json:"kind"`
	Key  string `json:"key,omitempty"`
	From string `json:"from,omitempty"`
	Text string `json:"text,omitempty"`
}

// Session is a running Claude Code.
type Session struct {
	PID int
	Cwd string
}

// Override is something that Claude Code uses instead of the live login, so
// that a swap changes nothing if it is in effect.
type Override struct {
	Source string // "environment", the path of a file, or the Keychain's name
	Name   string // variable, "env." and a variable, or member of the file
	// PrintOnly says that it applies to `claude -p` only, not to an interactive
	// session.
	PrintOnly bool
}

// Setting is one switch of Baton's.
type Setting struct {
	Key   string
	On    bool
	About string // a sentence on what it does
}

// Wait is what an operation waits for.
type Wait string

// All that is waited for.
const (
	WaitKeyring  Wait = "keyring"  // the system's keyring, or the person who unlocks it
	WaitClient   Wait = "client"   // a lock that Claude Code holds
	WaitLock     Wait = "lock"     // a sign of life of the holder of such a lock
	WaitProvider Wait = "provider" // new tokens
	WaitProfile  Wait = "profile"  // what the provider says of an account
	WaitOwner    Wait = "owner"    // whose login the live one is
	WaitRevoke   Wait = "revoke"   // the end of a login at the provider
	WaitUsage    Wait = "usage"    // what an account has used
)

// Waits lists them.
func Waits() []Wait {
	return []Wait{WaitKeyring, WaitClient, WaitLock, WaitProvider, WaitProfile, WaitOwner, WaitRevoke, WaitUsage}
}
