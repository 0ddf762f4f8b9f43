package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/view"
)

// asideLogin is a login that was moved out of the way.
type asideLogin struct {
	path       string
	credential accounts.Credential
}

// asideLogins lists what lies in set-aside, and the files in it that may be
// logins and cannot be read. The error is a *view.Problem.
func (c *Core) asideLogins() (out []asideLogin, unread []string, err error) {
	entries, err := c.FS.ReadDir(c.Paths.SetAside())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, claude.Unreadable(c.Paths.SetAside(), err)
	}
	for _, f := range entries {
		if !strings.HasSuffix(f.Name(), ".json") || strings.HasPrefix(f.Name(), ".") {
			continue
		}
		path := filepath.Join(c.Paths.SetAside(), f.Name())
		doc, err := c.FS.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		live, parseErr := claude.ParseLive(doc)
		switch {
		case err != nil || parseErr != nil:
			unread = append(unread, path)
		case live.Usable():
			out = append(out, asideLogin{path, live.Credential})
		}
	}
	return out, unread, nil
}

// asidePrints are the fingerprints of the logins in set-aside; one without a
// refresh token is known by its access token. The error is a *view.Problem.
func (c *Core) asidePrints() (map[string]bool, error) {
	logins, _, err := c.asideLogins()
	out := map[string]bool{}
	for _, l := range logins {
		out[asidePrint(l.credential)] = true
	}
	return out, err
}

func asidePrint(cr accounts.Credential) string {
	if fp := cr.Fingerprint(); fp != "" {
		return fp
	}
	return cr.AccessToken.Fingerprint()
}

// keepAside writes a login to a file of its own under set-aside, which Baton
// never removes, with its siblings and the name beside it. A login that lies
// there already is not written again. The error is a *view.Problem.
func (c *Core) keepAside(s *State, cr accounts.Credential, siblings, account []byte) (path string, err error) {
	if s.readOnly || s.aside[asidePrint(cr)] {
		s.aside[asidePrint(cr)] = true
		return "", nil
	}
	doc := []byte("{}")
	if siblings != nil {
		doc = siblings
	}
	doc, err = jsonedit.Apply(doc, []jsonedit.Edit{{Name: claude.LoginMember, Raw: cr.JSON()}, {Name: claude.AccountMember, Raw: account}})
	if err != nil {
		return "", claude.Unwritable(c.Paths.SetAside(), err)
	}
	stamp := c.Now().UTC().Format("20060102T150405Z")
	const most = 1000 // logins set aside within one second
	for n := 1; n <= most; n++ {
		path = filepath.Join(c.Paths.SetAside(), fmt.Sprintf("login-%s-%d.json", stamp, n))
		_, err = c.FS.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			err = files.WriteWhole(c.FS, path, doc)
			if err == nil {
				s.aside[asidePrint(cr)] = true
				return path, nil
			}
		}
		if err != nil {
			return "", claude.Unwritable(path, err)
		}
	}
	return "", claude.Unwritable(c.Paths.SetAside(), fs.ErrExist)
}

// displace sets an account's login aside, so that another one gets its place.
func (c *Core) displace(s *State, a *accounts.Account) error {
	if _, err := c.keepAside(s, a.Credential, a.Siblings, a.OAuthAccount); err != nil {
		return err
	}
	s.Vault.Displace(a)
	return nil
}

