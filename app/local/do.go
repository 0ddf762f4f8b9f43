//go:build !js

package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"baton/app/backend"
	"baton/oauthcore"
	"baton/oauthcore/view"
)

// Do implements backend.Backend.
func (b *Backend) Do(ctx context.Context, a backend.Action) (backend.Result, error) {
	b.mu.Lock()
	b.running++
	b.mu.Unlock()
	r, err := b.do(ctx, a)
	b.mu.Lock()
	if b.running--; b.running == 0 {
		clear(b.busy) // not before: another action may still wait for something
	}
	b.mu.Unlock()
	if mayMirror(a.Kind) {
		b.mirrorSoon()
	}
	b.reload()
	if p := problem(err); p != nil {
		return r, p
	}
	return r, nil
}

func (b *Backend) do(ctx context.Context, a backend.Action) (r backend.Result, err error) {
	switch a.Kind {
	case backend.ActionSwap:
		return b.swap(ctx, a)
	case backend.ActionRefresh, backend.ActionUsage:
		return b.each(ctx, a)
	case backend.ActionImport:
		got, err := b.core.Import(ctx)
		return backend.Result{Key: got.Key, Added: got.Added}, err
	case backend.ActionLimit:
		r.Key, err = b.core.Limit(ctx, a.Key, a.Until)
	case backend.ActionUnlimit:
		r.Key, err = b.core.Unlimit(ctx, a.Key)
	case backend.ActionRename:
		r.Key, err = b.core.Rename(ctx, a.Key, a.Label)
	case backend.ActionPause:
		r.Key, err = b.core.Pause(ctx, a.Key)
	case backend.ActionResume:
		r.Key, err = b.core.Resume(ctx, a.Key)
	case backend.ActionMove:
		r.Key, err = b.core.Move(ctx, a.Key, a.Place)
	case backend.ActionRemove:
		gone, err := b.core.Remove(ctx, oauthcore.RemoveRequest{Name: a.Key, Revoke: a.Revoke, Yes: a.Yes})
		r.Key = gone.Key
		if gone.Live {
			r.Notes = append(r.Notes, "Claude Code stays logged in with it")
		}
		return r, err
	case backend.ActionConfigure:
		r.Notes, err = b.configure(ctx, a.Setting, a.Value)
	case backend.ActionDoctor:
		return b.doctor(ctx, a.Fix)
	case backend.ActionSetup:
		return b.setUp(ctx, a)
	case backend.ActionReport:
		return b.report(ctx, a.Told)
	case backend.ActionFailure:
		return b.failure(ctx, a.Told)
	case backend.ActionKeyringStatus:
		return b.keyringStatus(ctx)
	case backend.ActionKeyringPush:
		return b.keyringPush(ctx, a)
	case backend.ActionKeyringRestore:
		return b.keyringRestore(ctx, a)
	default:
		return r, &backend.Problem{Code: backend.ProblemUnsupported, Message: fmt.Sprintf("this Baton cannot do %q", a.Kind)}
	}
	return r, err
}

func (b *Backend) swap(ctx context.Context, a backend.Action) (backend.Result, error) {
	done, err := b.core.Swap(ctx, oauthcore.SwapRequest{To: a.Key, LimitedUntil: a.LimitedUntil, SetAside: a.SetAside})
	r := backend.Result{From: done.From, To: done.To, Refreshed: done.Refreshed, SetAside: done.SetAside, Notes: done.Notes}
	if err != nil {
		return r, err
	}
	if n := len(b.core.Sessions(b.Processes)); n > 0 && done.From != done.To {
		follow, typeOn := "1 session follows at its next prompt", "if it waits for the limit, type on in it"
		if n > 1 {
			follow, typeOn = fmt.Sprintf("%d sessions follow at their next prompt", n), "in one that waits for the limit, type on"
		}
		r.Notes = append(r.Notes, follow+"; "+typeOn)
	}
	r.Overrides = b.overrides()
	for _, o := range r.Overrides {
		r.Notes = append(r.Notes, overrideNote(o))
	}
	if note := b.forcedNote(done.To); note != "" {
		r.Notes = slices.Insert(r.Notes, 0, note)
	}
	return r, nil
}

// each does refresh or usage for one account or all of them. The error is the
// worst of its rows, so that one account's trouble hides no other's result.
func (b *Backend) each(ctx context.Context, a backend.Action) (r backend.Result, worst error) {
	names, refresh := []string{a.Key}, b.core.Refresh
	if a.All {
		names, refresh = nil, b.core.RefreshUnnamed
		for _, v := range b.core.Snapshot(ctx).Accounts {
			if a.Kind == backend.ActionUsage && v.NeedsLogin {
				continue
			}
			names = append(names, v.Key)
		}
	}
	for _, name := range names {
		row := backend.AccountResult{Key: name}
		var err error
		if a.Kind == backend.ActionRefresh {
			var done oauthcore.Refreshed
			done, err = refresh(ctx, name)
			row.AccessExpiresAt, row.Note = done.ExpiresAt, done.Note
			if done.Key != "" {
				row.Key = done.Key
			}
		} else {
			var seen *view.Usage
			var key string
			if key, seen, err = b.core.CheckUsage(ctx, name); key != "" {
				row.Key = key
			}
			row.Usage = usage(seen)
		}
		row.OK, row.Problem = err == nil, problem(err)
		if row.Problem != nil && row.Problem.Key != "" {
			row.Key = row.Problem.Key
		}
		r.Each = append(r.Each, row)
		b.mu.Lock()
		delete(b.busy, row.Key)
		b.mu.Unlock()
		if err != nil && (worst == nil || problem(err).Code.ExitCode() > problem(worst).Code.ExitCode()) {
			worst = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	if a.All && worst != nil {
		worst = several(r.Each, problem(worst))
	}
	return r, worst
}

// several says in one line which accounts failed; code and hint are the worst's.
func several(rows []backend.AccountResult, worst *backend.Problem) error {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r backend.AccountResult) bool { return r.OK })
	if len(rows) == 1 {
		return worst
	}
	var keys []string
	for _, row := range rows {
		keys = append(keys, row.Key)
	}
	return &backend.Problem{
		Code: worst.Code, Hint: worst.Hint, Err: errors.Join(worst.Err),
		Message: fmt.Sprintf("%d accounts failed: %s", len(rows), strings.Join(keys, ", ")),
	}
}
