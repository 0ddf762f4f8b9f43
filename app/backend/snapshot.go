package backend

import "time"

// State is the one word for an account, the first of these that holds:
// needs login, paused, limited, ready. Being active is a separate matter.
type State string

// The states.
const (
	StateNeedsLogin State = "needs_login"
	StatePaused     State = "paused"
	StateLimited    State = "limited"
	StateReady      State = "ready"
)

// Notice is a mark beside the state.
type Notice string

// The notices.
const (
	NoticeLoginEnds Notice = "login_ends" // the login's own deadline is less than a week off
	NoticeUnsure    Notice = "unsure"     // a refresh went out and no answer was saved
	NoticeOffline   Notice = "offline"    // the last call for it met trouble on the way
	NoticeRefused   Notice = "refused"    // the provider refuses the account; see Account.Refused
)

// Window is one usage window.
type Window struct {
	Percent  float64   // used, 0 to 100
	ResetsAt time.Time // zero when unknown or not started
}

// ModelWindow is a per-model weekly window; it never limits the account.
type ModelWindow struct {
	Name string
	Window
}

// Usage is what was last seen of an account's limits.
type Usage struct {
	FiveHour   *Window
	SevenDay   *Window
	Models     []ModelWindow
	NoFiveHour bool // the plan has no window of five hours
	ObservedAt time.Time
	Source     string // SourceStatusLine, SourceEndpoint or SourceClaude
}

// Where usage was seen.
const (
	SourceStatusLine = "statusline" // Claude Code reported it to the status line
	SourceEndpoint   = "endpoint"   // the provider was asked
	SourceClaude     = "claude"     // Claude Code asked the provider, for its command /usage
)

// Account is one pooled account as shown to people.
type Account struct {
	Key              string // unique, stable: what every action takes
	Email            string
	Label            string // the person's own name for it, may be empty
	OrganizationUUID string // "" when unknown
	OrganizationName string
	Plan             string // "max", "pro", "team", "enterprise", or ""
	Tier             string // rate limit tier, verbatim
	State            State
	Active           bool // Claude Code uses it now
	Notices          []Notice
	Refused          string    // why the provider refuses the account, in its own words; "" without NoticeRefused
	LimitedUntil     time.Time // zero when not limited or not known
	AccessExpiresAt  time.Time // zero when unknown
	LoginExpiresAt   time.Time // the login's own deadline; zero when unknown
	Usage            *Usage    // nil when nothing was seen yet
	Problem          *Problem  // what stands in the way and the next step, nil when nothing does
	LoginAddress     string    // where Claude Code was told to log in for it, unchecked; "" when it was not
	Busy             Wait      // what a running action waits for, "" when none runs
}

// Name is what to call the account: its label, else its address.
func (a Account) Name() string {
	if a.Label != "" {
		return a.Label
	}
	return a.Email
}

// Free says whether the account can be worked with now.
func (a Account) Free() bool { return a.State == StateReady && !a.Has(NoticeRefused) }

// Has says whether the notice stands.
func (a Account) Has(n Notice) bool {
	for _, have := range a.Notices {
		if have == n {
			return true
		}
	}
	return false
}

// Reasons why no known account is live; see Live.Reason.
const (
	LiveNone       = "none"       // there is no login
	LiveUnknown    = "unknown"    // a login that belongs to no pooled account
	LiveTombstone  = "tombstone"  // the emptied login Claude Code leaves after a refusal
	LiveUnreadable = "unreadable" // the file does not parse
)

// Live describes the login Claude Code reads.
type Live struct {
	Present bool
	Email   string
	Reason  string // "" when the live login is a known account's
}

// Override is something that Claude Code uses instead of the live login, so
// that a swap changes nothing if it is in effect.
type Override struct {
	Source string // "environment", or the path of a file
	Name   string // variable, "env." and a variable, or member of the file
	// PrintOnly says that it applies to `claude -p` only, not to an interactive
	// session.
	PrintOnly bool
}

// OverrideGateway is the name of an override that is a company gateway. It goes
// with the account: a swap takes it along.
const OverrideGateway = "enterpriseGateway"

// InEffect is what Claude Code uses instead of the live login in an interactive
// session, nil if that is the login.
func InEffect(overrides []Override) *Override {
	for i := range overrides {
		if !overrides[i].PrintOnly {
			return &overrides[i]
		}
	}
	return nil
}

// Forced are the only organizations with which managed settings let Claude Code
// start; without any of them every one is allowed.
type Forced struct {
	Organizations []string // UUIDs
	Source        string   // the file that says so
}

// Session is a running Claude Code.
type Session struct {
	PID int
	Cwd string
}

// Next is the account a swap without a name would choose.
type Next struct {
	Key    string
	Name   string
	Reason string // one sentence part, for example "92% of its 5 hours left"
}

// LastSwap is the newest swap that moved from one known account to another,
// whoever made it: what Undo would take back.
type LastSwap struct {
	From, To string // keys
	At       time.Time
}

// The kinds of Deed.
const (
	DeedSwapped   = "swapped"   // From, Key
	DeedActive    = "active"    // From, Key: another program made Key the active one
	DeedRefreshed = "refreshed" // Key
	DeedRefused   = "refused"   // Key: the provider refused its login or the account; Text has its words
	DeedUnsure    = "unsure"    // Key
	DeedDoubted   = "doubted"   // Key: Claude Code was told to log in again
	DeedLimited   = "limited"   // Key
	DeedAdded     = "added"     // Key
	DeedAdopted   = "adopted"   // Key
	DeedRepaired  = "repaired"  // Key
	DeedRemoved   = "removed"   // Key
	DeedSetAside  = "setAside"
)

// Deed is one line of what was done lately, by whoever did it.
type Deed struct {
	At        time.Time
	Kind      string
	Key, From string // accounts, also ones that are gone
	Text      string // why, or what came of it; in English, may be empty
}

// Setting is one switch of `baton config`.
type Setting struct {
	Key     string
	Value   string
	Default string
	About   string // a sentence on what it does
}

// Snapshot is everything a face shows, taken at one moment.
type Snapshot struct {
	TakenAt   time.Time
	Accounts  []Account // in the person's order
	Active    string    // key, "" when none is known to be live
	Live      Live
	Next      *Next
	LastSwap  *LastSwap  // nil where none is known, or To is not live any more
	Overrides []Override // the one in effect first
	Forced    Forced
	Sessions  []Session
	Settings  []Setting
	Deeds     []Deed    // the newest first, not all there ever were
	Problems  []Problem // about files and surroundings, not about one account
	// Elsewhere says that whoever looks at this may not see the screen of the
	// machine Baton runs on.
	Elsewhere bool
}

// Find returns the account with exactly this key.
func (s Snapshot) Find(key string) (Account, bool) {
	for _, a := range s.Accounts {
		if a.Key == key {
			return a, true
		}
	}
	return Account{}, false
}
