//go:build cgo || js

package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"baton/app/backend"
)

// openMenu shows the overflow menu of an account below anchor.
func (v *View) openMenu(key string, anchor fyne.CanvasObject) {
	e := v.entries[key]
	if e == nil {
		return
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("", v.menuItems(key, e)...), v.win.Canvas())
	at := v.app.Driver().AbsolutePositionForObject(anchor)
	at = at.AddXY(anchor.Size().Width-menu.MinSize().Width, anchor.Size().Height+2)
	menu.ShowAtPosition(fyne.NewPos(max(0, at.X), at.Y))
}

// menuItems is everything one can do with an account, whatever its state.
func (v *View) menuItems(key string, e *entry) []*fyne.MenuItem {
	a := e.account
	busy := e.op != nil || a.Busy != ""
	act := func(label string, action backend.Action) *fyne.MenuItem {
		action.Key = key
		i := fyne.NewMenuItem(label, func() { v.do(key, action) })
		i.Disabled = busy
		return i
	}
	open := func(label string, do func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(label, do)
		i.Disabled = busy
		return i
	}
	swap := act(textSwap, backend.Action{Kind: backend.ActionSwap})
	if a.Active {
		// Still useful: it checks both files and repairs what disagrees.
		swap.Label = textMenuSwapActive
	}
	pause := act(textPause, backend.Action{Kind: backend.ActionPause})
	if a.State == backend.StatePaused {
		pause = act(textResume, backend.Action{Kind: backend.ActionResume})
	}
	limit := open(textLimit, func() { v.showLimit(key) })
	if !a.LimitedUntil.IsZero() {
		limit = act(textUnlimit, backend.Action{Kind: backend.ActionUnlimit})
	}
	items := []*fyne.MenuItem{
		swap,
		act(textRefresh, backend.Action{Kind: backend.ActionRefresh}),
		act(textUsage, backend.Action{Kind: backend.ActionUsage}),
		open(textLogInAgain, func() { v.logInAgain(key) }),
		fyne.NewMenuItemSeparator(),
		open(textRename, func() { v.showRename(key) }),
		limit,
		pause,
		fyne.NewMenuItem(textCopyEmail, func() { v.app.Clipboard().SetContent(a.Email) }),
	}
	if e.problem != nil && e.problem.Code == backend.ProblemUnknownLive {
		// Offered only once a swap was refused for it: it is the way out, not
		// the way to go.
		items = append(items, fyne.NewMenuItemSeparator(),
			act(textSetAside, backend.Action{Kind: backend.ActionSwap, SetAside: true}))
	}
	if e.problem != nil || a.Problem != nil {
		items = append(items, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(textDetails, func() { v.showDetails(key) }))
	}
	if e.problem != nil {
		items = append(items, fyne.NewMenuItem(textHide, func() {
			e.problem = nil
			v.show()
		}))
	}
	return append(items, fyne.NewMenuItemSeparator(),
		open(textRemove, func() { v.showRemove(key) }))
}
