package oauthcore

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// errMoved says that another program changed the account at the same moment.
func errMoved(key string) error {
	return &view.Problem{Code: view.CodeBusy, Message: "another program changed this account just now", Hint: "try again", Key: key}
}

// NeedsLogin is the problem of an account that needs a new login; why is "" for
// the usual reason.
func NeedsLogin(a *accounts.Account, why string) *view.Problem {
	if why == "" {
		why = "the provider no longer accepts its login"
		if a.Credential.RefreshToken.Empty() && !a.NeedsLogin {
			why = "there is no refresh token for it"
		}
	}
	return &view.Problem{
		Code: view.CodeNeedsLogin, Key: a.Key,
		Message: fmt.Sprintf("%s needs a new login: %s", a.Name(), strings.TrimSuffix(why, ".")),
		Hint:    "log in again with: baton login --email " + accounts.AddressOf(a.Key),
	}
}

// errNewer is the problem of an account whose newest login may lie elsewhere.
func errNewer(key, why string) *view.Problem {
	return &view.Problem{
		Code: view.CodeUnsure, Key: key, Message: why,
		Hint: fmt.Sprintf("log in again with: baton login --email %s; or try it at your own risk with: baton refresh %q", accounts.AddressOf(key), key),
	}
}

// errOlderCopy is the problem of an account whose newer login, by its name, was
// just found to be another account's: its own may be an earlier one of that.
func errOlderCopy(a *accounts.Account) *view.Problem {
	return &view.Problem{
		Code: view.CodeUnsure, Key: a.Key,
		Message: fmt.Sprintf("the newer login the account pool held for %s is known as another account now; the older one may be a copy of it that was used up", a.Name()),
		Hint:    fmt.Sprintf("look at: baton list; try it at your own risk with: baton refresh %q, which ends the other login if it is a copy of it", a.Key),
	}
}

// refusal is the provider's own words for refusing an account.
func refusal(cause error) string {
	var pe *provider.Error
	if errors.As(cause, &pe) && pe.Description != "" {
		return pe.Description
	}
	return "no reason given"
}

// refusedProblem is the problem of an account the provider refuses.
func refusedProblem(a *accounts.Account, cause error) *view.Problem {
	return &view.Problem{
		Code: view.CodeRefused, Key: a.Key, Err: cause,
		Message: fmt.Sprintf("the provider refuses %s: %s", a.Name(), refusal(cause)),
		Hint:    "look at the account at claude.ai; the login is kept, and baton refresh tries it again",
	}
}

// trouble is the problem of a provider that could not be reached or has trouble
// of its own. The login is as good as before.
func trouble(verb string, a *accounts.Account, cause error) *view.Problem {
	e := &view.Problem{
		Code: view.CodeOffline, Key: a.Key, Err: cause,
		Message: fmt.Sprintf("could not %s %s: the provider cannot be reached", verb, a.Name()),
		Hint:    "the login is kept; look at the network and try again later",
	}
	var pe *provider.Error
	if errors.As(cause, &pe) {
		e.Message = fmt.Sprintf("could not %s %s: %s", verb, a.Name(), pe.Reason())
		if pe.Kind != provider.ErrNetwork {
			e.Hint = "the login is kept; try again later"
		}
		if pe.Kind == provider.ErrRefused {
			e.Code = view.CodeRefused
		}
		if advice := pe.Advice(); advice != "" {
			e.Hint = "the login is kept; " + advice
		}
		if pe.RetryAfter > 0 {
			e.Hint = fmt.Sprintf("the login is kept; try again in %s", pe.RetryAfter.Round(time.Second))
		}
	}
	return e
}

// errRival is the problem of an account whose key in the pool had a login of an
// account that is not identified yet.
func errRival(a *accounts.Account) *view.Problem {
	return &view.Problem{
		Code: view.CodeOffline, Key: a.Key,
		Message: fmt.Sprintf("the account pool holds another login for %s, and the provider has not said whose it is", a.Name()),
		Hint:    "go online and try again; nothing was changed",
	}
}

// UnknownLive is the *view.Problem that stops an operation on a live login whose
// owner could not be found.
func (o *Opened) UnknownLive() *view.Problem {
	e := &view.Problem{
		Code:    view.CodeUnknownLive,
		Message: "the login Claude Code uses now belongs to no account Baton can name; nothing was changed",
		Hint:    "go online and run: baton import; or log in to it again; or keep a copy and go on with: baton swap --set-aside",
		Err:     o.why,
	}
	var pe *provider.Error
	if errors.As(o.why, &pe) {
		e.Hint = "the provider could not say whose it is (" + pe.Reason() + "); " + e.Hint
	}
	return e
}

// errInDoubt is the problem of a token that nobody asked to present and that may
// be used up.
func errInDoubt(a *accounts.Account) *view.Problem {
	return &view.Problem{
		Code: view.CodeUnsure, Key: a.Key,
		Message: fmt.Sprintf("whether the login of %s (%s) still works is not known, so it was not tried", a.Name(), a.Key),
		Hint:    fmt.Sprintf("try it at your own risk with: baton refresh %q; or log in again", a.Key),
	}
}
