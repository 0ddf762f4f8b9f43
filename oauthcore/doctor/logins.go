package doctor

import (
	"context"
	"errors"
	"fmt"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// logins looks at the accounts, the account pool and the live login. Nothing is
// written, and the provider is not asked. What follows from a damaged file is
// left out.
func (x *examination) logins(ctx context.Context) {
	s := x.ReadForDisplay(ctx)
	x.waiting(s)
	if x.damaged[x.Paths.Vault()] {
		return
	}
	poolDamaged := x.damaged[x.Paths.Pool()]
	if poolDamaged && !s.Vault.Present {
		return // the accounts are known by the pool alone
	}
	if !poolDamaged {
		x.pool(s)
	}
	kept := s.Vault.Present
	rivals := map[string]string{}
	for _, a := range s.Vault.Accounts() {
		if rival := s.Vault.RivalOf(a); rival != nil {
			rivals[a.Key] = rival.Key
		}
	}
	live, cfg := x.liveLogin(ctx)
	o, err := x.Preview(s, live, cfg)
	if live != nil && err == nil {
		x.live(o, kept)
	}
	x.accounts(ctx, o, rivals)
}

// pool compares the account pool with the vault. Before there is a vault the
// pool is where its accounts will come from, and nothing has to agree.
func (x *examination) pool(s *oauthcore.State) {
	if !s.Vault.Present {
		return
	}
	report := func(id string, severity Severity, key, message, fix string) {
		x.report(Finding{ID: id, Severity: severity, Path: x.Paths.Pool(), subject: key, Message: message, Fix: fix, repair: x.settle})
	}
	for _, e := range s.Pool.Entries {
		a := s.Vault.Get(e.Key)
		unknown := s.UnknownEntry(e)
		switch {
		case a != nil && a.Removed && unknown:
			// Another program's login: open leaves it alone.
			x.report(Finding{
				ID: "pool_removed", Severity: SeverityInfo, Path: x.Paths.Pool(), subject: e.Key,
				Message: e.Key + " was removed from Baton, and another program logged in to it again",
				Fix:     "log in to it with Baton to use it: baton login --email " + accounts.AddressOf(e.Key),
			})
		case a != nil && a.Removed && e.HasLogin():
			report("pool_removed", SeverityInfo, e.Key, e.Key+" was removed from Baton and is in it again", "baton doctor --fix takes it out")
		case a != nil && a.Removed:
		case unknown && a == nil:
			report("pool_new", SeverityInfo, e.Key, "it has an account Baton has not taken over yet: "+e.Key, "baton doctor --fix takes it over")
		case unknown:
			report("pool_newer", SeverityWarning, e.Key, "it has another login for "+a.Name()+" than Baton", "baton doctor --fix finds out whose it is and takes it over")
		case a != nil && a.Credential.Usable() && !e.RefreshToken.Equal(a.Credential.RefreshToken):
			report("pool_older", SeverityWarning, e.Key, "it has a used-up login of "+a.Name(), "baton doctor --fix writes the newest one")
		case a == nil && e.HasLogin():
			report("pool_older", SeverityWarning, e.Key, "it has a login Baton keeps under another name: "+e.Key, "baton doctor --fix takes it out")
		}
	}
	var missing []*accounts.Account
	for _, a := range s.Vault.Accounts() {
		if s.Pool.Get(a.Key) == nil && a.Credential.Usable() {
			missing = append(missing, a)
		}
	}
	if len(missing) > 0 && len(s.Pool.Entries) == 0 {
		report("pool_missing", SeverityWarning, "", "there is no account pool for huskies to read", "baton doctor --fix writes it")
		return
	}
	for _, a := range missing {
		report("pool_missing", SeverityWarning, a.Key, a.Name()+" is missing from it; Baton keeps the account", "baton doctor --fix adds it")
	}
}

// liveLogin reads both of Claude Code's files; nil if one cannot be read.
func (x *examination) liveLogin(ctx context.Context) (*claude.Live, claude.Config) {
	if x.damaged[x.config] || x.damaged[x.Paths.Credentials()] && x.byFile(ctx) {
		return nil, claude.Config{}
	}
	live, err := x.ReadLive(ctx)
	if err != nil {
		x.refusedBy(err)
		return nil, claude.Config{} // or changed since documents read it; the next examination reports it
	}
	cfg, err := x.ReadConfig(ctx)
	if err != nil {
		return nil, claude.Config{}
	}
	return &live, cfg
}

// refusedBy reports a Keychain that does not give the live login. Only the
// person can repair that.
func (x *examination) refusedBy(cause error) {
	var p *view.Problem
	if x.Keychain == nil || !errors.As(cause, &p) {
		return
	}
	f := Finding{ID: "keychain", Severity: SeverityError, Message: p.Message, Fix: p.Hint}
	if p.Code == view.CodeDamaged {
		f.ID = "damaged"
	}
	x.report(f)
}

// live looks at the login Claude Code uses.
func (x *examination) live(o *oauthcore.Opened, kept bool) {
	path := o.Live.Path()
	switch {
	case o.Live.Credential.Tombstone():
		x.report(Finding{
			ID: "login_refused", Severity: SeverityWarning, Path: path,
			Message: "the provider refused the login Claude Code used, and Claude Code emptied it",
			Fix:     "swap to another account with: baton swap; or log in again with: baton login",
		})
	case !o.Live.Usable():
	case o.Owner == nil:
		x.unknown(o)
	case o.Owner.Removed:
		x.report(Finding{
			ID: "login_removed", Severity: SeverityInfo, Path: path, subject: o.Owner.Key,
			Message: "Claude Code still uses " + o.Owner.Key + ", which was removed from Baton",
			Fix:     "leave it with: baton swap ACCOUNT; or take it back with: baton import",
		})
	default:
		x.agree(o, kept)
	}
}

// unknown reports a live login whose owner only the provider can name.
func (x *examination) unknown(o *oauthcore.Opened) {
	f := Finding{
		ID: "unknown_login", Severity: SeverityError, Path: o.Live.Path(), subject: o.Live.Credential.Fingerprint(),
		Message: "the login Claude Code uses belongs to no account Baton knows, so no swap touches it",
		Fix:     "log in to it again with: baton login; or keep a copy and go on with: baton swap --set-aside",
	}
	if o.Live.Credential.FreshAt(x.now, 0) {
		f.Fix = "baton doctor --fix, like baton import, asks the provider whose it is; else " + f.Fix
		f.Severity, f.repair = SeverityWarning, x.settle
	}
	x.report(f)
}

// agree checks that Claude Code's files and the vault agree on the live login.
func (x *examination) agree(o *oauthcore.Opened, kept bool) {
	a, path := o.Owner, o.Live.Path()
	if o.Added && kept {
		x.report(Finding{
			ID: "login_new", Severity: SeverityInfo, Path: path, subject: a.Key,
			Message: "Claude Code uses an account Baton has not taken in yet: " + a.Name(),
			Fix:     "baton doctor --fix takes it in, and so does: baton import", repair: x.settle,
		})
	}
	if o.Older() && a.Credential.Usable() {
		x.report(x.reachable(Finding{
			ID: "login_older", Severity: SeverityError, Path: path, subject: a.Key,
			Message: "Claude Code has a used-up login of " + a.Name() + "; Baton keeps the newest one",
			Fix:     "baton doctor --fix gives Claude Code the newest", repair: x.settle,
		}))
	} else if o.ForeignSiblings() {
		x.report(x.reachable(Finding{
			ID: "mixed_login", Severity: SeverityError, Path: path, subject: a.Key,
			Message: "what stands beside the login of " + a.Name() + " is another account's: Claude Code may act for the wrong organization",
			Fix:     "baton doctor --fix puts " + a.Name() + "'s in its place", repair: x.settle,
		}))
	}
	named := o.Config.Identity()
	if o.Config.Account == nil || !a.Identified() || a.Is(named) {
		return
	}
	who := "no account"
	if named.Email != "" {
		who = named.Email
	}
	f := Finding{
		ID: "account_mismatch", Severity: SeverityError, Path: o.Config.Path(), subject: a.Key,
		Message: fmt.Sprintf("its oauthAccount names %s, but the login is %s's: Claude Code acts under the wrong name", who, a.Name()),
		Fix:     "baton doctor --fix makes it name " + a.Name(),
		repair:  x.settle,
	}
	if a.OAuthAccount == nil {
		f.Fix = "baton doctor --fix asks the provider for the account's name and writes it"
		f.repair = repair{last, func(ctx context.Context) error { return x.nameLive(ctx, a.Key) }}
	}
	x.report(x.reachable(f))
}

// reachable takes the repair off if the live login cannot be written.
func (x *examination) reachable(f Finding) Finding {
	if x.Supported() != nil {
		f.repair, f.Fix = repair{}, ""
	}
	return f
}
