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

func TestBrowserLogin(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.showAdd()
		d.tap(tr(textBrowser))
		flow := d.f.flow
		d.see(flow.URL())
		if len(d.urls) != 1 || d.urls[0] != flow.URL() {
			t.Errorf("opened %q", d.urls)
		}
		if m := d.f.modes[0]; m.Open || m.Paste {
			t.Errorf("mode %+v: the window opens the browser by itself", m)
		}
		d.tap(tr(textCopy))
		if got := d.app.Clipboard().Content(); got != flow.URL() {
			t.Errorf("copied %q", got)
		}
		flow.done <- nil
		d.settle()
		if d.sheet != nil || d.login != nil {
			t.Error("the sheet stays open after a login")
		}
		if got := d.foot.View().Right; !strings.HasPrefix(got, "Added fresh@example.com") {
			t.Errorf("foot %q", got)
		}
		if d.card("fresh@example.com").State != tr(textReady) {
			t.Error("the new account has no card")
		}
	})
}

func TestClosingTheSheetEndsTheLogin(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.showAdd()
		d.tap(tr(textBrowser))
		flow := d.f.flow
		d.tap(tr(textCancel))
		if !flow.canceled() || d.sheet != nil {
			t.Errorf("canceled %v, sheet %v", flow.canceled(), d.sheet)
		}
	})
}

func TestPasteLogin(t *testing.T) {
	for _, good := range []string{"  good#TEST\n", "http://localhost:4711/callback?code=good&state=TEST"} {
		drive(t, fiveAccounts(), func(d *driver) {
			d.showAdd()
			d.tap(tr(textPaste))
			if !d.f.modes[0].Paste || len(d.urls) != 0 {
				t.Errorf("mode %+v, opened %q", d.f.modes[0], d.urls)
			}
			for code, want := range map[string]string{
				" ":          tr(textCodeShort),
				"half":       tr(textCodeShort),
				"other#TEST": "that code belongs to another login",
			} {
				d.field().SetText(code)
				d.tap(tr(textFinish))
				d.see(want)
			}
			d.field().SetText(good)
			d.tap(tr(textFinish))
			if d.sheet != nil || d.entries["fresh@example.com"] == nil {
				t.Error("a good code did not finish the login")
			}
		})
	}
}

func TestFailedLoginSaysWhyAndBeginsAgain(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.f.loginErr = &backend.Problem{Code: backend.ProblemOffline, Message: "the provider could not be reached", Hint: "check the network"}
		d.showAdd()
		d.tap(tr(textBrowser))
		d.see("the provider could not be reached")
		d.see("check the network")
		d.f.loginErr = nil
		d.tap(tr(textTryAgain))
		d.tap(tr(textBrowser))
		d.f.flow.done <- &backend.Problem{Code: backend.ProblemFailed, Message: "the login was refused in the browser"}
		d.settle()
		d.see("the login was refused in the browser")
		d.tap(tr(textClose))
		if d.sheet != nil {
			t.Error("the sheet does not close")
		}
	})
}

func TestLoginAgainFromTheLink(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		if v := d.card(lab); v.Second != "Login ends in 3 days" || !v.SecondLink {
			t.Fatalf("second line %q, link %v", v.Second, v.SecondLink)
		}
		d.entries[lab].card.OnSecond()
		d.settle()
		if len(d.f.modes) != 1 || d.f.modes[0].Email != lab {
			t.Errorf("logins %+v", d.f.modes)
		}
	})
}

func TestImportFromTheSheet(t *testing.T) {
	drive(t, everyState(), func(d *driver) {
		d.showAdd()
		d.tap(tr(textImport))
		if d.sheet != nil || d.calls() != "import " {
			t.Errorf("sheet %v, calls %s", d.sheet, d.calls())
		}
		d.f.refuse[backend.ActionImport] = &backend.Problem{Code: backend.ProblemUnknownLive, Message: "nobody's login", Hint: "go online"}
		d.showAdd()
		d.tap(tr(textImport))
		d.see("nobody's login")
	})
}

