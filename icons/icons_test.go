package icons

import (
	"image"
	"image/png"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// TestBatonIsLegibleSmall: at 16 pixels all three colours of the icon are there.
func TestBatonIsLegibleSmall(t *testing.T) {
	test.NewTempApp(t)
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(Baton()))
	c.Resize(fyne.NewSquareSize(16))
	counts := colours(c.Capture())
	for _, want := range []string{"ground", "light", "accent"} {
		if counts[want] < 8 {
			t.Errorf("%d pixels of %s, want 8 at least", counts[want], want)
		}
	}
}

func colours(img image.Image) map[string]int {
	near := func(a uint32, b int) bool { d := int(a>>8) - b; return d > -24 && d < 24 }
	counts := map[string]int{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			switch {
			case near(r, 0x23) && near(g, 0x22) && near(b, 0x20):
				counts["ground"]++
			case near(r, 0xEF) && near(g, 0xED) && near(b, 0xE8):
				counts["light"]++
			case near(r, 0xE0) && near(g, 0x8A) && near(b, 0x63):
				counts["accent"]++
			}
		}
	}
	return counts
}

// TestPackageIcon: the picture the packaging takes is there and big enough.
func TestPackageIcon(t *testing.T) {
	f, err := os.Open("baton.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s != image.Pt(512, 512) {
		t.Errorf("baton.png is %v, want 512 by 512", s)
	}
	if counts := colours(img); counts["accent"] < 1000 || counts["light"] < 1000 {
		t.Errorf("baton.png does not show the baton: %v", counts)
	}
}
