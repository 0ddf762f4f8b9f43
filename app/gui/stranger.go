//go:build cgo || js

package gui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"baton/app/backend"
	"baton/widgets"
)

// stranger is a live login that is nobody's: its card, and how it goes with
// adding it.
type stranger struct {
	card    *widgets.AccountCard
	op      *operation // nil while nothing runs
	refused *backend.Problem
}

// strangerTone is the avatar's colour: the one that says least.
const strangerTone = widgets.AvatarTones - 1

func newStranger(v *View) stranger {
	s := stranger{card: widgets.NewAccountCard(widgets.CardView{})}
	s.card.OnPrimary = v.addStranger
	s.card.OnMenu = func(anchor fyne.CanvasObject) { v.popUp(v.strangerItems(), anchor) }
	s.card.OnFocus = func() { v.accounts.list.ScrollTo(s.card) }
	s.card.OnStep = func(by int) { v.step(s.card, by) }
	return s
}

// strangerThere says whether a login is live that no account has.
func strangerThere(s backend.Snapshot) bool {
	return s.Live.Present && s.Live.Reason == backend.LiveUnknown
}

// strangerView is its card: kept safe, and one press from being an account.
func strangerView(s backend.Snapshot, found stranger, room float32) widgets.CardView {
	v := widgets.CardView{
		Name: tr(textStranger), Detail: s.Live.Email,
		Avatar:  widgets.AvatarView{Initial: "?", Tone: strangerTone},
		Problem: tr(textStrangerAbout), Hint: tr(textStrangerHint),
		State: tr(textKeptSafe), StateTone: widgets.ToneWarn,
		Primary: tr(textAddIt), PrimaryKind: widgets.ButtonAccent, PrimaryRoom: room,
		MenuLabel: tr(textMore, "Name", tr(textStranger)),
	}
	if v.Detail == "" {
		v.Detail = tr(textStrangerLive)
	}
	if found.refused != nil {
		v.Problem, v.Hint = problemWords(found.refused)
		v.PrimaryKind = widgets.ButtonQuiet
	}
	if found.op != nil {
		v.State, v.StateTone = found.op.text, widgets.ToneMuted
		v.Primary, v.PrimaryKind = tr(textCancel), widgets.ButtonQuiet
	}
	return v
}

func (v *View) strangerItems() []*fyne.MenuItem {
	add := fyne.NewMenuItem(tr(textAddIt), v.addStranger)
	add.Disabled = v.found.op != nil
	items := []*fyne.MenuItem{add}
	if email := v.snap.Live.Email; email != "" {
		items = append(items, fyne.NewMenuItem(tr(textCopyEmail), func() { v.app.Clipboard().SetContent(email) }))
	}
	return items
}

// strangerMatches says whether the filter leaves the unknown login in.
func strangerMatches(s backend.Snapshot, filter string) bool {
	return matches(strings.ToLower(s.Live.Email+"\n"+tr(textStranger)+"\n"+tr(textKeptSafe)), filter)
}

// addStranger adopts the unknown login, or stops doing so.
func (v *View) addStranger() {
	if v.found.op != nil {
		v.found.op.cancel()
		return
	}
	ctx, cancel := context.WithCancel(v.ctx)
	v.found.op = &operation{cancel: cancel, text: tr(textImporting)}
	v.found.refused = nil
	v.show()
	v.importLive(ctx, func(_ backend.Result, p *backend.Problem) {
		cancel()
		v.found.op = nil
		if p != nil && p.Code != backend.ProblemCanceled {
			v.found.refused = p
		}
		v.show()
	})
}
