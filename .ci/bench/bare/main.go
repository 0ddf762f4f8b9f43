//go:build cgo

// Command bare is the smallest window Fyne makes: what Baton's window is
// measured beside. It must stay as bare as it is.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.NewWithID("app.baton.Bare").NewWindow("Bare")
	w.SetContent(widget.NewLabel("Bare"))
	w.Resize(fyne.NewSize(1080, 640))
	w.ShowAndRun()
}
