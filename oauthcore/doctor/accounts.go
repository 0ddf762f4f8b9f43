package doctor

import (
	"context"
	"fmt"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

// accounts looks at each account's own state. rivals are the unidentified
// accounts that the vault has under the key of another, by that key.
func (x *examination) accounts(ctx context.Context, o *oauthcore.Opened, rivals map[string]string) {
	for _, a := range o.Vault.Accounts() {
		if a.Doubt == accounts.DoubtRestored && !a.NeedsNewLogin() {
			x.report(Finding{
				ID: "vault_restored", Severity: SeverityWarning, Path: x.Paths.Vault(),
				Message: "it is older than this machine remembers, as from a backup: its logins may be used up since",
				Fix:     "baton doctor --fix tries each of them; those the provider refuses have to log in again",
				repair:  x.settle,
			})
			break
		}
	}
	for _, a := range o.Vault.Accounts() {
		why := o.UnsureWhy(a)
		rival := rivals[a.Key]
		switch {
		case a.NeedsNewLogin():
			p := oauthcore.NeedsLogin(a, "")
			x.report(Finding{ID: "needs_login", Severity: SeverityInfo, Message: p.Message, Fix: p.Hint, subject: a.Key})
		case why == accounts.DoubtSent && a.Doubt == "" && x.held(ctx, x.Paths.AccountLock(a.Key)):
			// Its refresh is under way.
		case why != "":
			x.report(Finding{
				ID: "unsure", Severity: SeverityWarning, subject: a.Key,
				Message: "it is not known whether the login of " + a.Name() + " still works: " + reasonOf(why),
				Fix:     fmt.Sprintf("baton doctor --fix finds out, like: baton refresh %q", a.Name()),
				repair:  repair{refreshing, func(ctx context.Context) error { return x.ascertain(ctx, a.Key) }},
			})
		case rival != "":
			x.report(Finding{
				ID: "rival", Severity: SeverityWarning, subject: a.Key,
				Message: "the account pool had another login for " + a.Name() + ", and whose it is is not known",
				Fix:     "baton doctor --fix finds out by a refresh of that login",
				repair:  repair{refreshing, func(ctx context.Context) error { return x.ascertain(ctx, rival) }},
			})
		}
	}
}

func reasonOf(d accounts.Doubt) string {
	switch d {
	case accounts.DoubtRestored:
		return "it came back with a backup"
	case accounts.DoubtCopied:
		return "it came back from the keyring"
	case accounts.DoubtClient:
		return "Claude Code was asked to log in again"
	case accounts.DoubtSetAside:
		return "a login set aside may be its newest"
	case accounts.DoubtGone:
		return "it disappeared from Claude Code's file"
	case accounts.DoubtRival:
		return "the account pool had an earlier login under its name"
	}
	return "a refresh was sent and its answer was never saved"
}

// ascertain finds out whether an account's login still works. A refusal answers
// that, too: the account then needs a login.
func (x *examination) ascertain(ctx context.Context, key string) error {
	if err := x.settle.run(ctx); err != nil && x.stopped != nil {
		return x.stopped
	}
	pending, err := x.pending(ctx, key)
	if err != nil || !pending {
		return err
	}
	if _, err = x.RefreshUnnamed(ctx, key); view.CodeOf(err) == view.CodeNeedsLogin {
		return nil
	}
	return err
}

// pending says that the account's login still has to be tried.
func (x *examination) pending(ctx context.Context, key string) (bool, error) {
	s, err := x.Read(ctx)
	if err != nil {
		return false, err
	}
	a := s.Vault.Get(key)
	return a != nil && !a.Removed && !a.NeedsNewLogin() && (s.Unsure(a) || s.Vault.Get(a.Rival) != nil), nil
}

// nameLive asks the provider for the live account's name, which Baton never
// saw, and has oauthAccount name it.
func (x *examination) nameLive(ctx context.Context, key string) error {
	if err := x.settle.run(ctx); err != nil {
		return err
	}
	s, err := x.Read(ctx)
	if err != nil {
		return err
	}
	if a := s.Vault.Get(key); a != nil && a.OAuthAccount == nil && !a.Credential.FreshAt(x.Now(), 0) {
		if s.Unsure(a) {
			return &view.Problem{
				Code: view.CodeUnsure, Key: key,
				Message: "the provider cannot be asked for its name: whether its login still works is not known",
				Hint:    fmt.Sprintf("log in again with: baton login --email %s; or try the login: baton refresh %q", accounts.AddressOf(key), key),
			}
		}
		if _, err := x.Refresh(ctx, key); err != nil {
			return err
		}
	}
	if err := x.Describe(ctx, key); err != nil {
		return err
	}
	return x.openAndClose(ctx)
}
