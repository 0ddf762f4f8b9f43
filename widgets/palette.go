package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Palette is every colour Baton draws with. Text colours keep a contrast of at
// least 4.5:1 on Background and on Card (WCAG 2.2, 1.4.3).
type Palette struct {
	Background color.NRGBA // behind everything
	Card       color.NRGBA // cards, buttons, entries
	Raised     color.NRGBA // menus and sheets, above cards
	Shadow     color.NRGBA // round what is raised
	Line       color.NRGBA // borders and rules
	Text       color.NRGBA
	Muted      color.NRGBA // secondary text
	Accent     color.NRGBA // the active account and the one suggested step
	OnAccent   color.NRGBA // text on Accent
	Good       color.NRGBA
	Warn       color.NRGBA
	Bad        color.NRGBA
	Track      color.NRGBA // a meter's empty part
	Fill       color.NRGBA // a meter's filled part while all is well
}

// PaletteFor returns the palette of a theme variant, theme.VariantLight or
// theme.VariantDark; anything else counts as dark.
func PaletteFor(variant fyne.ThemeVariant) Palette {
	if variant == theme.VariantLight {
		return Palette{
			Background: rgb(0xF6F5F2),
			Card:       rgb(0xFFFFFF),
			Raised:     rgb(0xFFFFFF),
			Shadow:     alpha(rgb(0x22211F), 0x60),
			Line:       rgb(0xE0DDD5),
			Text:       rgb(0x22211F),
			Muted:      rgb(0x6B675F),
			Accent:     rgb(0xB1512F),
			OnAccent:   rgb(0xFFFFFF),
			Good:       rgb(0x24784A),
			Warn:       rgb(0x8A5A00),
			Bad:        rgb(0xB3362F),
			Track:      rgb(0xE9E6DF),
			Fill:       rgb(0x8D96A3),
		}
	}
	return Palette{
		Background: rgb(0x191817),
		Card:       rgb(0x232220),
		Raised:     rgb(0x2C2B28),
		Shadow:     alpha(rgb(0x000000), 0xB0),
		Line:       rgb(0x34322F),
		Text:       rgb(0xEFEDE8),
		Muted:      rgb(0xA5A096),
		Accent:     rgb(0xE08A63),
		OnAccent:   rgb(0x23120B),
		Good:       rgb(0x5DBE8A),
		Warn:       rgb(0xE3B04B),
		Bad:        rgb(0xE8736B),
		Track:      rgb(0x34322F),
		Fill:       rgb(0x8A94A3),
	}
}

// Tone picks a text colour by meaning. The words always say the same.
type Tone int

// The tones.
const (
	ToneMuted Tone = iota
	ToneText
	ToneGood
	ToneWarn
	ToneBad
	ToneAccent
)

func (p Palette) tone(t Tone) color.NRGBA {
	switch t {
	case ToneText:
		return p.Text
	case ToneGood:
		return p.Good
	case ToneWarn:
		return p.Warn
	case ToneBad:
		return p.Bad
	case ToneAccent:
		return p.Accent
	}
	return p.Muted
}

// AvatarTones is how many avatar colours there are; see AvatarView.Tone.
const AvatarTones = 8

// avatarColor is the disc behind an initial. The same in both variants: white
// letters keep 4.5:1 on all of them.
func avatarColor(n int) color.NRGBA {
	tones := [AvatarTones]uint32{
		0xB1512F, // rust
		0x3D6CA8, // blue
		0x527540, // moss
		0x7A56A5, // violet
		0x2A7781, // teal
		0x9B4468, // berry
		0x80652A, // ochre
		0x5F6773, // slate
	}
	return rgb(tones[((n%AvatarTones)+AvatarTones)%AvatarTones])
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8 & 0xff), B: uint8(hex & 0xff), A: 0xff}
}

func alpha(c color.NRGBA, a uint8) color.NRGBA {
	c.A = a
	return c
}

// blend mixes share (0 to 1) of over into under.
func blend(under, over color.NRGBA, share float64) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-share) + float64(b)*share + 0.5) }
	return color.NRGBA{R: mix(under.R, over.R), G: mix(under.G, over.G), B: mix(under.B, over.B), A: 0xff}
}
