//go:build cgo || js

package gui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"baton/app/backend"
	"baton/widgets"
)

const (
	personal = "ada@example.com"
	workKey  = "ada@corp.example"
	side     = "ada.side@example.com"
	lab      = "lab@uni.example"
	night    = "night@example.com"
)

func TestFirstLook(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		h := d.accounts.head.View()
		if h.Title != "Personal" || h.Detail != "39% of its 5 hours left · resets 15:01" || h.Next != "Next: Work, 92% of its 5 hours left" {
			t.Errorf("head line %+v", h)
		}
		if got := d.foot.View().Left; got != "3 of 5 accounts free now" {
			t.Errorf("foot %q", got)
		}
		if n := len(d.accounts.list.Cards()); n != 5 {
			t.Errorf("%d cards, want 5", n)
		}
		if d.accounts.empty != nil || d.accounts.noMatch != nil {
			t.Error("an empty state beside accounts")
		}
		test.AssertRendersToMarkup(t, "window.xml", d.win.Canvas())
	})
}

// TestPaints: every view can be painted, not only laid out.
func TestPaints(t *testing.T) {
	s := everyState()
	s.Settings = switches()
	drive(t, s, func(d *driver) {
		d.accounts.list.Dragging(d.entries[workKey].card, 200)
		for what, open := range map[string]func(){
			"cards": func() {}, "settings": d.showSettings, "ways to add": d.showAdd, "shortcuts": d.showKeys,
			"about": d.showAbout, "removal": func() { d.showRemove(lab) },
		} {
			open()
			if img := d.win.Canvas().Capture(); img.Bounds().Dx() != 1080 {
				t.Errorf("%s: painted %v", what, img.Bounds())
			}
			d.escape()
			d.escape()
		}
	})
}

func TestLimitEndsWhileTheWindowIsOpen(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		if v := d.card(side); v.State != "Limited until 14:05" || v.Primary != tr(textSwapAnyway) {
			t.Fatalf("before: %q, %q", v.State, v.Primary)
		}
		d.pass(51 * time.Minute)
		if v := d.card(side); v.Primary != tr(textSwapAnyway) {
			t.Error("the limit ended early")
		}
		d.pass(time.Minute)
		v := d.card(side)
		if v.State != tr(textReady) || v.Primary != tr(textSwap) {
			t.Errorf("at 14:05: %q, %q", v.State, v.Primary)
		}
		if v.Meters[0].Known || v.Meters[0].Right != "was reset 14:05" {
			t.Errorf("a window that is over still counts: %+v", v.Meters[0])
		}
		if got := d.foot.View().Left; got != "4 of 5 accounts free now" {
			t.Errorf("foot %q", got)
		}
	})
}

func TestNothingTicksWithoutReason(t *testing.T) {
	s := fiveAccounts()
	for i := range s.Accounts {
		a := &s.Accounts[i]
		a.Usage, a.LimitedUntil, a.State, a.Notices = nil, time.Time{}, backend.StateReady, nil
	}
	drive(t, s, func(d *driver) {
		before := d.f.takes
		d.pass(10 * time.Hour)
		if got := d.f.takes - before; got != 0 {
			t.Errorf("the snapshot was taken %d times in ten quiet hours", got)
		}
	})
}

func TestOnlyChangedCardsAreDrawnAgain(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		same := d.entries[lab].card
		d.choose(workKey, tr(textPause))
		if d.entries[lab].card != same {
			t.Error("an unchanged account got another card")
		}
		if v := d.card(workKey); v.State != tr(textPaused) || v.Primary != tr(textResume) || !v.Dimmed {
			t.Errorf("paused card: %+v", v)
		}
		d.pressCard(workKey)
		if v := d.card(workKey); v.State != tr(textReady) {
			t.Errorf("resumed card: %q", v.State)
		}
	})
}

