package oauthcore

import (
	"context"
	"errors"
	"fmt"
)

// logins looks at the accounts, the account pool and the login Claude Code
// uses, as View does: nothing is written, nobody is asked. What a damaged file
// would say is left out.
func (k *checkup) logins(ctx context.Context) {
	if k.bad[k.Paths.Vault()] {
		return
	}
	s, err := k.read()
	if err != nil {
		s = k.salvage()
	}
	if k.bad[k.Paths.Pool()] && !s.vault.Present {
		return // the pool is all there is to know the accounts by
	}
	k.noticeRestored(s.vault)
	if !k.bad[k.Paths.Pool()] {
		k.pool(s)
	}
	o := &opened{store: s}
	p := newProofs()
	if err := k.adoptPool(o, p); err == nil {
		o.adoptMarks(k.now)
	}
	k.live(ctx, o, p)
	k.accounts(o)
}

// pool compares the account pool with the vault. Before there is a vault the
// pool is where it will come from, and nothing has to agree.
func (k *checkup) pool(s *store) {
	if !s.vault.Present {
		return
	}
	path := k.Paths.Pool()
	tell := func(id string, severity Severity, key, message, fix string) {
		k.report(Finding{ID: id, Severity: severity, Path: path, subject: key, Message: message, Fix: fix, mend: k.settle})
	}
	for _, e := range s.pool.Entries {
		a := s.vault.Get(e.Key)
		switch {
		case a != nil && a.Removed:
			tell("pool_removed", SeverityInfo, e.Key, e.Key+" was removed from Baton and is in it again", "baton doctor --fix takes it out")
		case s.news(e) && a == nil:
			tell("pool_new", SeverityInfo, e.Key, "it has an account Baton has not taken over yet: "+e.Key, "baton doctor --fix takes it over")
		case s.news(e):
			tell("pool_newer", SeverityWarning, e.Key, "it has another login for "+a.Name()+" than Baton", "baton doctor --fix finds out whose it is and takes it over")
		case a != nil && a.Credential.Usable() && !e.RefreshToken.Equal(a.Credential.RefreshToken):
			tell("pool_older", SeverityWarning, e.Key, "it has a used-up login of "+a.Name(), "baton doctor --fix writes the newest one")
		}
	}
	var missing []*Account
	for _, a := range s.vault.Accounts() {
		if _, ok := s.pool.Get(a.Key); !ok && a.Credential.Usable() {
			missing = append(missing, a)
		}
	}
	if len(missing) > 0 && len(s.pool.Entries) == 0 {
		tell("pool_missing", SeverityWarning, "", "there is no account pool for huskies to read", "baton doctor --fix writes it")
		return
	}
	for _, a := range missing {
		tell("pool_missing", SeverityWarning, a.Key, a.Name()+" is missing from it; Baton keeps the account", "baton doctor --fix adds it")
	}
}

// live looks whose the login is that Claude Code uses.
func (k *checkup) live(ctx context.Context, o *opened, p *proofs) {
	if k.bad[k.Paths.ClaudeJSON] || k.bad[k.Paths.Credentials()] && k.byFile(ctx) {
		return
	}
	var err error
	if o.live, err = k.readLive(ctx); err != nil {
		k.refusedBy(err)
		return // or changed since documents looked; the next look tells
	}
	if o.cfg, err = k.readConfig(); err != nil {
		return
	}
	path := o.live.at.path()
	if o.live.Credential.Tombstone() {
		k.report(Finding{
			ID: "login_refused", Severity: SeverityWarning, Path: path,
			Message: "the provider refused the login Claude Code used, and Claude Code emptied it",
			Fix:     "swap to another account with: baton swap; or log in again with: baton login",
		})
		return
	}
	if !o.live.Usable() {
		return
	}
	kept := o.vault.Present
	if err := k.adoptLive(o, p, false); err != nil {
		return
	}
	switch {
	case o.owner == nil:
		k.unknown(o)
	case o.owner.Removed:
		k.report(Finding{
			ID: "login_removed", Severity: SeverityInfo, Path: path, subject: o.owner.Key,
			Message: "Claude Code still uses " + o.owner.Key + ", which was removed from Baton",
			Fix:     "leave it with: baton swap ACCOUNT; or take it back with: baton import",
		})
	default:
		k.agree(o, kept)
	}
}

// byFile says that Claude Code goes by the credentials file: everywhere but
// where macOS's Keychain has an item.
func (k *checkup) byFile(ctx context.Context) bool {
	if k.Keychain == nil {
		return true
	}
	doc, err := k.liveItem().read(ctx)
	return err == nil && doc == nil
}

