package setup

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"time"

	"baton/oauthcore/claude"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/files"
	"baton/oauthcore/view"
)

const (
	// settingsMode is what a replaced settings.json may keep of its mode.
	settingsMode fs.FileMode = 0o644
	// settingsStale is the age from which Claude Code takes the lock of
	// settings.json for abandoned.
	settingsStale = 10 * time.Second
)

// write puts both files in place. The note is written before the commands go
// in, and removed after they came out: at no time is a replaced command lost.
// settings.json is staged before that, so that no note is written for a file
// that cannot be. Baton's client lock is held.
func (s *Setup) write(ctx context.Context, c change) (err error) {
	var staged *files.Staged
	d := c.done
	if d.Changed() && d.After != nil {
		staged, err = files.StageAt(s.store.FS, d.Path, d.After, settingsMode, s.store.Paths.InPlace(d.Path))
		if err != nil {
			return unwritten(d.Path, err)
		}
	}
	defer func() {
		if staged != nil && err != nil {
			s.warn("cannot remove a temp file", staged.Discard())
		}
	}()
	path := s.store.Paths.Setup()
	if c.note != nil {
		doc, err := c.note.text()
		if err == nil && !bytes.Equal(doc, c.noteWas) {
			err = files.WriteWhole(s.store.FS, path, doc)
		}
		if err != nil {
			return claude.Unwritable(path, err)
		}
	}
	if d.Changed() {
		if err := s.replace(ctx, d, staged); err != nil {
			s.restoreNote(c)
			return err
		}
	}
	if c.note == nil && c.noteWas != nil {
		if err := s.store.FS.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return claude.Unwritable(path, err)
		}
	}
	return nil
}

// replace puts the new settings.json in place, or removes the file, if it still
// holds what was read. Claude Code's lock around its own writes is held for
// that, which is a few milliseconds.
func (s *Setup) replace(ctx context.Context, d Done, staged *files.Staged) error {
	held, err := s.lock(ctx, d.Path)
	if err != nil {
		return err
	}
	defer held.Release()
	if err := errors.Join(s.store.Locks.Still(s.store.Paths.ClientLock()), held.Check()); err != nil {
		return &view.Problem{
			Code: view.CodeBusy, Err: err,
			Message: "the lock on Claude Code's settings was lost, perhaps while the computer slept; nothing was changed",
			Hint:    "try again",
		}
	}
	same, err := files.Holds(s.store.FS, d.Path, d.Before)
	if err != nil {
		return claude.Unreadable(d.Path, err)
	}
	if !same {
		return claude.Changed(d.Path, files.ErrChanged)
	}
	if staged != nil {
		err = staged.Commit()
	} else {
		err = s.remove(d.Path)
	}
	if err != nil {
		return unwritten(d.Path, err)
	}
	return nil
}

// remove removes a file; if the path is a symbolic link, the file it leads to.
func (s *Setup) remove(path string) error {
	target, err := files.Target(s.store.FS, path)
	if err != nil {
		return err
	}
	return s.store.FS.Remove(target)
}

// lock takes Claude Code's own lock for a write of settings.json, which lies
// beside the path and not beside a link's target. Baton's client lock is held.
func (s *Setup) lock(ctx context.Context, path string) (*clientlock.Held, error) {
	ctx, cancel := context.WithTimeout(ctx, claude.LockWait)
	defer cancel()
	place := clientlock.Place{Path: path + ".lock", Stale: settingsStale}
	keeper := s.store.Keeper()
	s.warn("cannot remove locks of a Baton that died", keeper.Clear(place))
	held, err := keeper.Take(ctx, func() { s.store.Progress("", view.WaitClient) }, place)
	switch {
	case errors.Is(err, clientlock.ErrBusy):
		return nil, &view.Problem{
			Code: view.CodeBusy, Err: err,
			Message: "Claude Code is writing its settings; nothing was changed",
			Hint:    "try again in a moment",
		}
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		return nil, claude.Unlockable(place.Path, err)
	}
	return held, nil
}

// restoreNote puts the note back as it was after settings.json could not be
// replaced. If settings.json is no longer what was read, the note stays: the
// commands may be in it.
func (s *Setup) restoreNote(c change) {
	if c.note == nil {
		return // it was not changed yet
	}
	if now, err := claude.ReadOr(s.store.FS, c.done.Path); err != nil || bytes.Equal(now, c.done.After) {
		return
	}
	path := s.store.Paths.Setup()
	if c.noteWas != nil {
		s.warn("cannot put the note of setup back", files.WriteWhole(s.store.FS, path, c.noteWas))
		return
	}
	s.warn("cannot remove the note of setup", s.store.FS.Remove(path))
}

// warn logs an error that changes nothing for the person.
func (s *Setup) warn(text string, err error) {
	if err != nil {
		s.store.Log.Warn(text, "error", err)
	}
}

// unwritten is the problem of a settings.json that could not be written.
func unwritten(path string, err error) error {
	if errors.Is(err, files.ErrChanged) {
		return claude.Changed(path, err)
	}
	return claude.Unwritable(path, err)
}
