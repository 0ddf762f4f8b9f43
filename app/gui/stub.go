//go:build !cgo && !js

package gui

// Run returns ErrNoWindow: this build can draw no window.
func Run(Config) error { return ErrNoWindow }
