//go:build cgo || js

package gui

import (
	"fyne.io/fyne/v2"

	"baton/app/backend"
)

// openMenu shows the overflow menu of an account below anchor.
func (v *View) openMenu(key string, anchor fyne.CanvasObject) {
	e := v.entries[key]
	if e == nil {
		return
	}
	v.popUp(v.menuItems(key, e), anchor)
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
	swap := act(tr(textSwap), backend.Action{Kind: backend.ActionSwap})
	if a.Active {
		// Still useful: it checks both files and repairs what disagrees.
		swap.Label = tr(textCheck)
	}
	pause := act(tr(textPause), backend.Action{Kind: backend.ActionPause})
	if a.State == backend.StatePaused {
		pause = act(tr(textResume), backend.Action{Kind: backend.ActionResume})
	}
	limit := open(tr(textLimit), func() { v.showLimit(key) })
	if !a.LimitedUntil.IsZero() {
		limit = act(tr(textUnlimit), backend.Action{Kind: backend.ActionUnlimit})
	}
	items := []*fyne.MenuItem{
		swap,
		act(tr(textRefresh), backend.Action{Kind: backend.ActionRefresh}),
		act(tr(textUsage), backend.Action{Kind: backend.ActionUsage}),
		open(tr(textLogInAgain), func() { v.logInAgain(key) }),
		fyne.NewMenuItemSeparator(),
		open(tr(textRename), func() { v.showRename(key) }),
		limit,
		pause,
		fyne.NewMenuItem(tr(textCopyEmail), func() { v.app.Clipboard().SetContent(a.Email) }),
	}
	items = append(items, v.moveItems(key)...)
	if e.problem != nil && e.problem.Code == backend.ProblemUnknownLive {
		// Offered only once a swap was refused for it: it is the way out, not
		// the way to go.
		items = append(items, fyne.NewMenuItemSeparator(),
			act(tr(textSetAside), backend.Action{Kind: backend.ActionSwap, SetAside: true}))
	}
	if e.problem != nil || a.Problem != nil {
		items = append(items, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(tr(textDetails), func() { v.showDetails(key) }))
	}
	if e.problem != nil {
		items = append(items, fyne.NewMenuItem(tr(textHide), func() {
			e.problem = nil
			v.show()
		}))
	}
	return append(items, fyne.NewMenuItemSeparator(),
		open(tr(textRemove), func() { v.showRemove(key) }))
}

// moveItems are the ways an account can go among those shown.
func (v *View) moveItems(of string) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for i, k := range v.shown {
		if k != of {
			continue
		}
		for _, way := range []struct {
			words key
			by    int
		}{{textMoveUp, -1}, {textMoveDown, 1}} {
			item := fyne.NewMenuItem(tr(way.words), func() { v.move(of, way.by) })
			item.Disabled = v.moving || i+way.by < 0 || i+way.by >= len(v.shown)
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		items = append([]*fyne.MenuItem{fyne.NewMenuItemSeparator()}, items...)
	}
	return items
}
