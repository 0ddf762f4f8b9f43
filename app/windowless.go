//go:build !cgo && !js

package app

import (
	"context"

	"baton/app/gui"
)

// hasWindow says that this build can show none.
const hasWindow = false

// showWindow returns gui.ErrNoWindow.
func showWindow(_ context.Context, cfg gui.Config) error { return gui.Run(cfg) }
