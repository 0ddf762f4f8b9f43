// Package gui is Baton's window, and the same views as the served page shows.
// It turns a backend.Snapshot into widgets and gestures into backend.Actions,
// and must not know how accounts are kept or who talks to the provider: of
// Baton it imports app/backend, widgets and icons, nothing else.
//
// Nothing slow happens on the UI goroutine. Every field of View belongs to that
// goroutine; other goroutines come back to it through fyne.Do.
//
// What it says is in the catalogues under words, a key for each text in keys.go.
// A main view is a pane behind a tab, listed in tabs.go; how the person wants
// the window (theme, size of text, language, hidden addresses) is in prefs.go
// and kept in Fyne's preferences.
//
// Where neither cgo nor js is there, no window can be drawn: Run then returns
// ErrNoWindow.
package gui