// FromSetAside looks for a later login of an account in set-aside, before a
// token is presented that may be used up: what was moved out of the way may be
// its newest login. It goes by the identifiers inside each login, else by the
// profile endpoint. taken says that one was found and is the account's now;
// unknown is the path of one that may be it, because it, its owner or
// its age cannot be told, "" for none. The error is a *view.Problem, or that of ctx.
func (c *Core) FromSetAside(ctx context.Context, key string) (taken bool, unknown string, err error) {
	s, err := c.Read(ctx)
	if err != nil {
		return false, "", err
	}
	p := newProofs()
	logins, unread, err := c.asideLogins()
	if err != nil {
		return false, "", err
	}
	if len(unread) > 0 {
		unknown = unread[0]
	}
	var found []asideLogin
	for _, l := range logins {
		if s.Vault.Knows(l.credential.RefreshToken) {
			continue
		}
		who := s.prove(l.credential, claude.Config{}, p)
		if _, _, askable := p.of(l.credential); !who.proved() && !l.credential.Inside().Complete() && askable && l.credential.FreshAt(c.Now(), 0) {
			c.Progress(key, view.WaitOwner)
			c.ask(ctx, []accounts.Credential{l.credential}, p)
			who = s.prove(l.credential, claude.Config{}, p)
		}
		switch {
		case who.account != nil && who.account.Key == key:
			found = append(found, l)
		case !who.proved() && !l.credential.Inside().Complete():
			unknown = l.path
		}
	}
	if ctx.Err() != nil {
		return false, "", ctx.Err()
	}
	for _, l := range found {
		err := c.Update(ctx, func(s *State) error {
			a := s.Vault.Get(key)
			if a == nil || a.Removed || s.Vault.Knows(l.credential.RefreshToken) {
				return nil
			}
			if later := a.Against(l.credential); later <= 0 {
				if later == 0 {
					unknown = l.path // which of the two is the later cannot be told
				}
				return nil
			}
			if a.Credential.Usable() && !l.credential.MayReplace(a.Credential) {
				// It seems so by the access tokens, which tell little of two logins.
				siblings := a.Siblings
				if err := c.displace(s, a); err != nil {
					return err
				}
				a.Siblings = siblings
			}
			s.Vault.Save(a, l.credential)
			taken = true
			return s.Stamp(a)
		})
		if err != nil {
			return taken, unknown, err
		}
	}
	if taken {
		c.Note(view.Activity{Kind: "restored", Key: key, Text: "from set-aside"})
	}
	return taken, unknown, nil
}

// setAside moves the unknown live login to a file of its own, and puts every
// account in doubt that it may belong to: the one with its deadline, or where
// it has none, all.
func (c *Core) setAside(ctx context.Context, o *Opened) (path string, err error) {
	cr := o.Live.Credential
	err = c.Update(ctx, func(s *State) error {
		o.State = s
		if path, err = c.keepAside(s, cr, o.Live.Siblings, o.Config.Account); err != nil {
			return err
		}
		for _, a := range s.Vault.Accounts() {
			if a.Credential.Usable() && mayBeOf(cr, a) && a.Doubt == "" {
				a.Doubt = accounts.DoubtSetAside
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	doc, err := o.Live.Without()
	if err != nil {
		return "", claude.Damaged(o.Live.Place(), err)
	}
	if err := o.ReplaceLive(ctx, o.Live, doc, nil); err != nil {
		return "", err
	}
	c.Note(view.Activity{Kind: "setAside", Text: "a login of no known account, to " + path})
	o.Live, err = c.ReadLive(ctx)
	return path, err
}

// mayBeOf says that a login without proof may be an account's, as far as its
// identifiers and its deadline tell.
func mayBeOf(cr accounts.Credential, a *accounts.Account) bool {
	if who := cr.Inside(); who.Complete() && a.Identified() && !a.Is(who) {
		return false
	}
	return !cr.Outlasts(a.Credential) && !a.Credential.Outlasts(cr)
}

// keepLive sets the live login aside where the vault has not got it and the swap
// would end it: that of a removed account, or an access token alone of an
// account that has a whole login.
func (c *Core) keepLive(ctx context.Context, o *Opened) error {
	cr := o.Live.Credential
	alone := cr.RefreshToken.Empty() && cr.FreshAt(c.Now(), 0) && !o.Vault.HasAccess(cr.AccessToken)
	if o.Owner == nil || !o.Live.Usable() || !o.Owner.Removed && !alone {
		return nil
	}
	return c.Update(ctx, func(s *State) error {
		path, err := c.keepAside(s, cr, o.Live.Siblings, o.Config.Account)
		if err == nil && path != "" {
			c.Note(view.Activity{Kind: "setAside", Key: o.Owner.Key, Text: "a login the vault has not got, to " + path})
		}
		return err
	})
}
