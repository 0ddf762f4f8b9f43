package oauthcore

import (
	"context"
	"time"

	"baton/oauthcore/provider"
)

// AccountView is one account as it stands, without a token.
type AccountView struct {
	Key, Email, Label  string
	OrganizationUUID   string
	OrganizationName   string
	Plan, Tier         string
	Paused, NeedsLogin bool
	Unsure, Offline    bool
	LoginEnds          bool // its deadline is less than a week off
	Active             bool
	LimitedUntil       time.Time // zero when free
	AccessExpiresAt    time.Time
	LoginExpiresAt     time.Time
	Usage              *Usage
	// LoginAddress is where Claude Code was told to log in, "" where it was not,
	// or not since the login was found good.
	LoginAddress string
}

// LiveView is the login Claude Code uses, without a token.
type LiveView struct {
	Present bool
	Email   string
	Reason  string // "none", "unknown", "tombstone", "unreadable", or "" when it is a known account's
}

// View is everything there is to see. Damage to a file is among Problems and
// hides only what that file holds.
type View struct {
	Accounts []AccountView
	Active   string
	Live     LiveView
	Next     *Candidate
	LastSwap *Activity  // the newest swap, while the account it went to is live; else nil
	Recent   []Activity // what was done lately, the newest first
	Problems []*Error
}

// View reads what is there and changes nothing.
func (c *Core) View(ctx context.Context) View {
	now := c.Now()
	var v View
	problem := func(err error) bool {
		if err == nil {
			return false
		}
		e := &Error{Code: CodeFailed, Message: err.Error(), Err: err}
		if known, ok := err.(*Error); ok {
			e = known
		}
		v.Problems = append(v.Problems, e)
		return true
	}
	s, err := c.read()
	if problem(err) {
		s = c.salvage()
	}
	c.noticeRestored(s.vault)
	o := &opened{store: s}
	live, err := c.lookLive(ctx)
	if problem(err) {
		v.Live.Reason = "unreadable"
	}
	o.live = live
	o.cfg, err = c.lookAtConfig()
	problem(err)
	p := newProofs()
	problem(c.adoptPool(o, p))
	o.adoptMarks(now)
	if live.Usable() {
		problem(c.adoptLive(o, p, false))
	}
	v.Live = c.liveView(o, v.Live)
	if o.owner != nil && !o.owner.Removed {
		v.Active = o.owner.Key
	}
	for _, a := range s.vault.Accounts() {
		v.Accounts = append(v.Accounts, viewOf(a, s.book.look(a.Key), v.Active, now))
	}
	if next, err := Choose(Candidates(s.vault, s.book, now), v.Active, now); err == nil {
		v.Next = &next
	}
	if last, ok := c.lastSwap(s.vault, v.Active); ok {
		v.LastSwap = &last
	}
	v.Recent = c.recent()
	return v
}

// salvage reads what can be read of Baton's files when one is damaged, for
// showing only.
func (c *Core) salvage() *store {
	return &store{
		contested: map[string]bool{},
		vault:     salvaged(c, c.Paths.Vault(), ParseVault),
		pool:      salvaged(c, c.Paths.Pool(), ParsePool),
		book:      salvaged(c, c.Paths.Book(), ParseBook),
	}
}

// salvaged is one file, or an empty one in its place.
func salvaged[T any](c *Core, path string, parse func([]byte) (T, error)) T {
	doc, _ := readOr(c.FS, path)
	v, err := parse(doc)
	if err != nil {
		v, _ = parse(nil)
	}
	return v
}

func (c *Core) liveView(o *opened, v LiveView) LiveView {
	switch {
	case v.Reason != "":
	case o.live.Credential.Tombstone():
		v.Reason = "tombstone"
	case !o.live.Usable():
		v.Reason = "none"
	case o.owner == nil || o.owner.Removed:
		v.Present, v.Reason = true, "unknown"
		if o.owner != nil {
			v.Email = o.owner.Email
		}
	default:
		v.Present, v.Email = true, o.owner.Email
	}
	return v
}

func viewOf(a *Account, p Page, active string, now time.Time) AccountView {
	v := AccountView{
		Key: a.Key, Email: a.Email, Label: a.Label,
		OrganizationUUID: a.OrganizationUUID, OrganizationName: a.OrganizationName,
		Plan: a.Credential.Plan, Tier: a.Credential.Tier,
		Paused: a.Paused, NeedsLogin: a.NeedsLogin || !a.Credential.Usable(),
		Unsure: a.Unsure(), Offline: p.Offline, LoginEnds: a.loginEnds(now),
		Active:          a.Key == active,
		AccessExpiresAt: a.Credential.ExpiresAt, LoginExpiresAt: a.Credential.RefreshExpiresAt,
		Usage: p.Usage.At(now),
	}
	v.LimitedUntil, _ = p.limited(now)
	if a.ClientDoubts {
		v.LoginAddress = p.LoginAddress
	}
	return v
}

// usageOf takes over an answer of the usage endpoint.
func usageOf(u provider.Usage, now time.Time) *Usage {
	window := func(w *provider.Window) *Window {
		if w == nil {
			return nil
		}
		return &Window{Percent: w.Percent, ResetsAt: w.ResetsAt.UTC()}
	}
	out := &Usage{FiveHour: window(u.FiveHour), SevenDay: window(u.SevenDay), ObservedAt: now.UTC(), Source: "endpoint"}
	for _, m := range u.Models {
		out.Models = append(out.Models, ModelWindow{Name: m.Name, Window: Window{Percent: m.Percent, ResetsAt: m.ResetsAt.UTC()}})
	}
	return out
}
