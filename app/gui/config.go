package gui

import (
	"errors"
	"log/slog"
	"time"

	"baton/app/backend"
)

// ErrNoWindow is returned by Run in builds without a window.
var ErrNoWindow = errors.New("this build has no window")

// AppID is the identity the desktop knows Baton by.
const AppID = "app.baton.Baton"

// Config is what the window needs from its surroundings.
type Config struct {
	// Backend is what the window shows and acts on. Required.
	Backend backend.Backend
	// OpenURL opens an address in the person's browser; it is called off the
	// UI goroutine and may block. When nil the backend is asked to open it.
	OpenURL func(address string) error
	// Title is the window's title; "Baton" when empty.
	Title string
	// Version is what About calls this build; may be empty.
	Version string
	// Folder is where Baton keeps its files, as About shows it; may be empty.
	Folder string
	// Links stand in About; they need OpenURL.
	Links []Link
	// Demo, when not empty, is a line that says that nothing here is real.
	Demo string
	// Width and Height are what the window fills from the start, in Fyne's
	// pixels; the size it was left with when either is zero.
	Width, Height float32
	// Hidden says that the window is not shown at first. Whoever starts it so
	// shows it: by Raise, or from the hook of RunWith.
	Hidden bool
	// Tray says whether a tray shows Baton's icon now. With nil there is none,
	// and nothing is said about it.
	Tray func() bool
	// Raise brings the window to the front each time something arrives. May
	// be nil.
	Raise <-chan struct{}
	// Now is the clock; time.Now when nil. Its location is the one times are
	// shown in.
	Now func() time.Time
	// Logger gets what is worth keeping; nothing is logged when nil.
	Logger *slog.Logger
}

// Link is a way to more about Baton.
type Link struct {
	Title   string
	Address string // https only
}
