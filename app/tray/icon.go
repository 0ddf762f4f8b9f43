//go:build cgo && !js

package tray

import (
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"baton/icons"
)

// icon is the picture for a light.
func icon(l Light, dark bool) fyne.Resource {
	state := icons.TrayReady
	switch l {
	case LightLimited:
		state = icons.TrayLimited
	case LightAttention:
		state = icons.TrayAttention
	}
	return icons.Tray(state, dark)
}

// darkPanel says whether the panel is more likely dark. No interface tells; a
// panel mostly goes with the windows, but GNOME's bar is dark whatever they are.
func darkPanel(app fyne.App) bool {
	for desktop := range strings.SplitSeq(os.Getenv("XDG_CURRENT_DESKTOP"), ":") {
		if strings.EqualFold(desktop, "GNOME") {
			return true
		}
	}
	return app.Settings().ThemeVariant() == theme.VariantDark
}
