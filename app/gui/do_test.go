//go:build cgo || js

package gui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"baton/app/backend"
	"baton/widgets"
)

func TestSwapByClick(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		b := d.entries[workKey].card
		pos := d.app.Driver().AbsolutePositionForObject(b)
		test.TapCanvas(d.win.Canvas(), pos.AddXY(b.Size().Width-100, b.Size().Height/2))
		d.settle()
		if got := d.calls(); got != "swap "+workKey {
			t.Fatalf("calls: %s", got)
		}
		if !d.card(workKey).Active || d.card(personal).Active {
			t.Error("the cards do not show who is active")
		}
		foot := d.foot.View()
		if foot.Right != "Swapped from Personal to Work just now" || foot.Link != tr(textUndo) ||
			foot.More != "2 sessions follow at their next prompt; in one that waits for the limit, type on" {
			t.Errorf("foot %+v", foot)
		}
		d.pass(12 * time.Minute)
		if got := d.foot.View().Right; !strings.Contains(got, "12 min ago") {
			t.Errorf("12 minutes later the foot says %q", got)
		}
		d.foot.OnLink()
		d.settle()
		if got := d.calls(); got != "swap "+workKey+"; swap "+personal {
			t.Errorf("calls: %s", got)
		}
	})
}

func TestBusyCardSaysWhatItWaitsForAndCancels(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.f.gate = make(chan struct{})
		d.pressCard(workKey)
		v := d.card(workKey)
		if v.State != "waiting for Claude Code" || v.Primary != tr(textCancel) {
			t.Errorf("busy card: state %q, button %q", v.State, v.Primary)
		}
		for _, i := range d.menuItems(workKey, d.entries[workKey]) {
			if i.Label == tr(textSwap) && !i.Disabled {
				t.Error("a second swap can be started from the menu")
			}
		}
		// The window goes on: another card's menu and the filter still answer.
		d.bar.filter.SetText("lab")
		d.settle()
		if n := len(d.accounts.list.Cards()); n != 1 {
			t.Errorf("while busy the filter shows %d cards", n)
		}
		d.bar.filter.SetText("")
		d.pressCard(workKey)
		v = d.card(workKey)
		if v.Primary != tr(textSwap) || v.Problem != "" {
			t.Errorf("after cancel: button %q, problem %q", v.Primary, v.Problem)
		}
		if got := d.foot.View().Right; !strings.HasPrefix(got, tr(textCanceled)) {
			t.Errorf("foot %q", got)
		}
	})
}

func TestRefusalStaysOnItsCard(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.f.refuse[backend.ActionSwap] = &backend.Problem{Code: backend.ProblemBusy, Message: "Claude Code holds its login file", Hint: "try again in a moment"}
		d.pressCard(workKey)
		v := d.card(workKey)
		if v.Problem != "Claude Code holds its login file" || v.Hint != "try again in a moment" || v.Primary != tr(textTryAgain) {
			t.Errorf("refused card: %q, %q, button %q", v.Problem, v.Hint, v.Primary)
		}
		if d.card(lab).Problem != "" {
			t.Error("the problem is on another card too")
		}
		d.choose(workKey, tr(textDetails))
		d.see("Claude Code holds its login file")
		d.tap(tr(textClose))
		d.choose(workKey, tr(textHide))
		if d.card(workKey).Problem != "" {
			t.Error("a hidden message is still there")
		}
		d.pressCard(workKey)
		delete(d.f.refuse, backend.ActionSwap)
		d.pressCard(workKey)
		if v := d.card(workKey); !v.Active || v.Problem != "" {
			t.Errorf("after trying again: %+v", v)
		}
	})
}

func TestRefusedLoginAsksForLogin(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.f.refuse[backend.ActionSwap] = &backend.Problem{Code: backend.ProblemNeedsLogin, Message: "the provider no longer accepts this login", Hint: "log in again"}
		d.pressCard(workKey)
		if got := d.card(workKey).Primary; got != tr(textLogIn) {
			t.Fatalf("button %q", got)
		}
		d.pressCard(workKey)
		if len(d.f.modes) != 1 || d.f.modes[0].Email != workKey || d.f.modes[0].Paste {
			t.Errorf("logins %+v", d.f.modes)
		}
	})
}

func TestStrangerCanBeAdded(t *testing.T) {
	drive(t, everyState(), func(d *driver) {
		c := d.found.card
		if v := c.View(); v.Detail != "someone@example.net" || v.Primary != tr(textAddIt) || v.State != "Kept safe" {
			t.Fatalf("card %+v", v)
		}
		if d.accounts.list.Cards()[0] != widgets.Card(c) {
			t.Error("the unknown login is not the first card")
		}
		d.f.gate = make(chan struct{})
		c.OnPrimary()
		d.settle()
		if v := c.View(); v.Primary != tr(textCancel) {
			t.Errorf("while importing: %+v", v)
		}
		close(d.f.gate)
		d.settle()
		if got := d.calls(); got != "import " {
			t.Errorf("calls: %s", got)
		}
		if d.card("someone@example.net").State != tr(textActive) {
			t.Error("the imported account is not shown as active")
		}
		for _, one := range d.accounts.list.Cards() {
			if one == widgets.Card(c) {
				t.Error("the unknown login is still there")
			}
		}
	})
}

func TestRefusedStrangerSaysWhy(t *testing.T) {
	drive(t, everyState(), func(d *driver) {
		d.f.refuse[backend.ActionImport] = &backend.Problem{Code: backend.ProblemFailed, Message: "the profile has no address", Hint: "go online"}
		d.found.card.OnPrimary()
		d.settle()
		if v := d.found.card.View(); v.Problem != "the profile has no address" || v.Hint != "go online" || v.Primary != tr(textAddIt) {
			t.Errorf("card %+v", v)
		}
	})
}

func TestUnknownLoginCanBeSetAside(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		for _, i := range d.menuItems(workKey, d.entries[workKey]) {
			if i.Label == tr(textSetAside) {
				t.Error("setting a login aside is offered before it is needed")
			}
		}
		d.f.refuse[backend.ActionSwap] = &backend.Problem{Code: backend.ProblemUnknownLive, Message: "the live login is nobody's"}
		d.pressCard(workKey)
		delete(d.f.refuse, backend.ActionSwap)
		d.choose(workKey, tr(textSetAside))
		calls := d.f.called()
		if a := calls[len(calls)-1]; a.Kind != backend.ActionSwap || a.Key != workKey || !a.SetAside {
			t.Errorf("did %+v", a)
		}
		if got := d.foot.View().More; !strings.Contains(got, "the unknown login is kept in set-aside/1.json") {
			t.Errorf("foot %q", got)
		}
	})
}
