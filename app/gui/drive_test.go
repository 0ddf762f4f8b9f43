//go:build cgo || js

package gui

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"baton/app/backend"
	"baton/widgets"
)

// driver runs a View the way a window does: one goroutine, the test's, is the
// UI goroutine, and work for it waits in a queue. Time is the bubble's.
type driver struct {
	*View
	t     *testing.T
	f     *fake
	urls  []string
	mu    sync.Mutex
	queue []func()
}

// drive runs story in front of a window showing s.
func drive(t *testing.T, s backend.Snapshot, story func(d *driver)) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Preferences().SetString(prefLanguage, string(langEnglish))
	test.ApplyTheme(t, widgets.NewTheme(widgets.ModeDark))
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		now := func() time.Time { return tuesday().Add(time.Since(began)) }
		d := &driver{t: t, f: newFake(now, s)}
		w := test.NewWindow(nil)
		w.SetPadded(false)
		w.Resize(fyne.NewSize(1080, 640))
		d.View = newView(app, w, Config{
			Backend: d.f, Now: now,
			OpenURL: func(u string) error {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.urls = append(d.urls, u)
				return nil
			},
		}, d.later)
		w.Resize(fyne.NewSize(1080, 640))
		d.settle()
		story(d)
		d.View.Close()
		d.settle()
		<-d.listened
		w.Close()
	})
}

func (d *driver) later(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = append(d.queue, f)
}

// settle lets everything that can go on go on, and does the UI's work.
func (d *driver) settle() {
	for {
		synctest.Wait()
		d.mu.Lock()
		work := d.queue
		d.queue = nil
		d.mu.Unlock()
		if len(work) == 0 {
			return
		}
		for _, f := range work {
			f()
		}
	}
}

// pass lets time go by.
func (d *driver) pass(by time.Duration) {
	time.Sleep(by) // the bubble's clock: no real time passes
	d.settle()
}

func (d *driver) card(key string) widgets.CardView {
	d.t.Helper()
	e := d.entries[key]
	if e == nil {
		d.t.Fatalf("no card for %s", key)
	}
	return e.card.View()
}

func (d *driver) pressCard(key string) {
	d.entries[key].card.OnPrimary()
	d.settle()
}

// choose picks an entry of an account's overflow menu.
func (d *driver) choose(key, label string) {
	d.t.Helper()
	for _, i := range d.menuItems(key, d.entries[key]) {
		if i.Label == label {
			if i.Disabled {
				d.t.Fatalf("%q is disabled", label)
			}
			i.Action()
			d.settle()
			return
		}
	}
	d.t.Fatalf("no %q in the menu", label)
}

// walk calls see for every object shown, in the sheet or else in the window.
func (d *driver) walk(see func(fyne.CanvasObject)) {
	root := d.win.Content()
	if top := d.win.Canvas().Overlays().Top(); top != nil {
		root = top
	}
	for _, o := range test.LaidOutObjects(root) {
		see(o)
	}
}

// tap presses the button with these words.
func (d *driver) tap(words string) {
	d.t.Helper()
	var found fyne.Tappable
	d.walk(func(o fyne.CanvasObject) {
		switch b := o.(type) {
		case *widgets.Button:
			if b.Text == words && b.Visible() {
				found = b
			}
		case *widgets.ChoiceCard:
			if b.Title() == words {
				found = b
			}
		}
	})
	if found == nil {
		d.t.Fatalf("no button %q; shown: %s", words, d.said())
	}
	test.Tap(found)
	d.settle()
}

// entry returns the text field shown.
func (d *driver) field() *field {
	d.t.Helper()
	var found *field
	d.walk(func(o fyne.CanvasObject) {
		if f, ok := o.(*field); ok {
			found = f
		}
	})
	if found == nil {
		d.t.Fatalf("no field; shown: %s", d.said())
	}
	return found
}

// said is all labels and buttons, for looking words up in.
func (d *driver) said() string {
	var all []string
	d.walk(func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.Label:
			all = append(all, o.Text)
		case *widgets.Button:
			if o.Visible() {
				all = append(all, "["+o.Text+"]")
			}
		case *widgets.ChoiceCard:
			all = append(all, "["+o.Title()+"] "+o.AccessibilityLabel())
		}
	})
	return strings.Join(all, " | ")
}

func (d *driver) see(words string) {
	d.t.Helper()
	if got := d.said(); !strings.Contains(got, words) {
		d.t.Errorf("%q is not shown; shown: %s", words, got)
	}
}

func (d *driver) bannersShown() (n int) {
	for _, b := range d.banners.banners {
		if b.Visible() {
			n++
		}
	}
	return n
}

func (d *driver) calls() string {
	var all []string
	for _, a := range d.f.called() {
		all = append(all, fmt.Sprintf("%s %s", a.Kind, a.Key))
	}
	return strings.Join(all, "; ")
}
