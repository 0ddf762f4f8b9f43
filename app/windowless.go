//go:build !cgo && !js

package app

import "baton/app/gui"

// hasWindow says that this build can show none.
const hasWindow = false

// showWindow returns gui.ErrNoWindow.
func showWindow(cfg gui.Config) error { return gui.Run(cfg) }
