//go:build !js

package app_test

import (
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"
)

// Five processes at once, from the first look at a home Baton has never seen:
// swaps to accounts of which one has to be refreshed first, refreshes of the
// live one, reading. Whatever the order, every login works afterwards, which
// the end of the test asks the provider.
func TestManyAtOnce(t *testing.T) {
	w := started(t)
	rounds := [][]string{
		{"swap", "lab@uni.example"},
		{"refresh", "ada@example.com"},
		{"swap", "ada@corp.example"},
		{"refresh", "--all"},
		{"swap", "--limited-until", "+90m"},
		{"list", "--json"},
		{"swap", "-"},
	}
	ctx := t.Context()
	var g errgroup.Group
	for i := range 5 {
		g.Go(func() error {
			for j := range rounds {
				args := rounds[(i+j)%len(rounds)]
				got, err := w.baton(ctx, args...)
				if err != nil {
					return err
				}
				switch got.code {
				case 0, 6: // done, or busy: somebody else was at it for seconds
				case 4, 5: // five at once mark one account after the other as limited
					if args[0] != "swap" || args[1] != "--limited-until" {
						return fmt.Errorf("baton %q ended with %d: %s", args, got.code, got.stderr)
					}
				default:
					return fmt.Errorf("baton %q ended with %d: %s", args, got.code, got.stderr)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	who := w.live(t)
	for _, r := range w.home.Residents {
		if r.Person.AccountUUID == who.AccountUUID && r.Key != w.active(t) {
			t.Errorf("live is %s, list says %s", r.Key, w.active(t))
		}
	}
	// Each login is used once more: none of them only looks alive.
	w.done(t, "refresh", "--all")
	w.live(t)
}
