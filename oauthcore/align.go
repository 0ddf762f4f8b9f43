package oauthcore

import (
	"slices"
	"time"

	"baton/oauthcore/accounts"
)

// align brings the pool in line with the vault: every login, every mark. An
// entry with a token that is not known yet is left to the next open, which can
// take it over.
func (s *State) align() error {
	for _, e := range slices.Clone(s.Pool.Entries) {
		if a := s.Vault.Get(e.Key); (a == nil || a.Removed) && e.HasLogin() && !s.UnknownEntry(e) {
			// A known token under a name that is no account: whoever used it from
			// there would use it up.
			s.Pool.Drop(e.Key)
		}
	}
	rivals := s.Vault.Rivals()
	for _, a := range s.Vault.All() {
		if a.Removed {
			s.Usage.Forget(a.Key)
			continue
		}
		if !a.Credential.Usable() || a.Rival != "" || rivals.Of(a) != nil {
			// Of a login whose owner is not known yet the pool keeps what it has:
			// whatever stands there may be the newest.
			continue
		}
		if e := s.Pool.Get(a.Key); e != nil && s.UnknownEntry(e) {
			continue
		}
		if e := s.Pool.Get(a.Key); a.Doubt == accounts.DoubtRival && (e == nil || s.Vault.Holder(e.RefreshToken) != a) {
			// What stands there is another account's, which has an entry of its own,
			// and this one's login may be used up.
			s.Pool.Drop(a.Key)
			continue
		}
		mark := s.Usage.Peek(a.Key).Mark
		if err := s.Pool.Put(a, mark); err != nil {
			return err
		}
		if r := s.Usage.Peek(a.Key); !r.PoolSeen || r.PoolMark != mark {
			record := s.Usage.Record(a.Key)
			record.PoolMark, record.PoolSeen = mark, true
		}
	}
	return nil
}

// takeMarks takes over limits other programs wrote to the pool and lets go of
// those whose time is over.
func (s *State) takeMarks(now time.Time) {
	for _, e := range s.Pool.Entries {
		if a := s.Vault.Get(e.Key); a != nil && !a.Removed {
			s.Usage.TakeMark(e, now)
		}
	}
	s.Usage.ClearMarks(now)
}
