//go:build !js

package local

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
	"time"

	"baton/app/backend"
	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/keychain"
	"baton/oauthcore/mirror"
	"baton/oauthcore/provider"
	"baton/oauthcore/setup"
	"baton/oauthcore/view"
)

// Config is what a Backend stands on. The zero value of every member means
// this process's own.
type Config struct {
	// Lookup looks up an environment variable, as os.LookupEnv does; Getenv, where
	// it alone is set, serves as well: a variable it gives "" for is then not set.
	Lookup  claude.Lookup
	Getenv  func(string) string
	Home    func() (string, error)
	Now     func() time.Time
	Log     *slog.Logger
	GOOS    string
	OpenURL func(string) error // opens the system's browser; nil: nothing is opened
	Version string
	// Switches are those of the surroundings, beside the core's.
	Switches []Switch
	// Program tells where this program lies, for Claude Code's settings; nil:
	// the running one.
	Program func() (string, error)
	// RunClaude runs Claude Code with these arguments and this environment,
	// for a login through it; nil: the program `claude` on the search path.
	RunClaude func(ctx context.Context, env []string, args ...string) error
	// Security runs macOS's program security, which is asked only where GOOS is
	// darwin; nil: the system's own, and none for another provider's logins.
	Security keychain.Runner
	// ManagedDir is the directory of Claude Code's managed settings, and WorkDir
	// the working directory, whose project settings apply to a Claude Code
	// started there, if CLAUDE_PROJECT_DIR names no other; "": none are read. They are no defaults of this process, so
	// that tests read only what they wrote.
	ManagedDir, WorkDir string
	// Processes is the table in which running Claude Codes are looked up.
	Processes claude.ProcessTable
	// Environ gives the environment of a running process; nil: the system's, where
	// it can be read.
	Environ func(pid int) (env claude.Lookup, ok bool)
	// Keyring gives the keyring that copies of logins are kept in; nil: the
	// system's.
	Keyring func(asked bool) mirror.Keyring
}

// Backend is this machine's accounts. Its zero value is not ready; use New.
type Backend struct {
	Config
	core   *oauthcore.Core
	setup  *setup.Setup
	copies *mirror.Mirror
	client *provider.Client
	// network is what client goes by.
	network *network
	hub     backend.Hub
	mirror  mirroring

	reloading sync.Mutex // held while a snapshot is taken to be kept

	mu       sync.Mutex
	running  int                     // actions under way
	busy     map[string]backend.Wait // what the action on a key waits for
	cached   *backend.Snapshot       // nil until a watcher keeps it fresh
	watchers int
	// stopWatch ends the watching, nil while nobody ever listened.
	stopWatch context.CancelFunc
	login     *flow // the one login under way
}

var _ backend.Backend = (*Backend)(nil)

// New opens the accounts of the environment. Nothing is read or changed yet.
// The error is a *backend.Problem.
func New(cfg Config) (*Backend, error) {
	cfg = cfg.withDefaults()
	paths, err := claude.PathsFrom(cfg.Lookup, cfg.Home)
	if err != nil {
		return nil, problem(err)
	}
	paths.Managed, paths.Project = cfg.ManagedDir, cfg.WorkDir
	if dir := cfg.Getenv(projectVariable); filepath.IsAbs(dir) && cfg.WorkDir != "" {
		paths.Project = dir // a session may have gone to another directory meanwhile
	}
	endpoints := provider.Default()
	if base := cfg.Getenv("BATON_PROVIDER"); base != "" {
		if endpoints, err = provider.FromBase(base); err != nil {
			return nil, &backend.Problem{
				Code:    backend.ProblemUsage,
				Message: "BATON_PROVIDER is not an address Baton may use: " + err.Error(),
				Hint:    "give an https address, or http on this machine (127.0.0.1 or localhost)",
				Err:     err,
			}
		}
	}
	network := &network{lookup: cfg.Lookup, log: cfg.Log}
	client := provider.New(endpoints, provider.Options{
		Now: cfg.Now, UserAgent: "baton/" + cfg.Version, Roots: network.Roots, Proxy: network.Proxy,
	})
	b := &Backend{Config: cfg, client: client, network: network, busy: map[string]backend.Wait{}}
	goos, item := cfg.system()
	b.core = oauthcore.New(oauthcore.Env{
		Paths: paths, FS: files.OS{}, Locks: &files.Locks{}, Provider: client,
		Now: cfg.Now, Log: cfg.Log, GOOS: goos, Keychain: item, Progress: b.progress,
	})
	network.store = b.core.Store
	b.setup = setup.New(b.core.Store)
	b.copies = mirror.New(b.core, cfg.Keyring, mirrorSwitch(cfg.Getenv))
	b.core.Copies = b.copies
	return b, nil
}

