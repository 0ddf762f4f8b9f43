//go:build cgo || js

package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baton/app/backend"
	"baton/widgets"
)

// bannerLimit keeps banners from pushing the accounts out of the window.
const bannerLimit = 3

// bannerItem is a banner and what its button does.
type bannerItem struct {
	view widgets.BannerView
	act  func()
}

// bannerViews says what is nobody's card's matter, the most urgent first.
func (v *View) bannerViews() []bannerItem {
	var items []bannerItem
	if v.snap.Live.Reason == backend.LiveUnknown {
		items = append(items, v.strangerBanner())
	}
	for _, p := range v.snap.Problems {
		items = append(items, bannerItem{view: widgets.BannerView{Message: p.Message, Hint: p.Hint, Tone: widgets.ToneBad}})
	}
	for _, o := range v.snap.Overrides {
		items = append(items, bannerItem{view: widgets.BannerView{Message: textOverride(o), Tone: widgets.ToneWarn}})
	}
	if over := len(items) - bannerLimit; over > 0 {
		items = append(items[:bannerLimit], bannerItem{view: widgets.BannerView{Message: textMore(over), Tone: widgets.ToneMuted}})
	}
	if v.cfg.Demo != "" {
		items = append([]bannerItem{{view: widgets.BannerView{Message: v.cfg.Demo, Tone: widgets.ToneAccent}}}, items...)
	}
	return items
}

// strangerBanner offers to keep a login that is live and nobody's.
func (v *View) strangerBanner() bannerItem {
	view := widgets.BannerView{
		Message: textUnknown(v.snap.Live.Email), Hint: textUnknownHint,
		Tone: widgets.ToneWarn, Action: textAddIt,
	}
	if v.found.refused != nil {
		view.Message, view.Hint = v.found.refused.Message, v.found.refused.Hint
	}
	if v.found.op != nil {
		view.Hint, view.Action = v.found.op.text, textCancel
	}
	return bannerItem{view: view, act: v.addStranger}
}

func (v *View) addStranger() {
	if v.found.op != nil {
		v.found.op.cancel()
		return
	}
	ctx, cancel := context.WithCancel(v.ctx)
	v.found.op = &operation{cancel: cancel, text: textImporting}
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

// bannerStack is the banners, one above the other.
type bannerStack struct {
	box     *fyne.Container
	banners []*widgets.Banner
}

const bannerGap = 8

func newBannerStack() *bannerStack {
	s := &bannerStack{}
	s.box = container.New(s)
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
	s.Layout(nil, s.box.Size())
}

func (s *bannerStack) heightFor(width float32) float32 {
	high := float32(0)
	for _, b := range s.banners {
		if b.Visible() {
			high += b.HeightFor(width-2*widgets.Gutter(width)) + bannerGap
		}
	}
	return high
}

// Layout implements fyne.Layout.
func (s *bannerStack) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, b := range s.banners {
		if b.Visible() {
			high := b.HeightFor(size.Width)
			b.Move(fyne.NewPos(0, y))
			b.Resize(fyne.NewSize(size.Width, high))
			y += high + bannerGap
		}
	}
}

// MinSize implements fyne.Layout.
func (s *bannerStack) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }
