package oauthcore

import (
	"context"
	"slices"
)

// Move gives an account another place in the person's order: 0 is the first of
// all accounts, and a place out of range is the nearest there is. The others
// keep their order among themselves.
func (c *Core) Move(ctx context.Context, name string, place int) (string, error) {
	return c.change(ctx, name, func(s *store, a *Account) error {
		s.vault.move(a, place)
		return nil
	})
}

// move puts one account of the list elsewhere. Accounts that were removed keep
// the number they had: nobody sees it.
func (v *Vault) move(a *Account, place int) {
	list := v.Accounts()
	list = slices.DeleteFunc(list, func(o *Account) bool { return o == a })
	list = slices.Insert(list, min(max(place, 0), len(list)), a)
	for i, o := range list {
		o.Order = int64(i)
	}
}
