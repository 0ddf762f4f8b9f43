package backend

import "time"

// ActionKind names what Do is asked to do.
type ActionKind string

// The actions. Comments say which members of Action each one reads.
const (
	ActionSwap      ActionKind = "swap"      // Key ("" next available, "-" back), LimitedUntil, SetAside
	ActionRefresh   ActionKind = "refresh"   // Key, or All
	ActionImport    ActionKind = "import"    // nothing: adopts the live login
	ActionLimit     ActionKind = "limit"     // Key, Until
	ActionUnlimit   ActionKind = "unlimit"   // Key
	ActionRename    ActionKind = "rename"    // Key, Label ("" clears)
	ActionPause     ActionKind = "pause"     // Key
	ActionResume    ActionKind = "resume"    // Key
	ActionRemove    ActionKind = "remove"    // Key, Revoke, Yes
	ActionMove      ActionKind = "move"      // Key, Place: its new place in the person's order
	ActionConfigure ActionKind = "configure" // Setting, Value
	ActionUsage     ActionKind = "usage"     // Key, or All: ask the usage endpoint now
	ActionDoctor    ActionKind = "doctor"    // Fix
	ActionSetup     ActionKind = "setup"     // Undo, DryRun: Claude Code's settings
	ActionReport    ActionKind = "report"    // Told: what a status line was handed
	ActionFailure   ActionKind = "failure"   // Told: what a StopFailure hook was handed

	ActionKeyringStatus  ActionKind = "keyringStatus"  // nothing; nobody is asked for a password
	ActionKeyringPush    ActionKind = "keyringPush"    // Key, or All
	ActionKeyringRestore ActionKind = "keyringRestore" // Key, or All; Yes forces what is doubtful
)

// Action is one request. Key takes everything a person may type for an
// account: the exact key, the address if one account has it, or the label.
type Action struct {
	Kind         ActionKind
	Key          string
	All          bool
	LimitedUntil time.Time // zero: not limited
	Until        time.Time
	SetAside     bool
	Label        string
	Place        int // 0 is the first of all accounts; past the end means last
	Revoke       bool
	Yes          bool
	Setting      string
	Value        string
	Fix          bool   // doctor: mend what can be mended, which may ask the provider
	Undo         bool   // setup: put everything back as it was
	DryRun       bool   // setup: only say what would change
	Told         string // report and failure: the JSON object Claude Code handed over
}

// Result is what an action did. Which members are filled depends on the kind.
type Result struct {
	// From is the key that was live before a swap, "" when none was known.
	From string
	// To is the key that is live after a swap; From == To when nothing moved.
	To string
	// Refreshed says the swap had to refresh the access token first.
	Refreshed bool
	// SetAside is the file an unknown login was moved to, "" when none was.
	SetAside string
	// Key is the account the action ended on (import, rename, limit, …).
	Key string
	// News says that the failure a hook told of was not known of Key before.
	News bool
	// Failure is what that failure was, one of the Failure constants; "" for
	// one that says nothing of an account.
	Failure string
	// Added says an import or a login found an account the pool did not have.
	Added bool
	// Each holds one row per account for refresh, usage and the keyring.
	Each []AccountResult
	// Keyring is how the keyring stands, of its status.
	Keyring *Keyring
	// Notes are plain lines for the person: warnings, what follows now.
	Notes []string
	// Overrides is what Claude Code uses instead of the login that a swap put in
	// place, the one in effect first.
	Overrides []Override
	// Setup is what was changed in Claude Code's settings, or would be.
	Setup *Setup
	// Next is who a swap would go to, after a report; nil for nobody.
	Next *Next
	// Active is the account a report was about as it stands now, nil for none.
	Active *Account
	// Chained is the status line command that was there before Baton's.
	Chained string
	// Findings is what the doctor noticed, what it mended first.
	Findings []Finding
}

// What the failure of a hook means for the account.
const (
	FailureLimited = "limited" // it reached its limit, or may have
	FailureRefused = "refused" // the provider refuses the account
	FailureDoubted = "doubted" // its login was not accepted, and is unsure
)

// Setup is a change of Claude Code's settings file.
type Setup struct {
	Path string
	Diff string // the lines that change, and none around them; "" where none does
	// Forgotten says that Baton's status line was taken out, and that which one
	// stood there before could not be known any more.
	Forgotten bool
	// Off says why Claude Code does not run the commands that were put in, one
	// line for each reason; Neither that it runs none of them.
	Off     []string
	Neither bool
}

// AccountResult is one account's outcome in an action on several.
type AccountResult struct {
	Key             string
	OK              bool
	Problem         *Problem  // nil when OK
	AccessExpiresAt time.Time // refresh: the new access token's end
	Usage           *Usage    // usage: what was seen
	Copy            string    // keyring: how the copy stands, one of the Copy constants
	CopiedLive      bool      // keyring: the account was active when it was copied
	Note            string    // a line on what follows, "" for none
}

// How an account's copy in the keyring stands to its login.
const (
	CopyOK       = "ok"       // it is the login Baton keeps
	CopyBehind   = "behind"   // it is older
	CopyAhead    = "ahead"    // it is newer: Baton's files are from a backup
	CopyMissing  = "missing"  // there is none
	CopyLost     = "lost"     // there is one, and Baton has no login of the account
	CopyUnsure   = "unsure"   // the login may be used up, so it is not copied
	CopyDamaged  = "damaged"  // it is none of this Baton's
	CopyTooBig   = "too_big"  // the keyring takes no item of its size
	CopyUnknown  = "unknown"  // the keyring cannot be read now
	CopyRestored = "restored" // it was taken back just now
	CopyKept     = "kept"     // nothing to take back: Baton has a login of the account
	CopyRemoved  = "removed"  // the account was removed, and so is its copy
)

// Keyring is how the system's keyring stands.
type Keyring struct {
	On            bool // copies are made
	ByEnvironment bool // BATON_KEYRING says so, not the switch
	// State is what the keyring says: "ok", "locked", "unavailable",
	// "timeout" or "refused"; "off" where it may not be asked.
	State   string
	Problem *Problem // why it cannot be read now, nil where it can
	Trouble string   // what the last copying failed with, "" where it did not
}

// How much a Finding matters. An error keeps Baton or Claude Code from working
// or gives a login away; a warning may come to that; an info is only told.
const (
	SeverityError   = "error"
	SeverityWarning = "warning"
	SeverityInfo    = "info"
)

// Finding is one thing the doctor noticed.
type Finding struct {
	ID       string // its kind, stable, in snake_case
	Severity string // SeverityError, SeverityWarning or SeverityInfo
	Path     string // the file or folder it is about, "" when none
	Message  string // one line, no capital, no full stop
	Fix      string // what mends it, "" when nothing has to be done
	Fixed    bool   // it was there and the doctor mended it
}
