//go:build cgo || js

package gui

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestPlacesAreWhereToPress(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		p := d.Places()
		if _, there := p["card:"+personal+":primary"]; there {
			t.Error("the active account's card has no button to press")
		}
		test.TapCanvas(d.win.Canvas(), p["card:"+workKey+":primary"].Middle())
		d.settle()
		if got := d.calls(); got != "swap "+workKey {
			t.Errorf("pressing the place of Work's button: %q", got)
		}
		test.TapCanvas(d.win.Canvas(), d.Places()["undo"].Middle())
		d.settle()
		if got := d.calls(); got != "swap "+workKey+"; swap "+personal {
			t.Errorf("pressing the place of Undo: %q", got)
		}
		d.bar.filter.SetText("lab")
		d.settle()
		if _, there := d.Places()["card:"+workKey]; there {
			t.Error("a filtered card has a place")
		}
	})
}
