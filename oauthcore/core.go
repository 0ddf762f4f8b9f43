package oauthcore

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/keychain"
	"baton/oauthcore/provider"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
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
	Paths    claude.Paths
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
	// Progress is called with what an action on an account waits for; key is ""
	// where it is not about a single account.
	Progress func(key string, wait view.Wait)
	// Step is called before each step of an operation that is not a file
	// operation of FS. Tests stop the process there.
	Step func(name string)
}

// Core does everything that changes accounts. Its methods may be called from
// any goroutine and by several processes at once.
type Core struct {
	*claude.Store
	Provider Provider
	// Copies is asked for a newer login before a token in doubt is presented;
	// nil where there is no keyring.
	Copies Copies
	memory *accounts.Memory
	// logSeen saves reading the activity log for every snapshot.
	logSeen *atomic.Pointer[logEnd]
}

// Copies is the keyring's copies of logins, as package mirror keeps them.
type Copies interface {
	// TakeNewer makes the keyring's copy of an unsure account's login the
	// account's if it is a newer one; it stays unsure. The caller holds the
	// account's lock. maybeRotated says that there is a newer copy which may have
	// been replaced since it was made, and was left where it is. The error is a
	// *view.Problem or that of ctx: whether there is a newer login is not known.
	TakeNewer(ctx context.Context, key string) (taken, maybeRotated bool, err error)
}

// saveWait is how long an answer of the provider waits for the store lock.
const saveWait = time.Minute

// New makes a core on its surroundings.
func New(env Env) *Core {
	if env.GOOS == "windows" {
		env.FS = files.OnWindows(env.FS)
	}
	return &Core{
		Store: claude.NewStore(claude.Store{
			Paths: env.Paths, FS: env.FS, Locks: env.Locks, Now: env.Now, Log: env.Log, GOOS: env.GOOS,
			Keychain: env.Keychain, Progress: env.Progress, Step: env.Step,
		}),
		Provider: env.Provider,
		memory:   &accounts.Memory{},
		logSeen:  &atomic.Pointer[logEnd]{},
	}
}

// waiting is this core for work that no person waits for: it breaks no lock.
func (c *Core) waiting() *Core {
	out := *c
	out.Store = c.Store.Waiting()
	return &out
}