// refusedBy reports a Keychain that does not give Claude Code's login. Nothing
// but the person can mend that.
func (k *checkup) refusedBy(cause error) {
	var e *Error
	if k.Keychain == nil || !errors.As(cause, &e) {
		return
	}
	f := Finding{ID: "keychain", Severity: SeverityError, Message: e.Message, Fix: e.Hint}
	if e.Code == CodeDamaged {
		f.ID = "damaged"
	}
	k.report(f)
}

// unknown reports a live login nobody can be found for without asking.
func (k *checkup) unknown(o *opened) {
	f := Finding{
		ID: "unknown_login", Severity: SeverityError, Path: o.live.at.path(), subject: o.live.Credential.Fingerprint(),
		Message: "the login Claude Code uses belongs to no account Baton knows, so no swap touches it",
		Fix:     "log in to it again with: baton login; or keep a copy and go on with: baton swap --set-aside",
	}
	if o.live.Credential.FreshAt(k.now, 0) {
		f.Fix = "baton doctor --fix, like baton import, asks the provider whose it is; else " + f.Fix
		f.Severity, f.mend = SeverityWarning, k.settle
	}
	k.report(f)
}

// agree looks whether Claude Code's files say the same of the live login.
func (k *checkup) agree(o *opened, kept bool) {
	a := o.owner
	if o.added && kept {
		k.report(Finding{
			ID: "login_new", Severity: SeverityInfo, Path: o.live.at.path(), subject: a.Key,
			Message: "Claude Code uses an account Baton has not taken in yet: " + a.Name(),
			Fix:     "baton doctor --fix takes it in, and so does: baton import", mend: k.settle,
		})
	}
	if a.Older(o.live.Credential) && a.Credential.Usable() {
		f := Finding{
			ID: "login_older", Severity: SeverityError, Path: o.live.at.path(), subject: a.Key,
			Message: "Claude Code has a used-up login of " + a.Name() + "; Baton keeps the newest one",
			Fix:     "baton doctor --fix gives Claude Code the newest", mend: k.settle,
		}
		k.report(k.reachable(f))
	}
	named := identityIn(o.cfg.account)
	if o.cfg.account == nil || !a.Identified() || a.Is(named) {
		return
	}
	who := named.Email
	if who == "" {
		who = "nobody"
	}
	f := Finding{
		ID: "account_mismatch", Severity: SeverityError, Path: k.Paths.ClaudeJSON, subject: a.Key,
		Message: fmt.Sprintf("its oauthAccount names %s, but the login is %s's: Claude Code acts under the wrong name", who, a.Name()),
		Fix:     "baton doctor --fix makes it name " + a.Name(),
		mend:    k.settle,
	}
	if a.OAuthAccount == nil {
		f.Fix = "baton doctor --fix asks the provider for the account's name and writes it"
		f.mend = func(ctx context.Context) error { return k.nameLive(ctx, a.Key) }
	}
	k.report(k.reachable(f))
}

// reachable takes the cure off where Claude Code's login cannot be reached.
func (k *checkup) reachable(f Finding) Finding {
	if k.liveSupported() != nil {
		f.mend, f.Fix = nil, ""
	}
	return f
}

// accounts looks at each account's own state.
func (k *checkup) accounts(o *opened) {
	restored := false
	for _, a := range o.vault.Accounts() {
		restored = restored || (a.RestoredFromBackup && !refused(a))
	}
	if restored {
		k.report(Finding{
			ID: "vault_restored", Severity: SeverityWarning, Path: k.Paths.Vault(),
			Message: "it is older than this machine remembers, as from a backup: its logins may be used up since",
			Fix:     "baton doctor --fix tries each of them; those the provider refuses have to log in again",
			mend:    func(context.Context) error { return nil }, // the accounts below are
		})
	}
	for _, a := range o.vault.Accounts() {
		f := Finding{subject: a.Key}
		switch {
		case refused(a):
			e := needsLogin(a, "")
			f.ID, f.Severity, f.Message, f.Fix = "needs_login", SeverityInfo, e.Message, e.Hint
		case a.Unsure():
			f.ID, f.Severity = "unsure", SeverityWarning
			f.Message = "it is not sure that the login of " + a.Name() + " still works: " + unsureWhy(a)
			f.Fix = fmt.Sprintf("baton doctor --fix finds out, like: baton refresh %q", a.Name())
			f.mend = func(ctx context.Context) error { return k.ascertain(ctx, a.Key) }
		default:
			continue
		}
		k.report(f)
	}
}

func refused(a *Account) bool { return a.NeedsLogin || !a.Credential.Usable() }

func unsureWhy(a *Account) string {
	switch {
	case a.RestoredFromBackup:
		return "it came back with a backup"
	case a.ClientDoubts:
		return "Claude Code was told to log in again"
	case a.SetAsideUnsure:
		return "a login set aside may be its newest"
	}
	return "a refresh went out and its answer was never saved"
}