func TestFilter(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		for filter, want := range map[string]int{"": 5, "WORK": 1, "max ready": 2, "limited": 2, "corp": 1, "active": 1, "nobody": 0} {
			d.bar.filter.SetText(filter)
			d.settle()
			if got := len(d.accounts.list.Cards()); got != want {
				t.Errorf("filter %q shows %d, want %d", filter, got, want)
			}
		}
		d.bar.filter.SetText("nobody")
		d.settle()
		d.see(tr(textNoMatch))
		d.tap(tr(textClearFilter))
		if got := len(d.accounts.list.Cards()); got != 5 || d.bar.filter.Text != "" {
			t.Errorf("after clearing: %d cards, filter %q", got, d.bar.filter.Text)
		}
	})
}

func TestEmptyStateLeadsToAdd(t *testing.T) {
	drive(t, backend.Snapshot{Live: backend.Live{Reason: backend.LiveNone}}, func(d *driver) {
		d.see(tr(textEmptyTitle))
		if d.accounts.head.Visible() || d.accounts.list.Visible() || d.bar.filter.Visible() {
			t.Error("an empty window shows what needs accounts")
		}
		d.tap(tr(textAdd))
		d.see(tr(textPasteHint))
	})
}

func TestProblemsOfTheSurroundings(t *testing.T) {
	s := fiveAccounts()
	for range 5 {
		s.Problems = append(s.Problems, backend.Problem{Message: "a file does not parse", Hint: "put back a copy"})
	}
	drive(t, s, func(d *driver) {
		var said []widgets.BannerView
		for _, b := range d.banners.banners {
			if b.Visible() {
				said = append(said, b.View())
			}
		}
		if len(said) != bannerLimit || said[0].Hint != "put back a copy" || said[bannerLimit-1].Message != "and 3 more" {
			t.Errorf("banners %+v", said)
		}
		if d.middle.Position().Y < d.banners.scroll.Position().Y+d.banners.scroll.Size().Height {
			t.Error("the banners cover the list")
		}
		d.tap(tr(textShowThem))
		if n := d.bannersShown(); n != 5 {
			t.Errorf("unfolded, %d banners", n)
		}
		if d.middle.Size().Height < 200 {
			t.Errorf("the banners leave %v for the accounts", d.middle.Size().Height)
		}
		d.tap(tr(textFold))
		if n := d.bannersShown(); n != bannerLimit {
			t.Errorf("folded again, %d banners", n)
		}
	})
}

func TestAccountsComeAndGo(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.f.mu.Lock()
		d.f.snap.Accounts = d.f.snap.Accounts[1:3]
		d.f.mu.Unlock()
		for range 10 {
			d.f.emit(backend.Event{Kind: backend.EventChanged})
		}
		d.settle()
		if len(d.entries) != 2 || len(d.accounts.list.Cards()) != 2 {
			t.Errorf("%d entries, %d cards, want 2", len(d.entries), len(d.accounts.list.Cards()))
		}
	})
}

func TestKeysMoveBetweenCards(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		first := d.entries[workKey].card
		d.win.Canvas().Focus(first.Focusable())
		first.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		if got := d.win.Canvas().Focused(); got != d.entries[side].card.Focusable() {
			t.Errorf("Down went to %T", got)
		}
	})
}

func TestTwoHundredAccounts(t *testing.T) {
	s := fiveAccounts()
	five := s.Accounts
	s.Accounts = nil
	for i := range 200 {
		a := five[i%5]
		a.Key = a.Key + "#" + strings.Repeat("x", i)
		s.Accounts = append(s.Accounts, a)
	}
	drive(t, s, func(d *driver) {
		shown := 0
		for _, c := range d.accounts.list.Cards() {
			if c.Visible() {
				shown++
			}
		}
		if len(d.accounts.list.Cards()) != 200 || shown > 40 {
			t.Errorf("%d cards, %d of them drawn", len(d.accounts.list.Cards()), shown)
		}
	})
}
