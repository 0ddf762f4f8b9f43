package accounts

import (
	"fmt"
	"strings"

	"baton/oauthcore/view"
)

// Named is what a person may call an account by.
type Named struct{ Key, Email, Label string }

// Resolve finds the one account a person means: the exact key; else the
// address, if one account has it; else the label, in whatever case. It gives
// the place in the list, or an error of CodeNotFound or CodeAmbiguous that
// lists the candidates.
func Resolve(all []Named, name string) (int, *view.Problem) {
	for _, match := range []func(Named) bool{
		func(n Named) bool { return n.Key == name },
		func(n Named) bool { return strings.EqualFold(n.Email, name) },
		func(n Named) bool { return n.Label != "" && strings.EqualFold(n.Label, name) },
	} {
		var hits []int
		var keys []string
		for i, n := range all {
			if match(n) {
				hits, keys = append(hits, i), append(keys, n.Key)
			}
		}
		switch len(hits) {
		case 0:
		case 1:
			return hits[0], nil
		default:
			return 0, &view.Problem{
				Code:    view.CodeAmbiguous,
				Message: fmt.Sprintf("%q is more than one account", name),
				Hint:    "name one of: " + strings.Join(keys, ", "),
			}
		}
	}
	return 0, &view.Problem{Code: view.CodeNotFound, Message: fmt.Sprintf("there is no account %q", name)}
}

// Resolve finds the account a person means, as the function does.
func (v *Vault) Resolve(name string) (*Account, error) {
	all := v.Accounts()
	names := make([]Named, len(all))
	for i, a := range all {
		names[i] = Named{a.Key, a.Email, a.Label}
	}
	i, p := Resolve(names, name)
	if p == nil {
		return all[i], nil
	}
	if p.Hint == "" {
		p.Hint = "add one with: baton login"
		if len(all) > 0 {
			p.Hint = "accounts: " + strings.Join(Keys(all), ", ")
		}
	}
	return nil, p
}
