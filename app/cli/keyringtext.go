//go:build !js

package cli

import "baton/app/backend"

// keyringWords goes on after "the keyring".
func keyringWords(k backend.Keyring) string {
	switch {
	case k.Problem == nil:
		return "can be read"
	case k.Problem.Hint != "":
		return "cannot be read: " + plain(k.Problem.Message) + "; " + plain(k.Problem.Hint)
	}
	return "cannot be read: " + plain(k.Problem.Message)
}

// copyWord is a copy's state in words.
func copyWord(state string) string {
	switch state {
	case backend.CopyOK:
		return "up to date"
	case backend.CopyBehind:
		return "an older login"
	case backend.CopyAhead:
		return "a newer login than Baton's"
	case backend.CopyMissing:
		return "none"
	case backend.CopyLost:
		return "the only login there is: baton keyring restore"
	case backend.CopyUnsure:
		return "none: the login may be used up"
	case backend.CopyDamaged:
		return "not readable by this Baton"
	case backend.CopyTooBig:
		return "none: too big for this keyring"
	case backend.CopyUnknown:
		return "not known"
	case backend.CopyRestored:
		return "restored"
	case backend.CopyKept:
		return "has a login here already"
	case backend.CopyRemoved:
		return "removed"
	}
	return orDash(plain(state))
}

func copyColour(state string) colour {
	switch state {
	case backend.CopyOK:
		return green
	case backend.CopyUnknown, backend.CopyMissing, backend.CopyRemoved:
		return faint
	}
	return yellow
}

type (
	keyringJSON struct {
		version
		On            bool             `json:"on"`
		ByEnvironment bool             `json:"byEnvironment"` // BATON_KEYRING says so, not the switch
		Keyring       keyringStateJSON `json:"keyring"`
		LastTrouble   *string          `json:"lastTrouble"`
		Accounts      []copyJSON       `json:"accounts"`
	}

	keyringStateJSON struct {
		State   string  `json:"state"`
		Message *string `json:"message"`
		Hint    *string `json:"hint"`
	}

	copyJSON struct {
		Key  string `json:"key"`
		Copy string `json:"copy"`
		Live bool   `json:"live"` // it was active when it was copied
	}

	copiesJSON struct {
		version
		Results []copyRowJSON `json:"results"`
	}

	copyRowJSON struct {
		Key   string       `json:"key"`
		OK    bool         `json:"ok"`
		Error *problemJSON `json:"error"`
		Copy  string       `json:"copy"`
		Note  *string      `json:"note"`
	}
)

func keyringJSONOf(k backend.Keyring, rows []backend.AccountResult) *keyringJSON {
	out := &keyringJSON{
		On: k.On, ByEnvironment: k.ByEnvironment, LastTrouble: orNull(plain(k.Trouble)),
		Keyring:  keyringStateJSON{State: k.State},
		Accounts: make([]copyJSON, 0, len(rows)),
	}
	if p := k.Problem; p != nil {
		out.Keyring.Message, out.Keyring.Hint = orNull(plain(p.Message)), orNull(plain(p.Hint))
	}
	for _, row := range rows {
		out.Accounts = append(out.Accounts, copyJSON{Key: row.Key, Copy: row.Copy, Live: row.CopiedLive})
	}
	return out
}

func copiesJSONOf(rows []backend.AccountResult) *copiesJSON {
	out := &copiesJSON{Results: make([]copyRowJSON, 0, len(rows))}
	for _, row := range rows {
		p := failure(row)
		out.Results = append(out.Results, copyRowJSON{
			Key: row.Key, OK: p == nil, Error: problemJSONOf(p), Copy: row.Copy, Note: orNull(plain(row.Note)),
		})
	}
	return out
}
