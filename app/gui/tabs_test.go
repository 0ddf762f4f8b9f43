//go:build cgo || js

package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"baton/app/backend"
)

// plainPane is a tab's content that counts how often it was shown.
type plainPane struct {
	o     fyne.CanvasObject
	shown int
	asked string
}

func (p *plainPane) content() fyne.CanvasObject { return p.o }

func (p *plainPane) show(_ backend.Snapshot, _ time.Time, filter string) {
	p.shown++
	p.asked = filter
}

func (p *plainPane) holds(backend.Snapshot, time.Time) time.Duration { return time.Minute }

// withTabs gives the window two more tabs.
func (d *driver) withTabs() (second *plainPane, built *int) {
	second, built = &plainPane{o: canvas.NewRectangle(nil)}, new(int)
	third := &plainPane{o: canvas.NewRectangle(nil)}
	d.tabs = append(tabs(),
		tab{title: textSettings, icon: theme.SettingsIcon(), build: func(*View) pane { *built++; return second }},
		tab{title: textAbout, icon: theme.InfoIcon(), build: func(*View) pane { return third }})
	d.rebuild()
	d.show()
	return second, built
}

func TestTabsAreShownOnceThereAreSome(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		if d.bar.tabs.Visible() || !d.bar.icon.Visible() {
			t.Error("one view alone has a row of tabs")
		}
		second, built := d.withTabs()
		if !d.bar.tabs.Visible() || d.bar.icon.Visible() || *built != 0 {
			t.Errorf("with three views: tabs %v, icon %v; %d built unseen", d.bar.tabs.Visible(), d.bar.icon.Visible(), *built)
		}
		test.TapCanvas(d.win.Canvas(), d.Places()["tab:1"].Middle())
		if d.middle.Objects[0] != second.o || second.shown == 0 || *built != 1 {
			t.Errorf("the second view is not in front: shown %d times, built %d times", second.shown, *built)
		}
		d.bar.filter.SetText("lab")
		if second.asked != "lab" {
			t.Errorf("it was told the filter %q", second.asked)
		}
		before := second.shown
		d.pass(time.Minute)
		if second.shown != before+1 {
			t.Errorf("shown %d times more in the minute it holds for", second.shown-before)
		}
		d.showSettings()
		test.TapCanvas(d.win.Canvas(), d.Places()["tab:0"].Middle())
		if d.settings != nil || d.middle.Objects[0] != d.accounts.content() {
			t.Error("a tab does not leave the settings")
		}
		test.AssertRendersToMarkup(t, "tabs_wide.xml", d.win.Canvas())
		d.win.Resize(fyne.NewSize(420, 640))
		test.AssertRendersToMarkup(t, "tabs_narrow.xml", d.win.Canvas())
		for _, f := range faults(d.bar.box) {
			t.Error(f)
		}
	})
}
