package icons

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

func drawn(t *testing.T, r fyne.Resource, side float32) image.Image {
	t.Helper()
	test.NewTempApp(t)
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(r))
	c.Resize(fyne.NewSquareSize(side))
	return c.Capture()
}

// apart counts the pixels two pictures differ in, enough to be seen, and those
// the first has ink in.
func apart(a, b image.Image) (differ, ink int) {
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			p, q := color.NRGBAModel.Convert(a.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(b.At(x, y)).(color.NRGBA)
			if p.A > 128 {
				ink++
			}
			far := func(u, v uint8) bool { return int(u)-int(v) > 64 || int(v)-int(u) > 64 }
			if far(p.A, q.A) || (p.A > 128 && (far(p.R, q.R) || far(p.G, q.G) || far(p.B, q.B))) {
				differ++
			}
		}
	}
	return differ, ink
}

// TestTrayStatesDifferSmall: at 16 pixels each state has ink enough to be seen
// and looks unlike the others, on dark and on light panels.
func TestTrayStatesDifferSmall(t *testing.T) {
	states := []TrayState{TrayReady, TrayLimited, TrayAttention}
	for _, dark := range []bool{true, false} {
		for _, a := range states {
			for _, b := range states {
				if a == b {
					continue
				}
				differ, ink := apart(drawn(t, Tray(a, dark), 16), drawn(t, Tray(b, dark), 16))
				if ink < 30 {
					t.Errorf("%v, dark panel %v: %d pixels of ink, want 30 at least", a, dark, ink)
				}
				// A cap's worth of ink, or the sign's.
				if differ < 12 {
					t.Errorf("%v and %v differ in %d pixels, dark panel %v", a, b, differ, dark)
				}
			}
		}
	}
}

// TestTrayHasNoGround: the corners are the panel's.
func TestTrayHasNoGround(t *testing.T) {
	for _, dark := range []bool{true, false} {
		img := drawn(t, Tray(TrayReady, dark), 32)
		for _, at := range []image.Point{{0, 0}, {31, 31}} {
			if _, _, _, a := img.At(at.X, at.Y).RGBA(); a != 0 {
				t.Errorf("dark panel %v: there is ink at %v", dark, at)
			}
		}
	}
}

func TestTrayOfNoState(t *testing.T) {
	if got, want := Tray(TrayState(7), true).Name(), Tray(TrayReady, true).Name(); got != want {
		t.Errorf("a state there is none for looks like %s, want %s", got, want)
	}
	if Tray(TrayReady, true).Name() == Tray(TrayReady, false).Name() {
		t.Error("the icons of both panels have one name: a cache would mix them up")
	}
}
