package oauthcore

import "time"

// counted is what tells whether an account got another login: the fingerprint
// of its refresh token, and its generation.
type counted struct {
	fp         string
	generation int64
}

// count gives that of every account.
func (v *Vault) count() map[string]counted {
	all := make(map[string]counted, len(v.accounts))
	for _, a := range v.accounts {
		all[a.Key] = counted{a.Credential.Fingerprint(), a.Generation}
	}
	return all
}

// recount raises the generation of each account that has another login than
// before. The time takes part so that a login made after all of Baton's files
// were lost, when counting starts anew, is still ahead of every copy made
// earlier, and one from a restored backup behind it.
func (v *Vault) recount(before map[string]counted, now time.Time) {
	for _, a := range v.accounts {
		was := before[a.Key]
		if fp := a.Credential.Fingerprint(); fp != "" && fp != was.fp && a.Generation <= was.generation {
			a.Generation = max(was.generation+1, now.UnixMilli())
		}
	}
}
