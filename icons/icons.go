// Package icons holds Baton's own pictures. It must not know what they are
// shown on.
package icons

import (
	_ "embed"

	"fyne.io/fyne/v2"
)

//go:embed baton.svg
var batonSVG []byte

// Baton is the program's icon: one baton, two hands' colours, at the moment it
// passes from one to the other. It stays legible at 16 pixels.
func Baton() fyne.Resource {
	return fyne.NewStaticResource("baton.svg", batonSVG)
}
