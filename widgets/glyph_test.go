package widgets

import (
	"bytes"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// A glyph is drawn, and in its colour alone.
func TestGlyphs(t *testing.T) {
	test.NewTempApp(t)
	want := color.NRGBA{0xb1, 0x51, 0x2f, 0xff}
	for _, icon := range []fyne.Resource{AddIcon(), MenuIcon(), moreIcon()} {
		g := icon.(glyph)
		colored := g.in(want)
		if colored.Name() == g.in(color.White).Name() || bytes.Equal(colored.Content(), g.Content()) {
			t.Errorf("%s: two colours cannot be told apart", g.Name())
		}
		image := canvas.NewImageFromResource(colored)
		image.Resize(fyne.NewSquareSize(24))
		solid := 0
		for y := range 24 {
			for x := range 24 {
				switch c := color.NRGBAModel.Convert(image.Image.At(x, y)).(color.NRGBA); c.A {
				case 0:
				case 0xff:
					solid++
					if c != want {
						t.Fatalf("%s: %v at %d, %d", g.Name(), c, x, y)
					}
				}
			}
		}
		if solid < 10 || solid > 200 {
			t.Errorf("%s covers %d of 576 pixels", g.Name(), solid)
		}
	}
}
