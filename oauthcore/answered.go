package oauthcore

import (
	"context"
	"fmt"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"
)

// answered puts an answer where it belongs: into the journal first, then, for
// the live account, into Claude Code's file, since a crash in between must not
// leave it a token that is used up; then into vault and pool.
func (p *presenting) answered(ctx context.Context, g provider.Grant) (Refreshed, error) {
	c, key := p.c, p.a.Key
	next, err := renewed(p.a.Credential, g)
	if err != nil {
		return Refreshed{}, err
	}
	p.entry.credential, p.entry.account, p.entry.siblings = next, accountOf(identityOfGrant(g)), nil
	if err := c.record(p.entry); err != nil {
		// On no disk yet: the files below are the next chance.
		c.Log.Error("an answer of the provider is not in the journal", "key", key, "error", err)
	}
	c.Step("refresh.journal")
	rotated := !next.RefreshToken.Equal(p.a.Credential.RefreshToken)
	var liveErr error
	if p.live {
		liveErr = p.place(ctx, next)
	}
	if err := p.keep(ctx, next, rotated); err != nil {
		return Refreshed{}, err
	}
	if !p.live && rotated {
		liveErr = p.follow(ctx, next)
	}
	if liveErr != nil {
		return Refreshed{}, liveErr
	}
	c.Note(view.Activity{Kind: "refreshed", Key: key})
	return Refreshed{Key: key, ExpiresAt: next.ExpiresAt}, p.elsewhere(ctx)
}

// elsewhere is the problem of an answer that turned out to be another account's.
func (p *presenting) elsewhere(ctx context.Context) error {
	s, err := p.c.Read(ctx)
	if err != nil {
		return nil // it is saved; this only words it
	}
	if a := s.Vault.Get(p.a.Key); a == nil || a.Credential.Usable() {
		return nil
	}
	return &view.Problem{
		Code: view.CodeNeedsLogin, Key: p.a.Key,
		Message: fmt.Sprintf("the login kept for %s turned out to be another account's, and is kept as that", p.a.Name()),
		Hint:    "log in again with: baton login --email " + accounts.AddressOf(p.a.Key),
	}
}

// keep takes the answer out of the journal into vault and pool.
func (p *presenting) keep(ctx context.Context, next accounts.Credential, rotated bool) error {
	c := p.c
	o := &Opened{}
	err := c.save(ctx, func(s *State) error {
		o.State = s
		record := s.Usage.Record(p.a.Key)
		record.Offline, record.RefreshedAt = false, c.Now()
		if p.named {
			record.Refused = "" // Claude Code tells again if it still holds
		}
		if !rotated { // the token presented stays good
			if a := s.Vault.Get(p.a.Key); a != nil && a.Credential.RefreshToken.Equal(next.RefreshToken) {
				s.Vault.Save(a, next)
				o.refreshed(a)
				o.taken = append(o.taken, p.entry)
				return s.Stamp(a)
			}
		}
		if s.known(next.RefreshToken) {
			o.taken = append(o.taken, p.entry)
			return nil
		}
		if err := c.takeAnswer(o, p.entry); err != nil {
			return err
		}
		o.taken = append(o.taken, p.entry)
		return nil
	})
	if err != nil {
		return err
	}
	c.Step("refresh.saved")
	c.clearJournal(o)
	c.Note(o.acts...)
	return nil
}

// renewed is the login after a refresh: what the answer does not tell stays,
// and the login's own deadline is not moved by a refresh.
func renewed(was accounts.Credential, g provider.Grant) (accounts.Credential, error) {
	return was.Edit(func(c *accounts.Credential) {
		if !g.AccessToken.Empty() {
			c.AccessToken, c.ExpiresAt = g.AccessToken, g.ExpiresAt
		}
		if !g.RefreshToken.Empty() {
			c.RefreshToken = g.RefreshToken
		}
		if was.RefreshExpiresAt.IsZero() && !g.RefreshTokenExpiresAt.IsZero() {
			c.RefreshExpiresAt = g.RefreshTokenExpiresAt
		}
		if g.Scopes != nil {
			c.Scopes = g.Scopes
		}
		if g.AccountUUID != "" && (g.OrganizationUUID != "" || g.AccountUUID != c.AccountUUID) {
			c.AccountUUID, c.OrganizationUUID = g.AccountUUID, g.OrganizationUUID
		}
	})
}

// place puts a refreshed login where Claude Code reads it, if that file still
// holds the login that was presented. Left as it is the file holds a token that
// is used up, so one that others keep changing is tried again for as long as
// the locks are ours.
func (p *presenting) place(ctx context.Context, next accounts.Credential) error {
	return placeLive(ctx, p.c, p.o.Guard, p.room, p.a.Credential, next)
}

func placeLive(ctx context.Context, c *Core, g *claude.Guard, room *claude.LiveRoom, presented, next accounts.Credential) error {
	for start := time.Now(); ; {
		now, err := c.ReadLive(ctx)
		if err != nil {
			return err
		}
		if !now.Credential.RefreshToken.Equal(presented.RefreshToken) {
			return nil // another login is live now, which this answer is not for
		}
		doc, err := now.Renewed(next)
		if err != nil {
			return claude.Damaged(now.Place(), err)
		}
		err = g.PlaceAnswer(ctx, room, now, doc)
		if err == nil || time.Since(start) > claude.LockWait {
			return err
		}
		if view.CodeOf(err) != view.CodeBusy { // a write that fails is tried once more at once
			return g.PlaceAnswer(ctx, room, now, doc)
		}
		if g.Check() != nil {
			return err
		}
	}
}

// follow looks whether the account became live while its refresh was under
// way, and then brings the live login up to date at once.
func (p *presenting) follow(ctx context.Context, next accounts.Credential) error {
	c := p.c
	live, err := c.ReadLive(ctx)
	if err != nil || !live.Credential.RefreshToken.Equal(p.a.Credential.RefreshToken) {
		return nil // open repairs it, should it come to that
	}
	g, err := c.Guard(ctx)
	if err != nil {
		return err
	}
	defer g.Release()
	return placeLive(ctx, c, g, nil, p.a.Credential, next)
}
