//go:build !js

package local

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"baton/app/backend"
	"baton/oauthcore/view"
)

// take reads everything there is to show.
func (b *Backend) take() backend.Snapshot {
	now := b.Now()
	v := b.core.Snapshot(context.Background())
	s := backend.Snapshot{
		TakenAt: now,
		Active:  v.Active,
		Live:    backend.Live{Present: v.Live.Present, Email: v.Live.Email, Reason: v.Live.Reason},
	}
	s.Accounts = slices.Grow(s.Accounts, len(v.Accounts))
	b.mu.Lock()
	for _, a := range v.Accounts {
		s.Accounts = append(s.Accounts, account(a, b.busy[a.Key]))
	}
	b.mu.Unlock()
	if v.Next != nil {
		s.Next = &backend.Next{Key: v.Next.Key, Name: v.Next.Name, Reason: reason(v.Next)}
	}
	if v.LastSwap != nil {
		s.LastSwap = &backend.LastSwap{From: v.LastSwap.From, To: v.LastSwap.Key, At: v.LastSwap.At}
	}
	s.Overrides = b.overrides()
	s.Forced = backend.Forced(b.core.ForcedOrganizations())
	for _, x := range b.core.Sessions(b.Processes) {
		s.Sessions = append(s.Sessions, backend.Session{PID: x.PID, Cwd: x.Cwd})
	}
	for _, d := range v.Recent {
		s.Deeds = append(s.Deeds, backend.Deed{At: d.At, Kind: d.Kind, Key: d.Key, From: d.From, Text: d.Text})
	}
	var err error
	if s.Settings, err = b.switches(); err != nil {
		v.Problems = append(v.Problems, asCore(err))
	}
	for _, p := range v.Problems {
		s.Problems = append(s.Problems, *problem(p))
	}
	return s
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// account gives the face's view of one account.
func account(v view.Account, busy backend.Wait) backend.Account {
	a := backend.Account{
		Key: v.Key, Email: v.Email, Label: v.Label,
		OrganizationUUID: v.OrganizationUUID, OrganizationName: v.OrganizationName,
		Plan: v.Plan, Tier: v.Tier, Active: v.Active,
		LimitedUntil: v.LimitedUntil, AccessExpiresAt: v.AccessExpiresAt, LoginExpiresAt: v.LoginExpiresAt,
		Usage: usage(v.Usage), LoginAddress: v.LoginAddress, Busy: busy,
	}
	switch {
	case v.NeedsLogin:
		a.State = backend.StateNeedsLogin
		a.Problem = &backend.Problem{
			Code: backend.ProblemNeedsLogin, Key: v.Key,
			Message: "the provider no longer accepts this login", Hint: "log in again",
		}
	case v.Paused:
		a.State = backend.StatePaused
	case !v.LimitedUntil.IsZero():
		a.State = backend.StateLimited
	default:
		a.State = backend.StateReady
	}
	if v.LoginEnds && !v.NeedsLogin {
		a.Notices = append(a.Notices, backend.NoticeLoginEnds)
	}
	refused := v.Refused != "" && !v.NeedsLogin
	if refused {
		a.Notices, a.Refused = append(a.Notices, backend.NoticeRefused), v.Refused
	}
	if v.Unsure && !v.NeedsLogin { // of a login that was refused that is no longer the question
		a.Notices = append(a.Notices, backend.NoticeUnsure)
	}
	if v.Offline {
		a.Notices = append(a.Notices, backend.NoticeOffline)
	}
	switch {
	case a.Problem != nil:
	case refused:
		a.Problem = &backend.Problem{
			Code: backend.ProblemRefused, Key: v.Key,
			Message: "the provider refuses this account: " + v.Refused,
			Hint:    "look at the account at claude.ai, then refresh it here",
		}
	case v.Unsure:
		a.Problem = &backend.Problem{
			Code: backend.ProblemUnsure, Key: v.Key,
			Message: "it is not sure that this login still works", Hint: "refresh it to find out",
		}
	case v.Offline:
		a.Problem = &backend.Problem{
			Code: backend.ProblemOffline, Key: v.Key,
			Message: "the provider could not be reached; the login is kept", Hint: "try again later",
		}
	}
	return a
}

func usage(u *view.Usage) *backend.Usage {
	if u == nil {
		return nil
	}
	out := &backend.Usage{
		FiveHour: window(u.FiveHour), SevenDay: window(u.SevenDay), NoFiveHour: u.NoFiveHour && u.FiveHour == nil,
		ObservedAt: u.ObservedAt, Source: u.Source,
	}
	for _, m := range u.Models {
		out.Models = append(out.Models, backend.ModelWindow{Name: m.Name, Window: *window(&m.Window)})
	}
	return out
}

func window(w *view.Window) *backend.Window {
	if w == nil {
		return nil
	}
	return &backend.Window{Percent: w.Percent, ResetsAt: w.ResetsAt}
}

// reason says in a few words why an account is next.
func reason(c *view.Next) string {
	switch {
	case c.HeadroomKnown:
		return strconv.FormatFloat(c.Headroom, 'f', 0, 64) + "% left"
	case c.ActiveAt.IsZero():
		return "not used yet"
	}
	return fmt.Sprintf("not used since %s", c.ActiveAt.Local().Format("Mon 2 Jan 15:04"))
}
