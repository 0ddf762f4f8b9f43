package oauthcore

import (
	"context"
	"slices"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/secret"
)

// State is what one read-modify-write sees: all of Baton's files at once.
type State struct {
	Vault *accounts.Vault
	Pool  *accounts.Pool
	Usage *accounts.UsageStore
	// journal is what the provider handed out and the vault has not got yet,
	// aside the fingerprints of the logins in set-aside.
	journal []*answer
	aside   map[string]bool
	// merged are the accounts that others turned out to be, by the keys of those.
	merged map[string]*accounts.Account
	// vaultOnly says that pool and usage store were not read, or could not be:
	// neither is written.
	vaultOnly bool
	readOnly  bool // for display: nothing is written to disk
}

// Unsure says that it is not known whether the account's login still works.
func (s *State) Unsure(a *accounts.Account) bool { return s.UnsureWhy(a) != "" }

// UnsureWhy gives the reason, "" where there is none: a doubt noted in the
// vault, or a journal entry for the account's token without an answer.
func (s *State) UnsureWhy(a *accounts.Account) accounts.Doubt {
	if a.Doubt != "" {
		return a.Doubt
	}
	if s.sent(a) {
		return accounts.DoubtSent
	}
	return ""
}

// sent says that a request with the account's token went out and no answer was
// saved.
func (s *State) sent(a *accounts.Account) bool {
	if len(s.journal) == 0 {
		return false
	}
	fp := a.Credential.Fingerprint()
	return fp != "" && slices.ContainsFunc(s.journal, func(e *answer) bool { return e.presented == fp && !e.answered() })
}

// known says that the token is an account's, or was, or lies in set-aside.
func (s *State) known(t secret.Secret) bool { return s.Vault.Knows(t) || s.aside[t.Fingerprint()] }

// UnknownEntry says that a pool entry holds a login the vault does not know. An
// entry without a refresh token is told by its access token.
func (s *State) UnknownEntry(e *accounts.PoolEntry) bool {
	a := s.Vault.Get(e.Key)
	if !e.RefreshToken.Empty() {
		return (a == nil || !e.RefreshToken.Equal(a.Credential.RefreshToken)) && !s.known(e.RefreshToken)
	}
	if e.AccessToken.Empty() {
		return false
	}
	if s.known(e.AccessToken) || s.Vault.HasAccess(e.AccessToken) {
		return false
	}
	return a == nil || !a.Removed && a.Credential.RefreshToken.Empty()
}

// Candidates gives what the choice of the next account looks at.
func (s *State) Candidates(now time.Time) []accounts.Candidate {
	rivals := s.Vault.Rivals()
	return accounts.Candidates(s.Vault, s.Usage, func(a *accounts.Account) bool { return s.sent(a) || rivals.Of(a) != nil }, now)
}

// Read loads vault, pool, usage store and journal as they are; the accounts of a
// vault that was restored from a backup are in doubt. The error is a
// *view.Problem, or that of ctx.
func (c *Core) Read(ctx context.Context) (*State, error) {
	s, err := c.readVault()
	if err == nil {
		err = c.readRest(ctx, s)
	}
	return s, err
}

// readVault loads the vault and what is needed to know a token.
func (c *Core) readVault() (*State, error) {
	doc, err := claude.ReadOr(c.FS, c.Paths.Vault())
	if err != nil {
		return nil, err
	}
	s := &State{}
	if s.Vault, err = c.memory.Vault(doc); err != nil {
		return nil, claude.Damaged(c.Paths.Vault(), err)
	}
	c.noticeRestored(s.Vault)
	if s.journal, err = c.readJournal(); err != nil {
		return nil, err
	}
	if s.aside, err = c.asidePrints(); err != nil {
		return nil, err
	}
	s.Pool, _ = accounts.ParsePool(nil)   // nothing to parse, no error
	s.Usage, _ = accounts.ParseUsage(nil) // the same
	return s, nil
}

// readVaultOnly is readVault for a change that leaves pool and usage store
// alone.
func (c *Core) readVaultOnly(context.Context) (*State, error) {
	s, err := c.readVault()
	if err == nil {
		s.vaultOnly = true
	}
	return s, err
}

// readRest loads what is not needed to keep a login.
func (c *Core) readRest(ctx context.Context, s *State) error {
	pool, err := claude.ReadWhole(ctx, c.FS, c.Paths.Pool(), c.memory.Pool)
	if err != nil {
		return err
	}
	usage, err := c.readUsage()
	if err != nil {
		return err
	}
	s.Pool, s.Usage = pool, usage
	return nil
}

