//go:build cgo || js

package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baton/app/backend"
	"baton/widgets"
)

// bannerLimit keeps banners from pushing the accounts out of the window: more
// than this many fold into one.
const bannerLimit = 3

// bannerItem is a banner and what its button does.
type bannerItem struct {
	view widgets.BannerView
	act  func()
}

// bannerViews says what is no card's matter, the worst first.
func (v *View) bannerViews() []bannerItem {
	var items []bannerItem
	problems := slices.Clone(v.snap.Problems)
	slices.SortStableFunc(problems, func(a, b backend.Problem) int { return weight(b.Code) - weight(a.Code) })
	for i := range problems {
		message, hint := problemWords(&problems[i])
		items = append(items, bannerItem{view: widgets.BannerView{Message: message, Hint: hint, Tone: widgets.ToneBad}})
	}
	for _, o := range v.snap.Overrides {
		items = append(items, bannerItem{view: widgets.BannerView{Message: textOverrideBy(o), Hint: textOverrideHintFor(o), Tone: widgets.ToneWarn}})
	}
	if over := len(items) - bannerLimit; over > 0 {
		if !v.unfolded {
			// One more would take the place that saying so takes.
			items = items[:bannerLimit-1]
			items = append(items, bannerItem{
				view: widgets.BannerView{Message: trn(textAndMore, over+1), Tone: widgets.ToneMuted, Action: tr(textShowThem)},
				act:  func() { v.fold(false) },
			})
		} else {
			last := &items[len(items)-1]
			last.view.Action, last.act = tr(textFold), func() { v.fold(true) }
		}
	}
	if v.cfg.Demo != "" {
		said := v.cfg.Demo
		if speaking() != langEnglish {
			said = tr(textDemo)
		}
		items = append([]bannerItem{{view: widgets.BannerView{Message: said, Tone: widgets.ToneAccent}}}, items...)
	}
	for i := range items {
		items[i].view = v.prefs.hide.banner(items[i].view)
	}
	return items
}

func (v *View) fold(folded bool) {
	v.unfolded = !folded
	v.show()
}

// weight is how much a problem of the surroundings keeps from working.
func weight(c backend.ProblemCode) int {
	switch c {
	case backend.ProblemDamaged:
		return 3
	case backend.ProblemOffline, backend.ProblemCanceled:
		return 1
	}
	return 2
}

// bannerStack is the banners, one above the other; many of them scroll.
type bannerStack struct {
	scroll  *container.Scroll
	box     *fyne.Container
	banners []*widgets.Banner
}

const (
	bannerGap float32 = 8
	bannerTop float32 = 2 // above the first and below the last, for their edges
)

func newBannerStack() *bannerStack {
	s := &bannerStack{}
	s.box = container.New(s)
	s.scroll = container.NewVScroll(s.box)
	return s
}

// set shows these banners; those that are there already are kept.
func (s *bannerStack) set(items []bannerItem) {
	for len(s.banners) < len(items) {
		b := widgets.NewBanner(widgets.BannerView{})
		s.banners = append(s.banners, b)
		s.box.Objects = append(s.box.Objects, b)
	}
	for i, b := range s.banners {
		if i < len(items) {
			b.SetView(items[i].view)
			b.OnAction = items[i].act
		}
		setVisible(b, i < len(items))
	}
	setVisible(s.scroll, len(items) > 0)
	s.Layout(nil, s.box.Size())
}

// heightFor is how high all of them are in a window of this width, 0 for none.
func (s *bannerStack) heightFor(width float32) float32 {
	high := float32(0)
	for _, b := range s.banners {
		if b.Visible() {
			high += b.HeightFor(width-2*widgets.Gutter(width)) + bannerGap
		}
	}
	if high == 0 {
		return 0
	}
	return high - bannerGap + 2*bannerTop
}

// Layout implements fyne.Layout.
func (s *bannerStack) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	// The stack is as wide as the window, or its edge would cut the banners'.
	side := widgets.Gutter(size.Width)
	y := bannerTop
	for _, b := range s.banners {
		if b.Visible() {
			high := b.HeightFor(size.Width - 2*side)
			place(b, side, y, size.Width-2*side, high)
			y += high + bannerGap
		}
	}
}

// MinSize implements fyne.Layout.
func (s *bannerStack) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, s.heightFor(s.box.Size().Width))
}
