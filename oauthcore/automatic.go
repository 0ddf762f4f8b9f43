package oauthcore

import (
	"context"
	"fmt"
	"slices"

	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

// takeOver makes the next free account active after the active one hit its
// limit, where that is switched on.
func (c *Core) takeOver(ctx context.Context, done *Charged) error {
	on, err := c.IsOn(SettingAuto)
	if err != nil || !on {
		return err
	}
	swapped, err := c.Swap(ctx, SwapRequest{Automatic: true, Leaving: done.Key})
	switch view.CodeOf(err) {
	case "":
		done.Swapped = &swapped
	case view.CodeNoOther, view.CodeAllLimited, view.CodeBusy:
		done.Stays, err = err, nil
	}
	return err
}

// mayFollow keeps, of the accounts an automatic swap may go to, those whose
// organisation answers for the same work as that of the account going out:
// what belongs to a company must not go on under somebody's private plan, nor
// the other way round, unless the person allowed it. It never goes to an organization
// that managed settings keep Claude Code from.
func (c *Core) mayFollow(v *accounts.Vault, all []accounts.Candidate, from string) ([]accounts.Candidate, error) {
	across, err := c.IsOn(settingAcross)
	if err != nil {
		return nil, err
	}
	forced := c.ForcedOrganizations()
	all = slices.DeleteFunc(slices.Clone(all), func(k accounts.Candidate) bool {
		a := v.Get(k.Key)
		return k.Key != from && (a == nil || len(forced.Organizations) > 0 && (a.OrganizationUUID == "" || !forced.Allows(a.OrganizationUUID)))
	})
	if across {
		return all, nil
	}
	out := v.Get(from)
	if out == nil {
		return all, nil
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(k accounts.Candidate) bool {
		a := v.Get(k.Key)
		return k.Key != from && (a == nil || a.AnswersTo() != out.AnswersTo())
	})
	if len(kept) < 2 && len(all) > 1 {
		return nil, &view.Problem{
			Code: view.CodeNoOther, Key: from,
			Message: fmt.Sprintf("every other account belongs to another organization than %s", out.Name()),
			Hint:    "swap by hand, or allow it: baton config " + settingAcross + " on",
		}
	}
	return kept, nil
}
