package oauthcore

// Wait is what an operation waits for, as Env.Progress is told it.
type Wait string

// All that is waited for.
const (
	WaitKeyring  Wait = "keyring"  // the system's keyring, or the person who unlocks it
	WaitClient   Wait = "client"   // a lock that Claude Code holds
	WaitLock     Wait = "lock"     // a sign of life of whoever holds such a lock
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