func (c *Core) readUsage() (*accounts.UsageStore, error) {
	doc, err := claude.ReadOr(c.FS, c.Paths.Usage())
	if err != nil {
		return nil, err
	}
	usage, err := c.memory.Usage(doc)
	if err != nil {
		return nil, claude.Damaged(c.Paths.Usage(), err)
	}
	return usage, nil
}

// Update does one read-modify-write under the store lock: fn changes what it
// is given, and what changed is written, vault first. Where fn fails nothing
// is written. fn must not wait for anything. The error is fn's or a
// *view.Problem.
func (c *Core) Update(ctx context.Context, fn func(*State) error) error {
	return c.modify(ctx, claude.StoreWait, c.Read, fn)
}

// save is Update for what the provider answered: it waits longer for its turn,
// and a pool or usage store that cannot be read is left alone and does not keep
// the answer out of the vault.
func (c *Core) save(ctx context.Context, fn func(*State) error) error {
	return c.modify(ctx, saveWait, func(ctx context.Context) (*State, error) {
		s, err := c.readVault()
		if err != nil {
			return nil, err
		}
		if err := c.readRest(ctx, s); err != nil {
			c.Log.Warn("saved to the vault alone", "error", err)
			s.vaultOnly = true
		}
		return s, nil
	}, fn)
}

func (c *Core) modify(ctx context.Context, wait time.Duration, read func(context.Context) (*State, error), fn func(*State) error) error {
	// What is about to be saved may be a token that exists nowhere else: a
	// cancelled action must not come between.
	ctx = context.WithoutCancel(ctx)
	release, err := c.Lock(ctx, c.Paths.StoreLock(), wait)
	if err != nil {
		return err
	}
	defer release()
	s, err := read(ctx)
	if err != nil {
		return err
	}
	if err := fn(s); err != nil {
		return err
	}
	s.Vault.Recount(c.Now())
	if err := c.writeVault(s); err != nil || s.vaultOnly {
		return err
	}
	if err := s.align(); err != nil {
		return claude.Damaged(c.Paths.Pool(), err)
	}
	if s.Pool.Changed() {
		doc, err := s.Pool.Encode()
		if err != nil {
			return claude.Damaged(c.Paths.Pool(), err)
		}
		if err := files.WriteWhole(c.FS, c.Paths.Pool(), doc); err != nil {
			return claude.Unwritable(c.Paths.Pool(), err)
		}
	}
	return c.writeUsage(s.Usage)
}

// UpdateUsage is Update for a change of the usage store alone: vault and pool are
// neither read nor written. The error is a *view.Problem.
func (c *Core) UpdateUsage(ctx context.Context, fn func(*accounts.UsageStore)) error {
	release, err := c.Lock(context.WithoutCancel(ctx), c.Paths.StoreLock(), claude.StoreWait)
	if err != nil {
		return err
	}
	defer release()
	u, err := c.readUsage()
	if err != nil {
		return err
	}
	fn(u)
	return c.writeUsage(u)
}

// writeUsage writes the usage store, if it changed.
func (c *Core) writeUsage(u *accounts.UsageStore) error {
	doc, changed, err := u.Encode()
	if err != nil {
		return claude.Damaged(c.Paths.Usage(), err)
	}
	if changed {
		if err := files.WriteWhole(c.FS, c.Paths.Usage(), doc); err != nil {
			return claude.Unwritable(c.Paths.Usage(), err)
		}
	}
	return nil
}

// writeVault writes the vault, if it changed.
func (c *Core) writeVault(s *State) error {
	if !s.Vault.Changed() {
		return nil
	}
	doc, err := s.Vault.Encode()
	if err != nil {
		return claude.Damaged(c.Paths.Vault(), err)
	}
	if err := c.MakeOwn(); err != nil {
		return err
	}
	if err := files.WriteWhole(c.FS, c.Paths.Vault(), doc); err != nil {
		return claude.Unwritable(c.Paths.Vault(), err)
	}
	c.rememberSeq(s.Vault.Seq + 1)
	return nil
}

// MakeOwn makes the directory of Baton's files, and keeps it out of a git
// repository that ~/.claude may lie in.
func (c *Core) MakeOwn() error {
	if _, err := c.FS.Stat(c.Paths.GitIgnore()); err == nil {
		return nil
	}
	if err := files.WriteWhole(c.FS, c.Paths.GitIgnore(), []byte("*\n")); err != nil {
		return claude.Unwritable(c.Paths.GitIgnore(), err)
	}
	return nil
}
