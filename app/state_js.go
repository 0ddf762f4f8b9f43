//go:build js

package app

import (
	"encoding/json"
	"errors"
	"syscall/js"

	"fyne.io/fyne/v2"

	"baton/app/gui"
	"baton/app/web/client"
)

var errNoTab = errors.New("the browser opened no tab")

// tellState puts the function batonState into the page: a promise of JSON that
// says what is shown and where it can be pressed, in pixels of the page. A page
// drawn on one canvas has nothing else a test could find its way by. It tells
// the page's own scripts no more than the page shows.
func tellState(b *client.Backend, v *gui.View) {
	js.Global().Set("batonState", js.FuncOf(func(js.Value, []js.Value) any {
		// A promise: this call keeps the browser waiting, and with it the
		// goroutine that draws. The executor is called before New returns.
		executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
			resolve := args[0]
			go fyne.Do(func() {
				doc, err := json.Marshal(stateOf(b, v))
				if err != nil {
					doc = []byte("null")
				}
				resolve.Invoke(string(doc))
			})
			return nil
		})
		defer executor.Release()
		return js.Global().Get("Promise").New(executor)
	}))
}

// state is what batonState tells.
type state struct {
	Connection string              `json:"connection"`
	Active     string              `json:"active"`
	Accounts   []accountState      `json:"accounts"`
	Places     map[string]placeNow `json:"places"`
}

type accountState struct {
	Key   string `json:"key"`
	State string `json:"state"`
	Busy  string `json:"busy,omitempty"`
	// Trouble is what the last action on it met.
	Trouble string `json:"trouble,omitempty"`
}

// placeNow is the middle of something to press.
type placeNow struct {
	X float32 `json:"x"`
	Y float32 `json:"y"`
}

func stateOf(b *client.Backend, v *gui.View) state {
	snap := b.Snapshot()
	s := state{Connection: string(b.Status().Phase), Active: snap.Active, Places: map[string]placeNow{}}
	troubles := v.Troubles()
	for _, a := range snap.Accounts {
		s.Accounts = append(s.Accounts, accountState{Key: a.Key, State: string(a.State), Busy: a.Busy.String(), Trouble: troubles[a.Key]})
	}
	for name, p := range v.Places() {
		at := p.Middle()
		s.Places[name] = placeNow{X: at.X, Y: at.Y}
	}
	return s
}
