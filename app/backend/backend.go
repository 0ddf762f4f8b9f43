package backend

import (
	"context"
	"errors"
)

// Backend is what a face needs of Baton. All methods may be called from any
// goroutine. Snapshot is cheap and never touches the network; Do and Login
// may take seconds and must not be called from a UI goroutine.
type Backend interface {
	// Snapshot returns the newest view of all accounts. It is immutable:
	// callers may keep it and must not write to its slices.
	Snapshot() Snapshot

	// Events says "something changed, take the snapshot again" and what the
	// work going on waits for. The channel closes when ctx ends. Slow readers
	// lose nothing but duplicates.
	Events(ctx context.Context) <-chan Event

	// Do carries out one action. The error, if any, is a *Problem.
	Do(ctx context.Context, a Action) (Result, error)

	// Login starts one browser login. Only one runs at a time; starting
	// another ends the first with ProblemCanceled. The error is a *Problem.
	Login(ctx context.Context, m LoginMode) (LoginFlow, error)
}

// LoginMode says how the authorization code comes back.
type LoginMode struct {
	// Paste uses the provider's manual redirect: the person copies
	// CODE#STATE from the page. Otherwise a loopback listener receives it.
	Paste bool
	// Redirect is an address, http on localhost with the path /callback, at
	// which the face itself receives the browser, instead of a listener made
	// for this login: "" for none. The LoginFlow is then an http.Handler for
	// what arrives there. A page served to a browser reaches Baton by one port.
	Redirect string
	// Email is handed to the provider as login_hint; empty means none.
	Email string
	// Again is the key of an account that is there: where Claude Code was told
	// to log in for it at an address that is good and that somebody waits at,
	// the login goes on there, and comes to Baton through Claude Code's files.
	// URL is then that address, Account.LoginAddress. Else this is ignored.
	Again string
	// Open asks the backend to open the system browser by itself.
	Open bool
	// ViaClaude runs `claude auth login` under a temporary configuration
	// folder and imports the result; URL is then empty.
	ViaClaude bool
}

// LoginFlow is one login under way.
type LoginFlow interface {
	// URL is the address to open; it holds no secret that outlives the flow.
	URL() string
	// Paste hands in what the person copied: CODE#STATE or the address the
	// browser ended at, wrapped or not. It returns when the code was exchanged
	// or refused. The error is a *Problem. It wraps ErrPasteAgain if the login
	// goes on and another paste may be right, and ErrPasteMore as well if text
	// may be the beginning of a code whose rest is still to come (neither
	// survives the way from a server to a page).
	Paste(text string) error
	// Wait blocks until the login is saved, fails, or ctx ends. The error is
	// a *Problem. It may be called once.
	Wait(ctx context.Context) (LoginResult, error)
	// Cancel ends the flow and frees its listener; calling it twice is fine.
	Cancel()
}

// ErrNoBrowser is wrapped by the *Problem of a browser that could not be opened.
var ErrNoBrowser = errors.New("no browser was opened")

// Browsing is what a LoginFlow has that may have opened a browser itself.
type Browsing interface {
	// BrowserProblem is why the browser did not open that LoginMode.Open asked
	// for, nil if it was started or not asked for.
	BrowserProblem() *Problem
}

// What an error of LoginFlow.Paste may wrap.
var (
	ErrPasteAgain = errors.New("another paste may be right")
	ErrPasteMore  = errors.New("the rest of the paste is missing")
)

// LoginResult says which account a finished login belongs to.
type LoginResult struct {
	Key   string
	Known bool // the account was in the pool already and was updated
	Live  bool // it is now the login Claude Code uses
	Note  string
}

// EventKind tells what an Event is about.
type EventKind int

// The kinds of Event.
const (
	EventChanged  EventKind = iota // the snapshot changed
	EventProgress                  // the action on Key waits for something
)

// Event is a hint, never the data itself.
type Event struct {
	Kind EventKind
	Key  string // account, or "" for all
	Wait Wait   // what the action waits for, EventProgress only
}
