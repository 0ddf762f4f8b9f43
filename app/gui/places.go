//go:build cgo || js

package gui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"baton/widgets"
)

// Place is where something to press is in the window, in Fyne's pixels from
// its upper left corner.
type Place struct {
	Pos  fyne.Position
	Size fyne.Size
}

// Middle is where to press.
func (p Place) Middle() fyne.Position {
	return p.Pos.AddXY(p.Size.Width/2, p.Size.Height/2)
}

// Places says where what can be pressed is at the moment, for tests and
// pictures that click as a person does. The names are "add", "filter",
// "find" (the filter, while it is an icon), "menu", "undo", "back" (out of the
// settings), "tab:N" from 0 on, "zoom:N" of the availability, "sheet:N" for what is in a sheet, in its order, "stranger" and "stranger:primary" for a login
// that is nobody's, and for each account in sight "card:KEY", "card:KEY:primary",
// "card:KEY:second" and "card:KEY:menu"; what is not shown is not in it. It
// belongs on the UI goroutine.
func (v *View) Places() map[string]Place {
	out := map[string]Place{}
	add := func(name string, o fyne.CanvasObject) {
		if o == nil || !o.Visible() || o.Size().IsZero() {
			return
		}
		out[name] = Place{Pos: v.app.Driver().AbsolutePositionForObject(o), Size: o.Size()}
	}
	add("add", v.bar.add)
	add("filter", v.bar.filter)
	add("find", v.bar.find)
	add("menu", v.bar.menu)
	add("undo", v.foot.Control())
	if v.settings != nil {
		add("back", v.settings.back)
	}
	if v.sheet != nil {
		for i, o := range pressable(v.sheet.body) {
			add(fmt.Sprint("sheet:", i), o)
		}
	}
	if v.bar.tabs.Visible() {
		for i, t := range v.bar.tabs.Controls() {
			add(fmt.Sprint("tab:", i), t)
		}
	}
	if p, ok := v.front().(*availabilityPane); ok && v.settings == nil {
		for i, z := range p.zoom.Controls() {
			add(fmt.Sprint("zoom:", i), z)
		}
	}
	if v.inSight(v.found.card) {
		add("stranger", v.found.card)
		primary, _, _ := v.found.card.Controls()
		add("stranger:primary", primary)
	}
	for key, e := range v.entries {
		if !v.inSight(e.card) {
			continue
		}
		add("card:"+key, e.card)
		primary, second, menu := e.card.Controls()
		add("card:"+key+":primary", primary)
		add("card:"+key+":second", second)
		add("card:"+key+":menu", menu)
	}
	return out
}

// inSight says whether a card is among those the list shows now.
func (v *View) inSight(c *widgets.AccountCard) bool {
	if v.settings != nil || !v.accounts.list.Visible() || !c.Visible() {
		return false
	}
	for _, have := range v.accounts.list.Cards() {
		if have == widgets.Card(c) {
			return true
		}
	}
	return false
}

// pressable lists the buttons, cards and fields in a container, however deep.
func pressable(in *fyne.Container) (out []fyne.CanvasObject) {
	for _, o := range in.Objects {
		switch o := o.(type) {
		case *fyne.Container:
			out = append(out, pressable(o)...)
		case *widgets.Button, *widgets.ChoiceCard, *field:
			out = append(out, o)
		}
	}
	return out
}

// Troubles says what stands on the cards of accounts whose last action failed,
// by key. It belongs on the UI goroutine.
func (v *View) Troubles() map[string]string {
	out := map[string]string{}
	for key, e := range v.entries {
		if e.problem != nil {
			out[key], _ = problemWords(e.problem.Problem)
		}
	}
	return out
}
