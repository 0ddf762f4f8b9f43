package oauthcore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/provider"

	"github.com/tidwall/gjson"
)

// inboxLogin is a new login on its way into the vault: it is on disk before
// anything else happens with it.
type inboxLogin struct {
	credential Credential
	identity   Identity
	savedTo    string // the account it was saved to in this operation
	// waiting notes the document that puts the login in front of Claude Code,
	// once there is one; landed says that it is in place: what is live now is
	// this login or its successor. undecided says that nobody can tell.
	waiting           waiting
	landed, undecided bool
}

// readInbox gives the login that waits, nil if none does. The error is an *Error.
func (c *Core) readInbox() (*inboxLogin, error) {
	doc, err := readOr(c.FS, c.Paths.Inbox())
	if err != nil || blank(doc) {
		return nil, err
	}
	in, err := c.parseInbox(doc)
	if err != nil {
		return nil, damaged(c.Paths.Inbox(), err)
	}
	return in, nil
}

// parseInbox reads the bytes of one. The error is jsonedit's or says which
// member is not as it should be.
func (c *Core) parseInbox(doc []byte) (*inboxLogin, error) {
	raw, ok, err := jsonedit.Get(doc, liveMember)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &memberError{liveMember}
	}
	in := &inboxLogin{}
	if in.credential, err = ParseCredential(raw); err != nil {
		return nil, err
	}
	if who, ok, err := jsonedit.Get(doc, configMember); err == nil && ok && gjson.ParseBytes(who).IsObject() {
		in.identity = identityIn(who)
	}
	in.waiting, in.landed = c.readWaiting(doc)
	return in, nil
}

// writeInbox puts a login on disk.
func (c *Core) writeInbox(in *inboxLogin) error {
	who, err := apply([]byte("{}"), []edit{
		setText("accountUuid", in.identity.AccountUUID),
		setText("organizationUuid", in.identity.OrganizationUUID),
		setText("emailAddress", in.identity.Email),
		setText("organizationName", in.identity.OrganizationName),
	})
	if err != nil {
		return err
	}
	doc, err := apply([]byte("{}"), []edit{
		{"schemaVersion", []byte("1")}, {liveMember, in.credential.raw}, {configMember, who}, in.waiting.edit(),
	})
	if err != nil {
		return err
	}
	if err := files.WriteWhole(c.FS, c.Paths.Inbox(), doc); err != nil {
		return unwritable(c.Paths.Inbox(), err)
	}
	return nil
}

// finishInbox saves the waiting login to its account. One nobody can be found
// for yet goes on waiting.
func (c *Core) finishInbox(o *opened, in *inboxLogin, p *proofs) error {
	who, told := in.identity, false
	profile, known, _ := p.of(in.credential)
	if known {
		who, told = identityOf(profile), true
	}
	if !who.Complete() || who.Email == "" {
		return nil
	}
	a, added := o.vault.ensure(who)
	in.savedTo, o.inboxKnown = a.Key, !added
	in.judge(o, a)
	if in.landed {
		// It was saved before it was put in front of Claude Code, which may
		// have refreshed it since: what is live has been saved by now.
		return nil
	}
	a.store(in.credential)
	a.NeedsLogin = false
	o.book.Page(a.Key).Offline = false
	delete(o.contested, a.Key)
	if told {
		if err := a.learn(profile, c.Now()); err != nil {
			return err
		}
	}
	return a.stamp()
}

// clearInbox removes the inbox once its login is safe in the vault and, where
// its account is live, in Claude Code's file.
func (c *Core) clearInbox(in *inboxLogin) error {
	if in == nil || in.savedTo == "" {
		return nil
	}
	if in.undecided {
		if _, err := c.keepAside(in.credential, nil); err != nil {
			return err
		}
	}
	if err := c.FS.Remove(c.Paths.Inbox()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(c.Paths.Inbox(), err)
	}
	return nil
}

// Saved says what became of a login.
type Saved struct {
	Key   string
	Known bool // the account was in the vault already
	Live  bool // Claude Code uses it now
	Note  string
}

// SaveLogin keeps the answer to an authorization code. Whatever happens the
// login is on disk first. Where the provider does not tell whose it is, it
// waits in the inbox: Key is then empty and Note says so. It becomes the live
// login only where it is that account's newer one, or where nobody was logged
// in.
func (c *Core) SaveLogin(ctx context.Context, g provider.Grant) (Saved, error) {
	cr, err := credentialOf(g)
	if err != nil {
		return Saved{}, err
	}
	return c.saveLogin(ctx, &inboxLogin{credential: cr, identity: identityOfGrant(g)})
}

