//go:build js

package main

// In a page this is what Baton's page is measured beside.

import (
	"syscall/js"

	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	a := app.NewWithID("app.baton.Bare")
	w := a.NewWindow("bare")
	w.SetContent(widget.NewLabel("bare"))
	a.Lifecycle().SetOnStarted(func() { js.Global().Get("batonPage").Call("ready") })
	w.ShowAndRun()
}
