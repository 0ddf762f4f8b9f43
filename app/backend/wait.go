package backend

import (
	"maps"
	"slices"
)

// Wait is what an action waits for. The codes of the core's waits are the same
// words.
type Wait string

// All there are.
const (
	WaitKeyring  Wait = "keyring"
	WaitClient   Wait = "client"
	WaitLock     Wait = "lock"
	WaitProvider Wait = "provider"
	WaitProfile  Wait = "profile"
	WaitOwner    Wait = "owner"
	WaitRevoke   Wait = "revoke"
	WaitUsage    Wait = "usage"
	WaitBrowser  Wait = "browser" // for the person, whose browser did not open
)

var waits = map[Wait]string{
	WaitKeyring:  "waiting for your keyring",
	WaitClient:   "waiting for Claude Code",
	WaitLock:     "watching a lock of Claude Code's for a sign of life",
	WaitProvider: "waiting for the provider",
	WaitProfile:  "asking the provider about the account",
	WaitOwner:    "asking the provider whose login this is",
	WaitRevoke:   "ending the login at the provider",
	WaitUsage:    "asking the provider for its usage",
	WaitBrowser:  "the browser did not open: open the address yourself",
}

// String is one English line for people; "" where nothing is waited for.
func (w Wait) String() string {
	if line, ok := waits[w]; ok {
		return line
	}
	return string(w) // of a newer Baton, behind an older page
}

// Waits lists all there are, in no order.
func Waits() []Wait { return slices.Collect(maps.Keys(waits)) }
