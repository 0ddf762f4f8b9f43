//go:build cgo || js

package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"baton/widgets"
)

// TestCardGoldens draws every state of a card in every class of width.
func TestCardGoldens(t *testing.T) {
	test.NewTempApp(t)
	test.ApplyTheme(t, widgets.NewTheme(widgets.ModeDark))
	for name, a := range cardStates() {
		for class, width := range map[string]float32{"tiny": 300, "narrow": 400, "medium": 680, "wide": 1040} {
			t.Run(name+"_"+class, func(t *testing.T) {
				view, _ := present(a, situation{now: tuesday(), next: workKey, tone: 1})
				c := widgets.NewAccountCard(view)
				w := test.NewTempWindow(t, container.NewWithoutLayout(c))
				w.SetPadded(false)
				size := fyne.NewSize(width, c.HeightFor(width))
				w.Resize(size)
				c.Resize(size)
				test.AssertRendersToMarkup(t, "cards/"+name+"_"+class+".xml", w.Canvas())
			})
		}
	}
}
