package widgets

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// contrast is WCAG's contrast ratio of two opaque colours.
func contrast(a, b color.NRGBA) float64 {
	luminance := func(c color.NRGBA) float64 {
		part := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastKnownValues(t *testing.T) {
	if got := contrast(rgb(0x000000), rgb(0xFFFFFF)); math.Abs(got-21) > 0.01 {
		t.Errorf("black on white is %.2f, want 21", got)
	}
	if got := contrast(rgb(0x777777), rgb(0xFFFFFF)); math.Abs(got-4.48) > 0.01 {
		t.Errorf("#777 on white is %.2f, want 4.48", got)
	}
}

func TestTextContrast(t *testing.T) {
	for name, variant := range map[string]fyne.ThemeVariant{"dark": theme.VariantDark, "light": theme.VariantLight} {
		p := PaletteFor(variant)
		pairs := []struct {
			what     string
			text, on color.NRGBA
		}{
			{"accent button", p.OnAccent, p.Accent},
			{"hovered accent button", p.OnAccent, blend(p.Accent, p.Text, 0.1)},
			{"muted on a dimmed card", p.Muted, blend(p.Background, p.Card, 0.5)},
			{"muted letter on a dimmed avatar", p.Muted, p.Track},
			{"text on a hovered button", p.Text, blend(p.Card, p.Text, 0.07)},
		}
		for _, tone := range []Tone{ToneMuted, ToneText, ToneGood, ToneWarn, ToneBad, ToneAccent} {
			pairs = append(pairs, struct {
				what     string
				text, on color.NRGBA
			}{"tone on card", p.tone(tone), p.Card}, struct {
				what     string
				text, on color.NRGBA
			}{"tone on a menu", p.tone(tone), p.Raised}, struct {
				what     string
				text, on color.NRGBA
			}{"tone on background", p.tone(tone), p.Background})
		}
		for n := range AvatarTones {
			pairs = append(pairs, struct {
				what     string
				text, on color.NRGBA
			}{"initial on avatar", rgb(0xFFFFFF), avatarColor(n)})
		}
		for _, pair := range pairs {
			if got := contrast(pair.text, pair.on); got < 4.5 {
				t.Errorf("%s: %s: %v on %v is %.2f, want 4.5", name, pair.what, pair.text, pair.on, got)
			}
		}
	}
}

func TestThemeFollowsSystemUnlessTold(t *testing.T) {
	dark, light := PaletteFor(theme.VariantDark).Background, PaletteFor(theme.VariantLight).Background
	for _, c := range []struct {
		mode   Mode
		system fyne.ThemeVariant
		want   color.NRGBA
	}{
		{ModeSystem, theme.VariantDark, dark},
		{ModeSystem, theme.VariantLight, light},
		{ModeLight, theme.VariantDark, light},
		{ModeDark, theme.VariantLight, dark},
	} {
		th := NewTheme(c.mode)
		if got := th.Color(theme.ColorNameBackground, c.system); got != c.want {
			t.Errorf("mode %d, system %d: background %v, want %v", c.mode, c.system, got, c.want)
		}
		if got := th.Palette(c.system).Background; got != c.want {
			t.Errorf("mode %d, system %d: palette's background %v, want %v", c.mode, c.system, got, c.want)
		}
	}
}
