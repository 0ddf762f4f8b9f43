package icons

import (
	"embed"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
)

//go:embed tray/ready.svg tray/limited.svg tray/attention.svg
var traySVG embed.FS

// TrayState is what the icon in the tray says at a glance. The states differ
// in shape, not in colour alone.
type TrayState int

// The states.
const (
	TrayReady     TrayState = iota // the active account can be used: the baton
	TrayLimited                    // it is at its limit: with a no-entry sign
	TrayAttention                  // something waits for the person: with an exclamation mark
)

func (s TrayState) String() string {
	switch s {
	case TrayLimited:
		return "limited"
	case TrayAttention:
		return "attention"
	}
	return "ready"
}

// Tray is the icon for a state, to be seen on a dark or a light panel. It has
// no ground of its own and stays legible at 16 pixels. A state there is none
// for looks ready.
func Tray(state TrayState, darkPanel bool) fyne.Resource {
	colours := []string{"#fore", "#22211F", "#accent", "#B1512F", "#bad", "#B3362F", "#warn", "#8A5A00", "#ground", "#FFFFFF"}
	panel := "light"
	if darkPanel {
		colours = []string{"#fore", "#EFEDE8", "#accent", "#E08A63", "#bad", "#E8736B", "#warn", "#E3B04B", "#ground", "#191817"}
		panel = "dark"
	}
	drawn, err := traySVG.ReadFile("tray/" + state.String() + ".svg")
	if err != nil {
		return Baton() // can't happen: the three files are in the program
	}
	return fyne.NewStaticResource(
		fmt.Sprintf("baton-%s-%s.svg", state, panel),
		[]byte(strings.NewReplacer(colours...).Replace(string(drawn))))
}
