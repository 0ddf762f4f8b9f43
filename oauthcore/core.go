package oauthcore

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"baton/oauthcore/files"
	"baton/oauthcore/keychain"
	"baton/oauthcore/provider"
	"baton/oauthcore/secret"
)

// Provider is the part of the OAuth provider the core calls. Errors are those
// of package provider.
type Provider interface {
	Refresh(ctx context.Context, refresh secret.Secret, scopes []string) (provider.Grant, error)
	Profile(ctx context.Context, access secret.Secret) (provider.Profile, error)
	Usage(ctx context.Context, access secret.Secret) (provider.Usage, error)
	Revoke(ctx context.Context, refresh secret.Secret) error
}

// Env is everything around the core. Paths, FS, Locks, Provider and Now are
// needed; the others may be left out.
type Env struct {
	Paths    Paths
	FS       files.FS
	Locks    *files.Locks
	Provider Provider
	Now      func() time.Time
	Log      *slog.Logger
	// GOOS is the system the rules are for, as in runtime.GOOS.
	GOOS string
	// Keychain is the item in which Claude Code keeps its login on macOS; nil
	// elsewhere. On darwin without one everything that would write the live
	// login refuses.
	Keychain *keychain.Item
	// SpareLocks has everything wait for locks of other programs and never
	// take one over, however long nobody has kept it alive.
	SpareLocks bool
	// Mirror gives the keyring that copies of logins are kept in. asked says
	// that the person waits for it and may be asked for its password; else it
	// answers soon and asks nobody. nil: there is none.
	Mirror func(asked bool) Mirror
	// MirrorSwitch is the environment's word on copies, which beats the switch
	// keyring.mirror: "on", anything else for off, "" for none.
	MirrorSwitch string
	// Progress is told what an action on an account waits for; key is "" where it
	// is about none alone.
	Progress func(key string, wait Wait)
	// Step, where it is set, is told each step of an operation that is not a
	// file operation of FS, just before it is taken. Tests stop the process
	// there; nothing else uses it.
	Step func(name string)
}

// Core does everything that changes accounts. Its methods may be called from
// any goroutine and by several processes at once.
type Core struct {
	Env
	// lastConfig is what was last found in .claude.json. It saves looking
	// through megabytes again and is never trusted: the bytes are compared.
	lastConfig atomic.Pointer[config]
	printer    files.Printer
	// shut is how the Keychain refused last, nil where it did not.
	shut atomic.Pointer[refusal]
	// configSeen saves reading it for a view while the file did not change.
	configSeen atomic.Pointer[configSeen]
	// lastSwapSeen saves reading the activity log for every view.
	lastSwapSeen atomic.Pointer[swapSeen]
}

// lockWait is how long an operation waits for another one of Baton's. The two
// kinds differ in what may happen under them: the account's and the client's
// lock are held across a request to the provider, the store's never is.
const (
	lockWait  = 9 * time.Second
	storeWait = 5 * time.Second
	// saveWait is for an answer of the provider, which is lost where it cannot
	// be saved.
	saveWait = time.Minute
)

// freshMargin is how much life an access token must have left to be put in
// front of Claude Code.
const freshMargin = 10 * time.Minute

// New makes a core on its surroundings.
func New(env Env) *Core {
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	if env.Progress == nil {
		env.Progress = func(string, Wait) {}
	}
	if env.Step == nil {
		env.Step = func(string) {}
	}
	if env.GOOS == "windows" {
		env.FS = files.OnWindows(env.FS)
	}
	return &Core{Env: env, printer: files.NewPrinter()}
}

// sparing is this core for what nobody is waiting for: it takes over no lock.
func (c *Core) sparing() *Core {
	env := c.Env
	env.SpareLocks = true
	return New(env)
}

// lock takes one of Baton's own locks, or says who has to wait for what.
func (c *Core) lock(ctx context.Context, path string, wait time.Duration) (func(), error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	release, err := c.Locks.Lock(ctx, path)
	switch {
	case errors.Is(err, files.ErrBusy):
		return nil, &Error{Code: CodeBusy, Message: "another Baton is at work on the same login", Hint: "try again in a moment", Err: err}
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		return nil, unwritable(path, err)
	}
	return release, nil
}

// liveSupported refuses where the live login cannot be reached.
func (c *Core) liveSupported() error {
	if c.GOOS == "darwin" && c.Keychain == nil {
		return &Error{
			Code:    CodeUnsupported,
			Message: "on macOS Claude Code keeps its login in the Keychain, which this Baton cannot reach",
			Hint:    "listing accounts and logging in work; swapping does not",
		}
	}
	return nil
}
