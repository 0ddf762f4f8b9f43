package tray

import (
	"time"

	"baton/app/backend"
)

// Light is what the icon shows from afar.
type Light int

// The lights.
const (
	LightReady     Light = iota // there is a login and something is left of it
	LightLimited                // the active account has reached its limit
	LightAttention              // Claude Code has no login that works, or a file is damaged
)

// LightOf is what the icon shows for a snapshot. It is about the account in use:
// one that lies by and needs login does not keep the icon on for weeks.
func LightOf(s backend.Snapshot, now time.Time) Light {
	if len(s.Problems) > 0 {
		return LightAttention
	}
	a, ok := s.Find(s.Active)
	if !ok || s.Active == "" {
		if len(s.Accounts) == 0 && !s.Live.Present {
			return LightReady // nothing to miss yet
		}
		return LightAttention
	}
	switch a = a.At(now); {
	case a.State == backend.StateNeedsLogin, a.Has(backend.NoticeRefused):
		return LightAttention
	case a.State == backend.StateLimited:
		return LightLimited
	}
	return LightReady
}