func TestSheetsStandInTheMiddle(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		middle := func(when string) {
			t.Helper()
			there, at, size := d.win.Canvas().Size(), d.sheet.d.Position(), d.sheet.scroll.Size()
			if off := at.X - (there.Width-size.Width)/2; off > 1 || off < -1 {
				t.Errorf("%s: at %v, %v large, in %v", when, at, size, there)
			}
			if off := at.Y - (there.Height-size.Height)/2; off > 1 || off < -1 {
				t.Errorf("%s: at %v, %v large, in %v", when, at, size, there)
			}
			if size.Width > there.Width || size.Height > there.Height {
				t.Errorf("%s: %v large in %v", when, size, there)
			}
		}
		d.showAdd()
		middle("opened")
		d.f.loginErr = &backend.Problem{Code: backend.ProblemFailed, Message: "no"}
		d.tap(tr(textViaClaude))
		middle("after a failure, when less is in it")
		d.showKeys()
		d.win.Resize(fyne.NewSize(420, 380))
		middle("in a window that got small")
	})
}

func TestFocusIsBroughtIntoSight(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.win.Resize(fyne.NewSize(420, 360))
		d.showAdd()
		if d.sheet.scroll.Offset.Y != 0 {
			t.Fatalf("the sheet opens at %v", d.sheet.scroll.Offset)
		}
		for range 4 {
			d.win.Canvas().FocusNext()
		}
		if d.sheet.scroll.Offset.Y == 0 {
			t.Error("the last of the ways has the focus out of sight")
		}
		low := d.sheet.scroll.Offset.Y
		d.win.Canvas().FocusNext()
		if d.sheet.scroll.Offset.Y >= low {
			t.Errorf("back at the first, the sheet still stands at %v", d.sheet.scroll.Offset)
		}
	})
}

func TestRename(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.choose(lab, tr(textRename))
		d.field().SetText("  Laboratory ")
		d.tap(tr(textSave))
		if got := d.card(lab).Name; got != "Laboratory" {
			t.Errorf("renamed to %q", got)
		}
		d.choose(lab, tr(textRename))
		d.tap(tr(textSave))
		if got := d.calls(); got != "rename "+lab {
			t.Errorf("calls: %s: an unchanged name is no action", got)
		}
		d.choose(lab, tr(textRename))
		d.field().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if d.sheet != nil {
			t.Error("Escape leaves the sheet open")
		}
	})
}

func TestLimitAndClear(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.choose(lab, tr(textLimit))
		d.field().SetText("soon")
		d.tap(tr(textSet))
		d.see(tr(textLimitBad))
		d.field().SetText("15:30")
		d.tap(tr(textSet))
		if got := d.card(lab).State; got != "Limited until 15:30" {
			t.Errorf("state %q", got)
		}
		d.choose(lab, tr(textUnlimit))
		if got := d.card(lab).State; got != tr(textReady) {
			t.Errorf("state %q", got)
		}
		d.choose(lab, tr(textLimit))
		d.tap(tr(textOneHour))
		calls := d.f.called()
		if got := calls[len(calls)-1].Until; !got.Equal(tuesday().Add(time.Hour)) {
			t.Errorf("limited until %v", got)
		}
	})
}

func TestRemoveAsksFirst(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.choose(personal, tr(textRemove))
		d.see("Claude Code stays logged in with it")
		d.tap(tr(textCancel))
		if got := d.calls(); got != "" {
			t.Fatalf("calls: %s", got)
		}
		d.choose(lab, tr(textRemove))
		d.tap(tr(textRemoveYes))
		calls := d.f.called()
		if len(calls) != 1 || !calls[0].Yes || calls[0].Revoke {
			t.Errorf("calls %+v", calls)
		}
		d.choose(night, tr(textRemove))
		d.walk(func(o fyne.CanvasObject) {
			if s, ok := o.(*widgets.Switch); ok {
				test.Tap(s)
			}
		})
		d.tap(tr(textRemoveYes))
		if calls = d.f.called(); len(calls) != 2 || !calls[1].Revoke {
			t.Errorf("with the switch turned: %+v", calls)
		}
		if d.entries[lab] != nil || len(d.accounts.list.Cards()) != 3 {
			t.Error("the removed account is still shown")
		}
	})
}

func TestMenuFollowsTheState(t *testing.T) {
	drive(t, everyState(), func(d *driver) {
		labels := func(key string) string {
			var all []string
			for _, i := range d.menuItems(key, d.entries[key]) {
				all = append(all, i.Label)
			}
			return strings.Join(all, "|")
		}
		for key, want := range map[string]string{
			personal:          tr(textCheck),
			lab:               tr(textResume),
			"old@example.com": tr(textDetails),
		} {
			if got := labels(key); !strings.Contains(got, want) {
				t.Errorf("%s: no %q in %s", key, want, got)
			}
		}
		d.choose(personal, tr(textCopyEmail))
		if got := d.app.Clipboard().Content(); got != personal {
			t.Errorf("copied %q", got)
		}
	})
}