// SaveCredential keeps a login another program made, with the oauthAccount it
// wrote beside it (nil for none), as SaveLogin does.
func (c *Core) SaveCredential(ctx context.Context, cr Credential, account []byte) (Saved, error) {
	in := &inboxLogin{credential: cr, identity: Identity{AccountUUID: cr.AccountUUID, OrganizationUUID: cr.OrganizationUUID}}
	if named := identityIn(account); !in.identity.Complete() || named.AccountUUID == cr.AccountUUID && named.OrganizationUUID == cr.OrganizationUUID {
		// Both files are one program's answer to one login, so here, and only
		// here, the name beside the login is its own.
		in.identity = named
	}
	return c.saveLogin(ctx, in)
}

func (c *Core) saveLogin(ctx context.Context, in *inboxLogin) (Saved, error) {
	ctx = context.WithoutCancel(ctx) // a token in hand is saved whatever the person presses
	cr := in.credential
	c.Step("login.inbox")
	if err := c.putInbox(ctx, in); err != nil {
		return Saved{}, err
	}
	c.Step("login.open")
	o, err := c.open(ctx, true, false)
	if err != nil {
		return Saved{}, err
	}
	defer o.release()
	var a *Account
	for _, have := range o.vault.Accounts() {
		if have.Credential.RefreshToken.Equal(cr.RefreshToken) && have.Credential.AccessToken.Equal(cr.AccessToken) {
			a = have
		}
	}
	if a == nil {
		return Saved{Note: "the login is kept, but the provider did not say whose it is; it is finished the next time Baton reaches the provider"}, nil
	}
	saved := Saved{Key: a.Key, Known: o.inboxKnown, Live: o.owner == a}
	c.log(Activity{Kind: "added", Key: a.Key, Text: "logged in"})
	if !o.live.Usable() && c.liveSupported() == nil {
		o.release()
		if _, err := c.Swap(ctx, SwapRequest{To: a.Key}); err != nil {
			saved.Note = "the login is kept; making it Claude Code's failed: " + err.Error()
			return saved, nil
		}
		saved.Live = true
	}
	return saved, nil
}

// putInbox writes the login to the inbox, after an earlier one that waits
// there was finished or, where that is not possible, set aside.
func (c *Core) putInbox(ctx context.Context, in *inboxLogin) error {
	release, err := c.lock(ctx, c.Paths.ClientLock(), 2*lockWait)
	if err != nil {
		return err
	}
	defer release()
	earlier, err := c.readInbox()
	if err == nil && earlier != nil {
		_, err = c.keepAside(earlier.credential, nil)
	}
	if err != nil {
		return err
	}
	return c.writeInbox(in)
}

// keepAside writes a login to a file of its own under set-aside, which Baton
// never removes.
func (c *Core) keepAside(cr Credential, account []byte) (path string, err error) {
	doc, err := apply([]byte("{}"), []edit{{liveMember, cr.raw}, {configMember, account}})
	if err != nil {
		return "", err
	}
	stamp := c.Now().UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		path = filepath.Join(c.Paths.SetAside(), fmt.Sprintf("login-%s-%d.json", stamp, n))
		if _, err := c.FS.Stat(path); errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err := files.WriteWhole(c.FS, path, doc); err != nil {
		return "", unwritable(path, err)
	}
	return path, nil
}

// credentialOf gives a new login in Claude Code's shape.
func credentialOf(g provider.Grant) (Credential, error) {
	return Credential{}.with(
		edit{"accessToken", jsonString(g.AccessToken.Reveal())},
		edit{"refreshToken", jsonString(g.RefreshToken.Reveal())},
		orNull(setMillis("expiresAt", g.ExpiresAt)),
		setMillis("refreshTokenExpiresAt", g.RefreshTokenExpiresAt),
		edit{"scopes", jsonStrings(g.Scopes)},
		edit{"subscriptionType", []byte("null")},
		edit{"rateLimitTier", []byte("null")},
		setText("accountUuid", g.AccountUUID),
		setText("organizationUuid", g.OrganizationUUID),
	)
}
