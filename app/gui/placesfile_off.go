//go:build (cgo || js) && !places

package gui

// tellPlaces does nothing but in a build with the tag places.
func (v *View) tellPlaces() {}
