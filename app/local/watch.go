//go:build !js

package local

import (
	"context"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settle is how long a change is given to be whole: a swap touches several
	// files, which are to be one change.
	settle = 100 * time.Millisecond
	// settleMost bounds it where looking takes long, see watching.rest.
	settleMost = 600 * time.Millisecond
	// poll is how often the files are looked at without a reason: for what no
	// system tells, such as a session whose process was killed, and for the
	// clock of a machine that slept, in which timers stood still.
	poll = 30 * time.Second
	// pollBlind is the same where the system does not tell of changes.
	pollBlind = 3 * time.Second
)

// watch keeps the snapshot fresh until ctx ends: when a file of ours or of
// Claude Code changes, and when the clock ends a limit.
func (b *Backend) watch(ctx context.Context) {
	p := b.core.Paths
	files, folders := []string{
		p.Credentials(), p.ClaudeJSON, p.ClaudeSettings(), p.Pool(),
		p.OldConfig(), p.Vault(), p.Usage(), p.Settings(), p.Activity(),
	}, []string{p.Sessions()}
	if p.Managed != "" {
		files, folders = append(files, p.ManagedSettings()), append(folders, p.ManagedDropIns())
	}
	eyes, err := openEyes(append(files, p.ProjectSettings()...), folders)
	// Without eyes these stay nil, and nothing ever comes from them.
	var events chan fsnotify.Event
	var errs chan error
	if err != nil {
		b.Log.Warn("cannot watch files, looking at them every so often", "error", err)
	} else {
		defer eyes.close()
		events, errs = eyes.w.Events, eyes.w.Errors
	}
	// What changed between the first snapshot and the watching is seen now.
	took := b.look()
	timer := time.NewTimer(b.untilNext(eyes))
	defer timer.Stop()
	soon := false // a look is due already: what comes meanwhile does not put it off
	settleDown := func() {
		if !soon {
			soon = true
			timer.Reset(rest(took))
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-events:
			switch {
			case !ok:
				events = nil
			case eyes.matters(e):
				settleDown()
			}
		case err, ok := <-errs:
			if !ok {
				errs = nil
				continue
			}
			b.Log.Info("some changes of files went by unseen", "error", err)
			settleDown()
		case <-timer.C:
			soon = false
			if eyes != nil {
				eyes.refocus()
			}
			took = b.look()
			timer.Reset(b.untilNext(eyes))
		}
	}
}

// look takes the snapshot again and says how long that took.
func (b *Backend) look() time.Duration {
	start := time.Now()
	b.reload()
	return time.Since(start)
}

// rest is how long after a change is looked: where looking takes long, as with
// a .claude.json of many megabytes that is written all the time, a multiple of
// that, so that it never keeps a processor busy.
func rest(took time.Duration) time.Duration {
	return min(max(settle, 10*took), settleMost)
}

// untilNext is how long to wait where no file changes.
func (b *Backend) untilNext(eyes *eyes) time.Duration {
	every := poll
	if eyes == nil || eyes.blind {
		every = pollBlind
	}
	return untilMoment(b.Snapshot(), b.Now(), every)
}
