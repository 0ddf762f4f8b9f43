//go:build !js

package app

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
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

// tellOfHook gives what a hook tells the person of what it did: on the desktop,
// each kind where its switch is on, and in the terminal, all kinds where
// notify.terminal is on. An open window, hidden or not, sees the same and tells
// of it on the desktop itself: then nothing is told there from here, so that each
// event is told once. It never fails: nobody reads that.
func tellOfHook(env environ) func(context.Context, backend.Backend, backend.Result) string {
	return func(ctx context.Context, b backend.Backend, done backend.Result) (terminal string) {
		ctx, cancel := context.WithTimeout(ctx, toldWait)
		defer cancel()
		now := b.Snapshot()
		look := lookOf(env)
		speech, before, at := tray.Speak(look.language(env)), beforeHook(now, done), now.TakenAt.Local()
		if tray.On(now, tray.SwitchTerminal) {
			terminal = notify.Terminal(look.notes(speech.EveryKind(before, now, at)))
		}
		notes := look.notes(speech.News(before, now, at))
		if len(notes) == 0 || windowAnswers(ctx, env) {
			return terminal
		}
		for _, n := range notes {
			if notify.Send(ctx, n.Title, n.Body) != nil {
				break // nobody is there to see it
			}
		}
		return terminal
	}
}

// notes are the notes as they may be shown.
func (l look) notes(all []tray.Note) (out []notify.Note) {
	for _, n := range all {
		if l.Hide {
			n.Title, n.Body = backend.HideAddresses(n.Title), backend.HideAddresses(n.Body)
		}
		out = append(out, notify.Note(n))
	}
	return out
}

// beforeHook is the snapshot as it was before what the hook did, so that the
// news between the two is what it did and nothing else.
func beforeHook(now backend.Snapshot, done backend.Result) *backend.Snapshot {
	was := now
	was.Accounts = append([]backend.Account(nil), now.Accounts...)
	for i := range was.Accounts {
		a := &was.Accounts[i]
		switch {
		case !done.News || a.Key != done.Key:
		case done.Failure == backend.FailureLimited && a.State == backend.StateLimited:
			a.State, a.LimitedUntil = backend.StateReady, time.Time{}
		case done.Failure == backend.FailureRefused:
			a.Notices = without(a.Notices, backend.NoticeRefused)
		case done.Failure == backend.FailureDoubted:
			a.Notices = without(a.Notices, backend.NoticeUnsure)
		}
	}
	if done.From != done.To {
		was.Active = done.From
	}
	return &was
}

func without(all []backend.Notice, one backend.Notice) []backend.Notice {
	return slices.DeleteFunc(slices.Clone(all), func(n backend.Notice) bool { return n == one })
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
