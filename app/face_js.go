//go:build js

package app

import (
	"context"
	"fmt"
	"os"
	"syscall/js"

	"fyne.io/fyne/v2"

	"baton/app/atonce"
	"baton/app/gui"
	"baton/app/web/client"
)

// Main is the program's entry in a browser: the window, before the accounts of
// the Baton that serves the page. What the page itself has to do, before there
// is a program and beside it, is in the object batonPage of its script.
func Main() int {
	page := js.Global().Get("batonPage")
	seen := make(chan struct{})
	b, err := client.Connect(context.Background(), client.Options{
		Base:  js.Global().Get("location").Get("origin").String(),
		First: page.Get("first").String(), At: page.Get("at").String(),
		Follow: seen,
		Token:  func() string { return page.Call("token").String() },
		Status: func(s client.Status) {
			page.Call("connection", string(s.Phase), s.Retry.Seconds())
		},
	})
	if err != nil {
		page.Call("fail", err.Error())
		fmt.Fprintln(os.Stderr, "baton:", err)
		return 1
	}
	page.Set("retry", js.FuncOf(func(js.Value, []js.Value) any {
		b.Retry()
		return nil
	}))
	err = gui.RunWith(gui.Config{
		Backend: b, OpenURL: openTab, Version: version, Demo: page.Get("demo").String(),
		Width:  float32(js.Global().Get("innerWidth").Float()),
		Height: float32(js.Global().Get("innerHeight").Float()),
	}, func(a fyne.App, _ fyne.Window, v *gui.View) {
		tellState(b, v)
		a.Lifecycle().SetOnStarted(func() {
			page.Call("ready", js.FuncOf(func(js.Value, []js.Value) any {
				atonce.AsUsual()
				close(seen)
				return nil
			}))
		})
	})
	if err != nil {
		page.Call("fail", err.Error())
		return 1
	}
	return 0
}

// openTab opens an address in a tab of its own. A browser that sees no click
// behind it any more refuses; the window shows the address as well.
func openTab(address string) error {
	if !js.Global().Get("batonPage").Call("open", address).Bool() {
		return errNoTab
	}
	return nil
}
