//go:build cgo || js

package gui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"baton/app/backend"
	"baton/icons"
	"baton/widgets"
)

// accountsPane is the tab with the cards: the head line, the list, and what
// stands in the list's place where it would be empty.
type accountsPane struct {
	v       *View
	box     *fyne.Container
	head    *widgets.HeadLine
	list    *widgets.CardList
	empty   *emptyState     // nil until there is no account
	noMatch *fyne.Container // nil until the filter leaves none
	before  float32         // the head line's height, as last laid out
}

var _ pane = (*accountsPane)(nil)

func newAccountsPane(v *View) *accountsPane {
	p := &accountsPane{
		v:    v,
		head: widgets.NewHeadLine(widgets.HeadView{}),
		list: widgets.NewCardList(),
	}
	p.box = container.New(p, p.head, p.list)
	return p
}

// instead shows what stands in the list's place. Most people never see it, and
// in a page what it takes to build is time before the first list.
func (p *accountsPane) instead(s backend.Snapshot, noMatch bool) {
	if noMatch && p.noMatch == nil {
		p.noMatch = container.NewCenter(container.NewVBox(
			widget.NewLabelWithStyle(tr(textNoMatch), fyne.TextAlignCenter, fyne.TextStyle{}),
			container.NewCenter(widgets.NewButton(tr(textClearFilter), widgets.ButtonQuiet, p.v.clearFilter)),
		))
		p.box.Add(p.noMatch)
	}
	empty := len(s.Accounts) == 0
	if empty && p.empty == nil {
		p.empty = newEmptyState(p.v.showAdd, p.v.addStranger)
		p.box.Add(p.empty.box)
	}
	if p.noMatch != nil {
		setVisible(p.noMatch, noMatch)
	}
	if p.empty != nil {
		setVisible(p.empty.box, empty)
		p.empty.live(s, p.v.prefs.hide)
	}
}

func (p *accountsPane) content() fyne.CanvasObject { return p.box }

// show implements pane.
func (p *accountsPane) show(s backend.Snapshot, now time.Time, filter string) {
	v := p.v
	v.tones = avatarTones(v.tones, s.Accounts)
	var cards []widgets.Card
	some := len(s.Accounts) > 0
	unknown := strangerThere(s)
	if unknown {
		v.found.card.SetView(v.prefs.hide.card(strangerView(s, v.found, v.room)))
		if some && strangerMatches(s, filter) {
			cards = append(cards, v.found.card)
		}
	}
	v.shown = v.shown[:0]
	for _, a := range s.Accounts {
		e := v.entries[a.Key]
		v.showEntry(e, v.tones[a.Key], now)
		if filter == "" || matches(e.known.words, filter) {
			cards = append(cards, e.card)
			v.shown = append(v.shown, a.Key)
		}
	}
	p.list.SetCards(cards)
	setVisible(p.list, len(cards) > 0)
	p.instead(s, some && len(cards) == 0)
	setVisible(p.head, some)
	p.head.SetView(v.prefs.hide.head(headView(s, now)))
	if p.box.Size().IsZero() {
		return // it is laid out when it gets one
	}
	if high := p.head.HeightFor(p.inner()); high != p.before {
		p.Layout(p.box.Objects, p.box.Size())
	}
}

// holds implements pane.
func (p *accountsPane) holds(s backend.Snapshot, now time.Time) time.Duration {
	return nextChange(s, now)
}

func (p *accountsPane) inner() float32 {
	w := p.box.Size().Width
	return w - 2*widgets.Gutter(w) - 4
}

// MinSize implements fyne.Layout.
func (p *accountsPane) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// Layout implements fyne.Layout. The head line is as high as its words need at
// the width there is, which Fyne's layouts can't ask for.
func (p *accountsPane) Layout(all []fyne.CanvasObject, s fyne.Size) {
	y := float32(0)
	if p.head.Visible() {
		p.before = p.head.HeightFor(p.inner())
		place(p.head, widgets.Gutter(s.Width)+2, headGap, p.inner(), p.before)
		y = headGap + p.before + 8
	}
	for _, o := range all {
		if o != p.head {
			place(o, 0, y, s.Width, s.Height-y)
		}
	}
}

// emptyState leads to the first account.
type emptyState struct {
	box        *fyne.Container
	about      *widget.Label
	add, adopt *widgets.Button
}

func newEmptyState(add, adopt func()) *emptyState {
	icon := canvas.NewImageFromResource(icons.Baton())
	icon.FillMode = canvas.ImageFillContain
	icon.SetMinSize(fyne.NewSquareSize(88))
	title := widget.NewLabelWithStyle(tr(textEmptyTitle), fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameSubHeadingText
	e := &emptyState{
		about: widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{}),
		add:   widgets.NewButton(tr(textAdd), widgets.ButtonAccent, add),
		adopt: widgets.NewButton(tr(textImport), widgets.ButtonAccent, adopt),
	}
	e.about.Importance = widget.LowImportance
	e.about.Wrapping = fyne.TextWrapWord
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(340, 1))
	e.box = container.NewCenter(container.NewVBox(
		icon, spacer(8), title, container.NewStack(width, e.about), spacer(8),
		container.NewCenter(container.NewVBox(e.adopt, e.add)),
	))
	return e
}

// live puts the login in use first, where there is one: it is the account that
// takes no browser.
func (e *emptyState) live(s backend.Snapshot, hide veil) {
	there := strangerThere(s)
	about, kind := tr(textEmptyAbout), widgets.ButtonAccent
	if there {
		about, kind = tr(textEmptyLive), widgets.ButtonQuiet
		if s.Live.Email != "" {
			about += "\n" + hide.over(s.Live.Email)
		}
	}
	setVisible(e.adopt, there)
	if e.about.Text != about {
		e.about.SetText(about)
	}
	if e.add.Kind != kind {
		e.add.Kind = kind
		e.add.Refresh()
	}
}
