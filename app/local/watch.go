//go:build !js

package local

import (
	"context"
	"path/filepath"
	"time"

	"baton/app/backend"

	"github.com/fsnotify/fsnotify"
)

const (
	settle = 100 * time.Millisecond // a swap touches several files: look once
	poll   = 15 * time.Second       // the backup where the system tells nothing
)

// watch keeps the snapshot fresh until ctx ends: when a file of ours or of
// Claude Code changes, and when the clock ends a limit.
func (b *Backend) watch(ctx context.Context) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		b.Log.Warn("cannot watch files, looking at them every so often", "error", err)
		w = &fsnotify.Watcher{}
	} else {
		defer func() { _ = w.Close() }()
	}
	p := b.core.Paths
	names := map[string]bool{}
	for _, f := range []string{p.Credentials(), p.ClaudeJSON, p.Pool(), p.Vault(), p.Book(), p.Settings(), p.ClaudeSettings(), p.Own(), p.Sessions(), p.Config, p.Secure} {
		names[filepath.Clean(f)] = true
	}
	timer := time.NewTimer(poll)
	defer timer.Stop()
	soon := false // a look is due already: what comes meanwhile does not put it off
	settleDown := func() {
		if !soon {
			soon = true
			timer.Reset(settle)
		}
	}
	for {
		if err == nil {
			// Folders that were missing before may be there now.
			for _, dir := range []string{filepath.Dir(p.ClaudeJSON), p.Config, p.Secure, p.Own(), p.Sessions()} {
				_ = w.Add(dir) // one that is missing is tried again next time
			}
		}
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.Events:
			if !ok || (!names[filepath.Clean(e.Name)] && filepath.Dir(e.Name) != p.Sessions()) {
				continue
			}
			settleDown()
		case <-w.Errors:
			settleDown()
		case <-timer.C:
			soon = false
			b.reload()
			timer.Reset(min(poll, b.untilNext()))
		}
	}
}

// untilNext is how long nothing will change by the clock alone.
func (b *Backend) untilNext() time.Duration {
	wait := poll
	now := b.Now()
	for _, a := range b.Snapshot().Accounts {
		for _, at := range momentsOf(a) {
			if d := at.Sub(now); d > 0 && d < wait {
				wait = d + 10*time.Millisecond
			}
		}
	}
	return wait
}

// momentsOf lists the times at which an account looks different by itself.
func momentsOf(a backend.Account) []time.Time {
	out := []time.Time{a.LimitedUntil, a.LoginExpiresAt}
	if a.Usage != nil {
		for _, w := range []*backend.Window{a.Usage.FiveHour, a.Usage.SevenDay} {
			if w != nil {
				out = append(out, w.ResetsAt)
			}
		}
	}
	return out
}
