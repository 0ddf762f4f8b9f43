package mirror

import (
	"context"
	"errors"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/view"
)

const (
	// askedWait is how long a push that a person asked for waits for another one
	// to end, quietWait one in the background: the next one copies what this one
	// leaves.
	askedWait = time.Minute
	quietWait = 250 * time.Millisecond
	// rest is how long a keyring that did not answer is not called in the
	// background, so that not every command ends late.
	rest = 10 * time.Minute
	// pushTries is how often a push looks for what changed meanwhile.
	pushTries = 3
)

// PushRequest says which copies to bring up to date.
type PushRequest struct {
	Name string // what a person calls the account; "": all of them
	// Asked says that a person waits for it: the keyring may ask for its
	// password, and every copy is compared. Without it only what changed is
	// copied, and no password is ever asked for.
	Asked bool
}

// Push brings copies in the keyring up to date. It is called after an operation
// has written its files, when no lock of Claude Code's is held. Not asked for,
// it does nothing where the copies are switched off. The error is a
// *view.Problem, or that of ctx; the rows are those done before it.
func (m *Mirror) Push(ctx context.Context, r PushRequest) ([]Row, error) {
	if why := m.barred(); why != nil {
		if r.Asked {
			return nil, why
		}
		return nil, nil
	}
	p, err := m.plan(ctx, r)
	if err != nil || p == nil {
		return nil, err
	}
	wait := quietWait
	if r.Asked {
		wait = askedWait
		m.core.Progress("", view.WaitKeyring)
	}
	release, err := m.core.Lock(ctx, m.core.Paths.MirrorLock(), wait)
	if err != nil {
		return nil, err
	}
	defer release()
	var rows []Row
	for try := 1; try <= pushTries; try++ {
		// Another Baton may have done it meanwhile, or have made it necessary.
		if p, err = m.plan(ctx, r); err != nil || p == nil {
			return rows, err
		}
		err = p.carryOut(ctx)
		rows = append(rows, p.rows...)
		if err != nil || r.Asked {
			return rows, err
		}
	}
	return rows, nil
}

// push is one push under way.
type push struct {
	*Mirror
	PushRequest
	k     Keyring
	state *oauthcore.State
	live  string // the key of the account Claude Code uses, as far as it is known
	on    bool   // copies are made; else only those of removed accounts are deleted
	due   []*accounts.Account
	gone  []*accounts.Account // removed accounts whose copies may still be there
	rows  []Row
	notes map[string]*accounts.CopyNote // what became known; nil: there is no copy any more
	ahead []*accounts.Account           // accounts with a newer login in the keyring
}

// plan finds out what has to be done, without the keyring; nil for nothing.
func (m *Mirror) plan(ctx context.Context, r PushRequest) (*push, error) {
	on, byEnvironment, err := m.On()
	if err != nil {
		return nil, err
	}
	if r.Asked && !on {
		e := &view.Problem{
			Code: view.CodeKeyring, Message: "copies in the keyring are switched off",
			Hint: "switch them on with: baton config " + oauthcore.SettingMirror + " on",
		}
		if byEnvironment {
			e.Hint = "set BATON_KEYRING to on"
		}
		return nil, e
	}
	if !on && !m.everCopied() {
		return nil, nil
	}
	s, err := m.core.Read(ctx)
	if err != nil {
		return nil, err
	}
	if !r.Asked && s.Usage.CopyPause.After(m.core.Now()) {
		return nil, nil
	}
	p := &push{Mirror: m, PushRequest: r, state: s, on: on, notes: map[string]*accounts.CopyNote{}}
	if p.live, err = m.liveKey(ctx, s, r.Asked); err != nil {
		return nil, err
	}
	only := ""
	if r.Name != "" {
		a, err := s.Vault.Resolve(r.Name)
		if err != nil {
			return nil, err
		}
		only = a.Key
	}
	for _, a := range s.Vault.All() {
		if a.Removed && s.Usage.Peek(a.Key).Copied != nil {
			p.gone = append(p.gone, a)
		}
	}
	for _, a := range s.Vault.Accounts() {
		if on && (only == "" || a.Key == only) && (r.Asked || p.changed(a)) {
			p.due = append(p.due, a)
		}
	}
	if !r.Asked && len(p.due) == 0 && len(p.gone) == 0 {
		return nil, nil
	}
	p.k = m.open(r.Asked)
	return p, nil
}

// liveKey is the key of the account Claude Code uses. Where the owner of the live
// login cannot be proved it is the account last seen live: a copy marked live is
// never restored without force. In the background a Keychain that refused a
// moment ago is not asked again. The error is a *view.Problem.
func (m *Mirror) liveKey(ctx context.Context, s *oauthcore.State, asked bool) (string, error) {
	read := m.core.PeekLive
	if asked {
		read = m.core.ReadLive
	}
	live, err := read(ctx)
	if err != nil || !live.Usable() {
		return "", err
	}
	switch a, proved := s.OwnerOf(live.Credential); {
	case a != nil:
		return a.Key, nil
	case proved:
		return "", nil
	}
	return s.Usage.LastActive, nil
}

// copyable says that an account's login is worth a copy: one that may be used up
// must not replace the copy of a good one.
func copyable(s *oauthcore.State, a *accounts.Account) bool {
	return !a.Removed && !a.Credential.RefreshToken.Empty() && !a.NeedsLogin && !s.Unsure(a)
}

// changed says that the account's copy, as far as is remembered, is not what it
// should be.
func (p *push) changed(a *accounts.Account) bool {
	if !copyable(p.state, a) {
		return false
	}
	note, err := copyOf(a, a.Key == p.live).note()
	have := p.state.Usage.Peek(a.Key).Copied
	return err == nil && (have == nil || *have != note)
}

// carryOut does what was planned and remembers the result.
func (p *push) carryOut(ctx context.Context) error {
	why := problem("", p.run(ctx))
	err := errors.Join(p.core.UpdateUsage(ctx, func(u *accounts.UsageStore) { p.noteIn(u, why) }), p.doubtBehind(ctx))
	switch {
	case why == nil:
		return err
	case ctx.Err() != nil && errors.Is(why, ctx.Err()):
		return ctx.Err()
	}
	return why
}

// doubtBehind puts accounts in doubt that the keyring has a newer login of: all
// of Baton's files came from a backup.
func (p *push) doubtBehind(ctx context.Context) error {
	if len(p.ahead) == 0 {
		return nil
	}
	return p.core.Update(ctx, func(s *oauthcore.State) error {
		for _, was := range p.ahead {
			if a := s.Vault.Get(was.Key); a != nil && a.Credential.RefreshToken.Equal(was.Credential.RefreshToken) && a.Doubt == "" {
				a.Doubt = accounts.DoubtRestored
			}
		}
		return nil
	})
}

// noteIn puts what became known into the usage store. Trouble is logged once,
// not after every operation.
func (p *push) noteIn(u *accounts.UsageStore, why *view.Problem) {
	for key, note := range p.notes {
		if a := p.state.Vault.Get(key); note == nil && (a == nil || a.Removed) {
			u.Drop(key)
			continue
		}
		u.Record(key).Copied = note
	}
	had := u.CopyTrouble
	u.CopyTrouble, u.CopyPause = "", time.Time{}
	if why == nil || errors.Is(why, context.Canceled) {
		return
	}
	u.CopyTrouble = why.Message
	if u.CopyTrouble != had {
		p.core.Note(view.Activity{Kind: "notCopied", Text: u.CopyTrouble})
	}
	if errors.Is(why, ErrSilent) {
		u.CopyPause = p.core.Now().Add(rest)
	}
}
