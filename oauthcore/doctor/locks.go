package doctor

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/view"
)

// locks looks for locks that no program gives back any more. The error is ctx's.
func (x *examination) locks(ctx context.Context) error {
	places := x.LockPlaces()
	dead, err := x.deadLocks(ctx, places)
	if err != nil {
		return err
	}
	for _, path := range dead {
		x.report(Finding{
			ID: "dead_lock", Severity: SeverityWarning, Path: path,
			Message: "a Baton that died left this lock",
			Fix:     "baton doctor --fix removes it, and so does the next swap",
			repair:  x.settle,
		})
	}
	watching := func() { x.Progress("", view.WaitLock) }
	abandoned, err := x.Keeper().Abandoned(ctx, watching, places...)
	if err != nil {
		return err
	}
	for _, a := range abandoned {
		if slices.Contains(dead, a.Path) {
			continue
		}
		x.report(Finding{
			ID: "stale_lock", Severity: SeverityWarning, Path: a.Path,
			Message: "a lock of Claude Code's without a sign of life since " + a.Since.Local().Format(time.DateTime),
			Fix:     "baton doctor --fix removes it, if no Claude Code is stopped in the middle of its work",
			repair:  repair{first, func(ctx context.Context) error { return x.breakLock(ctx, a) }},
		})
	}
	return nil
}

// tryWait is how long the doctor waits to find out whether a lock is held.
const tryWait = 50 * time.Millisecond

// deadLocks lists what Batons that died left of Claude Code's locks. A Baton
// that holds the client lock is alive, and so are the locks noted then.
func (x *examination) deadLocks(ctx context.Context, places []clientlock.Place) ([]string, error) {
	left := x.Keeper().Left(places...)
	if len(left) == 0 {
		return nil, nil
	}
	if _, err := x.FS.Stat(x.Paths.ClientLock()); errors.Is(err, fs.ErrNotExist) {
		return left, nil // no program ever removes the file, so none holds it
	}
	release, err := x.Lock(ctx, x.Paths.ClientLock(), tryWait)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, nil
	}
	defer release()
	return x.Keeper().Left(places...), nil
}

// breakLock removes a lock that still shows no sign of life.
func (x *examination) breakLock(ctx context.Context, a clientlock.Abandoned) error {
	release, err := x.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := x.Keeper().Break(a); err != nil {
		return claude.Unwritable(a.Path, err)
	}
	return nil
}

// held says that another operation holds a lock just now.
func (x *examination) held(ctx context.Context, path string) bool {
	if _, err := x.FS.Stat(path); err != nil {
		return false
	}
	release, err := x.Lock(ctx, path, tryWait)
	if err != nil {
		return view.CodeOf(err) == view.CodeBusy
	}
	release()
	return false
}
