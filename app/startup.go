//go:build !js

package app

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"baton/app/autostart"
	"baton/app/gui"
	"baton/app/local"
)

// switches are those of `baton config` that act outside Baton's own files. One
// stands for what makes sense in this build and this environment only.
func switches(env environ) []local.Switch {
	if !hasWindow {
		return nil // there would be nothing to see
	}
	home, err := homeIn(env)
	if err != nil {
		return nil
	}
	if runtime.GOOS == "windows" && env.get("USERPROFILE") != os.Getenv("USERPROFILE") {
		return nil // the registry is the person's, whatever a throw-away home says
	}
	binary, err := os.Executable()
	if err != nil {
		return nil
	}
	e := autostart.Entry{
		ID: gui.AppID, Name: "Baton", Args: []string{windowBinary(binary), flagHidden},
		GOOS: runtime.GOOS, Home: home, ConfigHome: env.get("XDG_CONFIG_HOME"),
	}
	return []local.Switch{{
		Key:   "desktop.autostart",
		About: "Baton starts with your session, in the tray where there is one.",
		On:    e.On,
		Set:   e.Set,
	}}
}

// windowBinary is the program for the window: on Windows the one beside this
// that opens no console.
func windowBinary(path string) string {
	stem, found := strings.CutSuffix(path, ".exe")
	if runtime.GOOS != "windows" || !found || strings.HasSuffix(stem, "w") {
		return path
	}
	if _, err := os.Stat(stem + "w.exe"); err != nil {
		return path
	}
	return filepath.Clean(stem + "w.exe")
}
