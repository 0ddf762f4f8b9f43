//go:build cgo || js

package gui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"baton/app/backend"
	"baton/widgets"
)

// many is a pool of n accounts in their everyday states.
func many(n int) backend.Snapshot {
	s := fiveAccounts()
	five := s.Accounts
	s.Accounts = make([]backend.Account, 0, n)
	for i := range n {
		a := five[i%5]
		if i >= 5 {
			a.Active = false
			a.Key = fmt.Sprintf("account%d@example.com", i)
			a.Email, a.Label = a.Key, fmt.Sprintf("Account %d", i)
		}
		s.Accounts = append(s.Accounts, a)
	}
	return s
}

// thousand is a window with a thousand accounts, 1080 by 640.
func thousand(b *testing.B) (*View, *fake) {
	b.Helper()
	app := test.NewTempApp(b)
	app.Preferences().SetString(prefLanguage, string(langEnglish))
	app.Settings().SetTheme(widgets.NewTheme(widgets.ModeDark))
	f := newFake(tuesday, many(1000))
	w := test.NewWindow(nil)
	b.Cleanup(w.Close)
	w.SetPadded(false)
	v := newView(app, w, Config{Backend: f, Now: tuesday}, func(func()) {})
	b.Cleanup(v.Close)
	w.Resize(fyne.NewSize(1080, 640))
	w.Canvas().Capture()
	return v, f
}

// BenchmarkOpen is the time from nothing to the first picture of a thousand
// accounts.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		v, _ := thousand(b)
		v.Close()
	}
}

// BenchmarkOneMeter is the time a change of one account's usage takes to be
// worked in, without painting.
func BenchmarkOneMeter(b *testing.B) {
	v, f := thousand(b)
	for i := 0; b.Loop(); i++ {
		f.mu.Lock()
		a := &f.snap.Accounts[3]
		a.Usage = &backend.Usage{FiveHour: &backend.Window{Percent: float64(i % 90), ResetsAt: tuesday().Add(time.Hour)}, ObservedAt: tuesday()}
		f.mu.Unlock()
		v.retake()
	}
}

// BenchmarkFilter is the time one letter in the filter takes.
func BenchmarkFilter(b *testing.B) {
	v, _ := thousand(b)
	for i := 0; b.Loop(); i++ {
		v.bar.filter.SetText([]string{"", "9", "99", "limited"}[i%4])
	}
}

// BenchmarkScroll is the time a screenful of scrolling takes.
func BenchmarkScroll(b *testing.B) {
	v, _ := thousand(b)
	cards := v.accounts.list.Cards()
	for i := 0; b.Loop(); i++ {
		v.accounts.list.ScrollTo(cards[(i*7)%1000])
	}
}

// BenchmarkPaint is the time the software painter takes for one frame.
func BenchmarkPaint(b *testing.B) {
	v, _ := thousand(b)
	for b.Loop() {
		v.win.Canvas().Capture()
	}
}
