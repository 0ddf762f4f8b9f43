package accounts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/view"
)

// Candidate is what the choice of the next account looks at. Candidates come
// in the person's order.
type Candidate struct {
	Key, Name     string
	LimitedUntil  time.Time // zero: not limited
	Assumed       bool      // LimitedUntil is a guess, no reset is known
	Paused        bool
	NeedsLogin    bool // refused for good, or without a way to an access token
	Refused       bool // the provider refuses the account
	Unsure        bool
	Headroom      float64 // percent left; only with HeadroomKnown
	HeadroomKnown bool
	ModelSpent    bool      // a model's weekly window is spent
	ActiveAt      time.Time // last time it was live, zero when never
}

// usable says that the account could be swapped to once it is not limited.
func (c Candidate) usable() bool { return !c.Paused && !c.NeedsLogin && !c.Unsure && !c.Refused }

func (c Candidate) limited(now time.Time) bool { return c.LimitedUntil.After(now) }

// Candidates gives what Choose looks at, of all accounts in order. unsure says
// whether a journal entry or another login puts an account in doubt beyond its
// own note.
func Candidates(v *Vault, u *UsageStore, unsure func(*Account) bool, now time.Time) []Candidate {
	all := v.Accounts()
	out := make([]Candidate, 0, len(all))
	for _, a := range all {
		r := u.Peek(a.Key)
		c := Candidate{
			Key: a.Key, Name: a.Name(), Paused: a.Paused, NeedsLogin: a.NeedsNewLogin() || !a.HasWay(now),
			Refused: a.Refused != "" || r.Refused != "", Unsure: a.Doubt != "" || unsure(a), ActiveAt: r.ActiveAt,
		}
		c.LimitedUntil, c.Assumed = r.Limited(now)
		c.Headroom, c.HeadroomKnown = r.Usage.Headroom(now)
		c.ModelSpent = r.Usage.ModelSpent(now)
		out = append(out, c)
	}
	return out
}

// Choose picks the account a swap without a name goes to: never the active one,
// and among those not limited, paused, unsure or refused the one with most
// headroom where usage is known, of equals one with no model's window spent, else
// the least recently used, ties by order.
// It is a pure function. The error is a *view.Problem of CodeNoOther or
// CodeAllLimited.
func Choose(all []Candidate, active string, now time.Time) (Candidate, error) {
	if len(all) < 2 {
		return Candidate{}, &view.Problem{
			Code:    view.CodeNoOther,
			Message: "No account pool available for automatic account rotation (fewer than 2 accounts).",
			Hint:    "add another of your accounts with: baton login",
		}
	}
	var free []Candidate
	for _, c := range all {
		if c.Key != active && c.usable() && !c.limited(now) {
			free = append(free, c)
		}
	}
	if len(free) == 0 {
		return Candidate{}, noOther(all, active, now)
	}
	return slices.MinFunc(free, better), nil
}

// better orders candidates, the best first. MinFunc keeps the first of equals.
func better(a, b Candidate) int {
	switch {
	case a.HeadroomKnown != b.HeadroomKnown:
		if a.HeadroomKnown {
			return -1
		}
		return 1
	case a.HeadroomKnown && a.Headroom != b.Headroom:
		if a.Headroom > b.Headroom {
			return -1
		}
		return 1
	case a.ModelSpent != b.ModelSpent:
		if b.ModelSpent {
			return -1
		}
		return 1
	}
	return a.ActiveAt.Compare(b.ActiveAt)
}

// noOther explains why no other account can be chosen.
func noOther(all []Candidate, active string, now time.Time) *view.Problem {
	var limited []Candidate // usable but for their limit, the active one too
	var closed []string     // paused, refused or unsure others, with the reason
	var hints []string
	var current *Candidate
	others := 0
	for i, c := range all {
		switch {
		case c.Key == active:
			current = &all[i]
			if c.limited(now) {
				limited = append(limited, c)
			}
		case !c.usable():
			why, hint := c.unusable()
			closed = append(closed, c.Name+" "+why)
			hints = append(hints, hint)
		default:
			limited = append(limited, c)
			others++
		}
	}
	if current != nil && !current.limited(now) && others > 0 {
		but := ""
		if len(closed) > 0 {
			but = " (" + strings.Join(closed, ", ") + ")"
		}
		return &view.Problem{
			Code:    view.CodeNoOther,
			Message: fmt.Sprintf("every other account is limited%s; %s is active and free", but, current.Name),
			Hint:    fmt.Sprintf("stay on %s, or name the account to swap to anyway", current.Name),
			Key:     active,
		}
	}
	if others > 0 {
		return allLimited(limited, now)
	}
	return &view.Problem{
		Code:    view.CodeNoOther,
		Message: "no other account can be used: " + strings.Join(closed, ", "),
		Hint:    strings.Join(hints, "; "),
	}
}

// unusable says why an account that is not limited cannot be used, and what to
// do about it.
func (c Candidate) unusable() (why, hint string) {
	switch {
	case c.NeedsLogin:
		return "needs login", fmt.Sprintf("log in to %s again: baton login --email %s", c.Name, AddressOf(c.Key))
	case c.Paused:
		return "is paused", fmt.Sprintf("baton resume %q", c.Name)
	case c.Refused:
		return "is refused by the provider", fmt.Sprintf("baton refresh %q", c.Name)
	}
	return "is unsure", fmt.Sprintf("baton refresh %q", c.Name)
}

// allLimited is huskies' message, to the letter: minutes are rounded down.
func allLimited(limited []Candidate, now time.Time) *view.Problem {
	var first time.Time
	name := ""
	for _, c := range limited {
		if !c.Assumed && (first.IsZero() || c.LimitedUntil.Before(first)) {
			first, name = c.LimitedUntil, c.Name
		}
	}
	p := &view.Problem{
		Code:    view.CodeAllLimited,
		Message: "All OAuth accounts are rate-limited. No reset time available.",
		Hint:    "wait for a limit to end, or add an account with: baton login",
	}
	if !first.IsZero() {
		minutes := int(first.Sub(now).Minutes())
		unit := "minutes"
		if minutes == 1 {
			unit = "minute"
		}
		p.Message = fmt.Sprintf("All OAuth accounts are rate-limited. Earliest reset in %d %s (at %s UTC).", minutes, unit, first.UTC().Format("15:04"))
		p.Hint = fmt.Sprintf("%s is free first; or add an account with: baton login", name)
	}
	return p
}
