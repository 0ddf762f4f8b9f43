package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Mode says whether the theme follows the system or keeps to one variant.
type Mode int

// The modes.
const (
	ModeSystem Mode = iota
	ModeLight
	ModeDark
)

// Theme is Baton's look: its palette and sizes over Fyne's fonts and icons.
type Theme struct {
	base  fyne.Theme
	mode  Mode
	scale float32
}

var _ fyne.Theme = (*Theme)(nil)

// How small and how large text can be made, times its usual size.
const (
	LeastScale float32 = 0.8
	MostScale  float32 = 2
)

// NewTheme returns the theme for a mode, with text at its usual size.
func NewTheme(mode Mode) *Theme { return NewScaledTheme(mode, 1) }

// NewScaledTheme returns the theme for a mode with text scale times its usual
// size, and everything sized by its text along with it. The scale is kept
// within LeastScale and MostScale.
func NewScaledTheme(mode Mode, scale float32) *Theme {
	return &Theme{base: theme.DefaultTheme(), mode: mode, scale: min(MostScale, max(LeastScale, scale))}
}

// Scale is how many times its usual size text has.
func (t *Theme) Scale() float32 { return t.scale }

// Palette returns the colours in force when the system asks for variant.
func (t *Theme) Palette(variant fyne.ThemeVariant) Palette {
	return PaletteFor(t.variant(variant))
}

func (t *Theme) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.mode {
	case ModeLight:
		return theme.VariantLight
	case ModeDark:
		return theme.VariantDark
	}
	return system
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, system fyne.ThemeVariant) color.Color {
	variant := t.variant(system)
	p := PaletteFor(variant)
	switch name {
	case theme.ColorNameBackground:
		return p.Background
	case theme.ColorNameButton, theme.ColorNameInputBackground, theme.ColorNameHeaderBackground:
		return p.Card
	case theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return p.Raised
	case theme.ColorNameShadow:
		return p.Shadow
	case theme.ColorNameInputBorder, theme.ColorNameSeparator, theme.ColorNameDisabledButton:
		return p.Line
	case theme.ColorNameForeground:
		return p.Text
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return p.Muted
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return p.Accent
	case theme.ColorNameForegroundOnPrimary:
		return p.OnAccent
	case theme.ColorNameFocus:
		return alpha(p.Accent, 0x70)
	case theme.ColorNameSelection:
		return alpha(p.Accent, 0x50)
	case theme.ColorNameHover:
		return alpha(p.Text, 0x12)
	case theme.ColorNamePressed:
		return alpha(p.Text, 0x24)
	case theme.ColorNameScrollBar:
		return alpha(p.Muted, 0x90)
	case theme.ColorNameScrollBarBackground:
		return color.Transparent
	case theme.ColorNameSuccess:
		return p.Good
	case theme.ColorNameWarning:
		return p.Warn
	case theme.ColorNameError:
		return p.Bad
	case theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning, theme.ColorNameForegroundOnError:
		return p.Background
	}
	return t.base.Color(name, variant)
}

// Font implements fyne.Theme.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource { return t.base.Font(style) }

// Icon implements fyne.Theme.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base.Icon(name) }

// Size implements fyne.Theme.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameMenuRadius:
		return radiusControl
	case theme.SizeNameModalBlurRadius:
		return 3
	case theme.SizeNameCardRadius, theme.SizeNameDialogRadius, theme.SizeNamePopupRadius:
		return radiusCard
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarRadius:
		return 4
	}
	size := t.base.Size(name)
	switch name {
	case theme.SizeNameText, theme.SizeNameHeadingText, theme.SizeNameSubHeadingText,
		theme.SizeNameCaptionText, theme.SizeNameInlineIcon, theme.SizeNameLineSpacing,
		theme.SizeNameWindowButtonIcon:
		return size * t.scale
	case theme.SizeNameInnerPadding:
		// An entry or a menu's row is a line of text and twice this: it stays a
		// target that can be hit.
		return max(size*min(1.25, t.scale), (leastTarget-t.base.Size(theme.SizeNameText)*t.scale*1.36)/2)
	}
	return size
}

// Sizes all widgets share, in Fyne's device-independent pixels.
const (
	radiusCard    float32 = 12
	radiusControl float32 = 8
	heightControl float32 = 34
	leastTarget   float32 = 32 // what can be pressed is at least this high, however small the text
	heightMeter   float32 = 8

	textSmall   float32 = 11
	textDetail  float32 = 13
	textControl float32 = 14
	textName    float32 = 15
	textHead    float32 = 19
)

// controlHeight is how high a button is where text is scaled.
func controlHeight(scale float32) float32 { return max(leastTarget, heightControl*scale) }

// scaleOf is how many times its usual size a widget's text has.
func scaleOf(w fyne.Widget) float32 {
	if own, ok := theme.CurrentForWidget(w).(interface{ Scale() float32 }); ok {
		return own.Scale()
	}
	return 1
}

// paletteOf is the palette a widget is to draw with now. Under a theme that is
// not Baton's, the system's variant decides.
func paletteOf(w fyne.Widget) Palette {
	variant := fyne.CurrentApp().Settings().ThemeVariant()
	if own, ok := theme.CurrentForWidget(w).(interface {
		Palette(fyne.ThemeVariant) Palette
	}); ok {
		return own.Palette(variant)
	}
	return PaletteFor(variant)
}
