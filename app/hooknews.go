//go:build !js

package app

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"baton/app/backend"
	"baton/app/gui"
	"baton/app/notify"
	"baton/app/single"
	"baton/app/tray"
)

// toldWait bounds what a hook takes to tell the person: Claude Code waits for
// it.
const toldWait = 4 * time.Second

// greetWait is how long a window has to say that it is there. It answers at
// once, whatever its toolkit is at.
const greetWait = 2 * time.Second

// tellOfHook gives what a hook tells the person of what it did. An open window,
// hidden or not, sees the same and tells of it itself: then nothing is told
// here, so that each event is told once. It never fails: nobody reads that.
func tellOfHook(env environ) func(context.Context, backend.Backend, backend.Result) {
	return func(ctx context.Context, b backend.Backend, done backend.Result) {
		ctx, cancel := context.WithTimeout(ctx, toldWait)
		defer cancel()
		now := b.Snapshot()
		look := lookOf(env)
		notes := tray.Speak(look.language(env)).News(beforeHook(now, done), now, now.TakenAt.Local())
		if len(notes) == 0 || windowAnswers(ctx, env) {
			return
		}
		for _, n := range notes {
			if look.Hide {
				n.Title, n.Body = backend.HideAddresses(n.Title), backend.HideAddresses(n.Body)
			}
			if notify.Send(ctx, n.Title, n.Body) != nil {
				return // nobody is there to see it
			}
		}
	}
}

// beforeHook is the snapshot as it was before what the hook did, so that the
// news between the two is what it did and nothing else.
func beforeHook(now backend.Snapshot, done backend.Result) *backend.Snapshot {
	was := now
	was.Accounts = append([]backend.Account(nil), now.Accounts...)
	for i := range was.Accounts {
		if a := &was.Accounts[i]; done.News && a.Key == done.Key && a.State == backend.StateLimited {
			a.State, a.LimitedUntil = backend.StateReady, time.Time{}
		}
	}
	if done.From != done.To {
		was.Active = done.From
	}
	return &was
}

func windowAnswers(ctx context.Context, env environ) bool {
	place, err := windowsPlace(env)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, greetWait)
	defer cancel()
	return single.Running(ctx, place)
}

// look is what the window's preferences say of how things are told.
type look struct {
	Hide     bool   `json:"window.hide-emails"`
	Language string `json:"look.language"`
}

// lookOf reads it where the toolkit keeps it. Nothing is known where there was
// no window yet.
func lookOf(env environ) (l look) {
	dir := env.get("XDG_CONFIG_HOME")
	if dir == "" {
		home, err := homeIn(env)
		if err != nil {
			return l
		}
		dir = filepath.Join(home, ".config")
	}
	doc, err := os.ReadFile(filepath.Join(dir, "fyne", gui.AppID, "preferences.json"))
	if err == nil && json.Unmarshal(doc, &l) != nil {
		return look{}
	}
	return l
}

// language is the one chosen for the window, else the system's.
func (l look) language(env environ) string {
	for _, code := range []string{l.Language, env.get("LC_ALL"), env.get("LC_MESSAGES"), env.get("LANG")} {
		if code != "" {
			return code
		}
	}
	return ""
}
