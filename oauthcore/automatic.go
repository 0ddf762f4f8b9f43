package oauthcore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// cooldown is how long after an account became the active one an automatic
// swap leaves it alone: several sessions meet the same limit within seconds.
const cooldown = 45 * time.Second

// The switches automatic swaps go by.
const (
	settingAuto   = "swap.auto"
	settingAcross = "swap.acrossOrganizations"
)

// takeOver makes the next free account active after the active one hit its
// limit, where that is switched on.
func (c *Core) takeOver(ctx context.Context, s *store, done *Charged) error {
	on, err := c.isOn(settingAuto)
	if err != nil || !on {
		return err
	}
	if since := c.Now().Sub(s.book.look(done.Key).ActiveAt); since >= 0 && since < cooldown {
		done.Stays = &Error{
			Code: CodeBusy, Key: done.Key,
			Message: "no automatic swap so soon after the last one",
			Hint:    "swap by hand: baton swap",
		}
		return nil
	}
	swapped, err := c.Swap(ctx, SwapRequest{Automatic: true})
	switch CodeOf(err) {
	case "":
		done.Swapped = &swapped
	case CodeNoOther, CodeAllLimited, CodeBusy:
		done.Stays, err = err, nil
	}
	return err
}

// isOn says whether a switch is on.
func (c *Core) isOn(key string) (bool, error) {
	all, err := c.Settings()
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(all, func(s Setting) bool { return s.Key == key && s.On }), nil
}

// mayFollow keeps, of the accounts an automatic swap may go to, those whose
// organisation answers for the same work as that of the account going out:
// what belongs to a company must not go on under somebody's private plan, nor
// the other way round, unless the person allowed it.
func (c *Core) mayFollow(v *Vault, all []Candidate, from string) ([]Candidate, error) {
	across, err := c.isOn(settingAcross)
	if err != nil || across {
		return all, err
	}
	out := v.Get(from)
	if out == nil {
		return all, nil
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(k Candidate) bool {
		a := v.Get(k.Key)
		return k.Key != from && (a == nil || a.answersTo() != out.answersTo())
	})
	if len(kept) < 2 && len(all) > 1 {
		return nil, &Error{
			Code: CodeNoOther, Key: from,
			Message: fmt.Sprintf("every other account belongs to another organization than %s", out.Name()),
			Hint:    "swap by hand, or allow it: baton config " + settingAcross + " on",
		}
	}
	return kept, nil
}

// answersTo is the organisation an account works for: the company's for a team
// or enterprise seat, "" for a person's own plan, whose organisation stands for
// that person alone.
func (a *Account) answersTo() string {
	switch strings.ToLower(a.Credential.Plan) {
	case "max", "pro", "free":
		return ""
	}
	return a.OrganizationUUID
}
