//go:build cgo

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"baton/app/gui"

	"fyne.io/fyne/v2"
)

// play shows the window of a view until standard input ends. Each line there is
// answered with where everything in the window is.
func play(ctx context.Context, name string) error {
	v, err := find(name)
	if err != nil {
		return err
	}
	// Its path is in some of the pictures, so it is the same one each time. A
	// window that was killed left its own.
	home := filepath.Join("build", "home")
	if err := os.RemoveAll(home); err != nil {
		return err
	}
	s, err := newStage(ctx, v, home)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }() // the process ends with it
	cfg := gui.Config{
		Backend: s.backend, Now: s.now, Version: "0.1.0",
		OpenURL: func(string) error { return nil }, // nobody looks at a browser here
	}
	return gui.RunWith(cfg, func(a fyne.App, _ fyne.Window, shown *gui.View) {
		go answer(a, shown)
	})
}

func answer(a fyne.App, shown *gui.View) {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		places := map[string]image.Rectangle{}
		fyne.DoAndWait(func() {
			for name, p := range shown.Places() {
				places[name] = image.Rect(int(p.Pos.X), int(p.Pos.Y), int(p.Pos.X+p.Size.Width), int(p.Pos.Y+p.Size.Height))
			}
		})
		doc, err := json.Marshal(places)
		if err != nil {
			break
		}
		fmt.Println(string(doc))
	}
	fyne.Do(a.Quit)
}