func (c Config) withDefaults() Config {
	switch {
	case c.Lookup != nil:
		c.Getenv = func(name string) string { value, _ := c.Lookup(name); return value }
	case c.Getenv == nil:
		c.Lookup, c.Getenv = os.LookupEnv, os.Getenv
	default:
		getenv := c.Getenv
		c.Lookup = func(name string) (string, bool) { value := getenv(name); return value, value != "" }
	}
	if c.Home == nil {
		c.Home = os.UserHomeDir
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.GOOS == "" {
		c.GOOS = runtime.GOOS
	}
	if c.OpenURL == nil {
		c.OpenURL = func(string) error { return nil }
	}
	if c.Program == nil {
		c.Program = program
	}
	if c.RunClaude == nil {
		c.RunClaude = runClaude
	}
	if c.Environ == nil {
		c.Environ = environ
	}
	if c.Processes == nil {
		c.Processes = processes
	}
	if c.Keyring == nil {
		c.Keyring = systemKeyring
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	return c
}

// Folder is where Baton keeps its own files.
func (b *Backend) Folder() string { return b.core.Paths.Own() }

// Snapshot implements backend.Backend. While somebody listens to Events it is
// the kept one; else the files are read.
func (b *Backend) Snapshot() backend.Snapshot {
	b.mu.Lock()
	if b.cached != nil {
		defer b.mu.Unlock()
		return *b.cached
	}
	b.mu.Unlock()
	return b.take()
}

// Events implements backend.Backend. The first listener starts the watching
// of the files, the last one ends it, whoever that is.
func (b *Backend) Events(ctx context.Context) <-chan backend.Event {
	ch := b.hub.Listen(ctx)
	var watched context.Context
	b.mu.Lock()
	if b.watchers++; b.watchers == 1 {
		watched, b.stopWatch = context.WithCancel(context.WithoutCancel(ctx))
	}
	b.mu.Unlock()
	if watched != nil {
		b.reload()
		go b.watch(watched)
	}
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.watchers--; b.watchers == 0 {
			b.stopWatch()
			b.cached = nil
		}
	})
	return ch
}

// reload takes a new snapshot and tells the listeners if it says anything new.
// One at a time: a snapshot taken earlier must not replace a later one.
func (b *Backend) reload() {
	b.mu.Lock()
	watched := b.watchers > 0
	b.mu.Unlock()
	if !watched {
		return // nobody keeps a snapshot: the next one is read when it is asked for
	}
	b.reloading.Lock()
	defer b.reloading.Unlock()
	next := b.take()
	b.mu.Lock()
	changed := b.cached == nil || !same(*b.cached, next)
	if b.watchers > 0 {
		b.cached = &next
	}
	b.mu.Unlock()
	if changed {
		b.hub.Send(backend.Event{Kind: backend.EventChanged})
	}
}

// same compares two snapshots but for the moment they were taken.
func same(a, c backend.Snapshot) bool {
	a.TakenAt, c.TakenAt = time.Time{}, time.Time{}
	return reflect.DeepEqual(a, c)
}

// progress is told by the core what an action waits for.
func (b *Backend) progress(key string, w view.Wait) {
	b.mu.Lock()
	if key != "" {
		b.busy[key] = backend.Wait(w)
	}
	b.mu.Unlock()
	b.hub.Send(backend.Event{Kind: backend.EventProgress, Key: key, Wait: backend.Wait(w)})
}
