//go:build cgo || js

package gui

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"baton/app/backend"
)

// TestPaneGoldens draws availability, at each zoom, and activity, in a window
// with room and in one without.
func TestPaneGoldens(t *testing.T) {
	s := everyState()
	s.Deeds = []backend.Deed{
		{At: tuesday().Add(-2 * 60e9), Kind: backend.DeedSwapped, From: personal, Key: workKey},
		{At: tuesday().Add(-5 * 60e9), Kind: backend.DeedLimited, Key: personal, Text: "Claude Code hit the limit"},
		{At: tuesday().Add(-26 * 3600e9), Kind: backend.DeedRefused, Key: lab},
	}
	for _, size := range []fyne.Size{fyne.NewSize(1080, 640), fyne.NewSize(420, 860)} {
		drive(t, s, func(d *driver) {
			d.win.Resize(size)
			d.settle()
			d.goTo(1)
			for at, name := range []string{"5h", "24h", "7d"} {
				d.front().(*availabilityPane).lookAt(at)
				d.settle()
				test.AssertRendersToMarkup(t, fmt.Sprintf("panes/availability_%s_%v.xml", name, size.Width), d.win.Canvas())
			}
			d.goTo(2)
			d.settle()
			test.AssertRendersToMarkup(t, fmt.Sprintf("panes/activity_%v.xml", size.Width), d.win.Canvas())
		})
	}
}

// A lane that is looked at says more at the foot, and with the focus all of it.
func TestALaneSaysMoreAtTheFoot(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.goTo(1)
		d.settle()
		p := d.front().(*availabilityPane)
		before := p.foot.Text
		l := p.lanes[personal]
		l.FocusGained()
		if got := p.foot.Text; !strings.HasPrefix(got, l.View().Name+": 5 h limit: 61% used, resets ") || !strings.Contains(got, "7 d limit: ") {
			t.Errorf("with the focus the foot says %q", got)
		}
		if got := l.AccessibilityLabel(); !strings.Contains(got, "5 h limit: 61% used") {
			t.Errorf("read out as %q", got)
		}
		l.FocusLost()
		l.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(2, 2)}})
		if got := p.foot.Text; !strings.Contains(got, "5 h limit") {
			t.Errorf("under the pointer the foot says %q", got)
		}
		if l.MouseOut(); p.foot.Text != before {
			t.Errorf("left with %q", p.foot.Text)
		}
	})
}
