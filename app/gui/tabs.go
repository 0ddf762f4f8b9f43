//go:build cgo || js

package gui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"baton/app/backend"
)

// tab is one of the window's main views. The window shows a row of them only
// when there is more than one.
type tab struct {
	title key
	icon  fyne.Resource // instead of the title in a narrow window
	build func(*View) pane
}

// pane is what a tab shows. Its methods are called on the UI goroutine.
type pane interface {
	// content is what stands between the banners and the foot line.
	content() fyne.CanvasObject
	// show brings it in line with a snapshot, the clock, and what the person
	// typed into the filter. It is called while the pane is in front.
	show(s backend.Snapshot, now time.Time, filter string)
	// holds says how long what it shows stays true by itself; zero: for ever.
	holds(s backend.Snapshot, now time.Time) time.Duration
}

// tabs are all there are, the first in front at the start. A new view is added
// here.
func tabs() []tab {
	return []tab{
		{title: textAccounts, icon: theme.AccountIcon(), build: func(v *View) pane { return v.accounts }},
	}
}

// front is the pane in front, built when it is first seen.
func (v *View) front() pane {
	if v.panes[v.at] == nil {
		v.panes[v.at] = v.tabs[v.at].build(v)
	}
	return v.panes[v.at]
}

// goTo brings a tab to the front, leaving the settings if they are open.
func (v *View) goTo(at int) {
	if at < 0 || at >= len(v.tabs) {
		return
	}
	v.settings = nil
	v.at = at
	v.bar.tabs.Choose(at)
	v.show()
	v.page.Refresh()
}
