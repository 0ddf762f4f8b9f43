package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
	"baton/oauthcore/providertest"
)

// stage is what a window stands on.
type stage struct {
	now      func() time.Time
	provider *providertest.Provider
	home     demo.Home
	backend  backend.Backend
}

// beginning is the moment every window opens at. Five seconds past the minute:
// what a minute's end changes is not in the picture.
func beginning() time.Time { return time.Date(2026, 3, 2, 10, 12, 5, 0, time.UTC) }

// newStage makes the home in dir, moves this process into it, and prepares it.
func newStage(ctx context.Context, v view, dir string) (_ *stage, err error) {
	started := time.Now()
	s := &stage{now: func() time.Time { return beginning().Add(time.Since(started)) }}
	s.provider = providertest.NewProvider(providertest.Options{Now: s.now})
	if _, err := s.provider.Start(""); err != nil {
		return nil, err
	}
	if s.home, err = demo.NewHome(dir, s.provider, s.now()); err != nil {
		return nil, errors.Join(err, s.provider.Close())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := s.moveIn(); err != nil {
		return nil, err
	}
	b, err := local.New(local.Config{Now: s.now})
	if err != nil {
		return nil, err
	}
	s.backend = b
	if v.prepare == nil {
		return s, s.dress(ctx)
	}
	return s, errors.Join(s.dress(ctx), v.prepare(ctx, s))
}

// moveIn makes the home this process's own, without animations: a picture of
// half a movement is never the same twice.
func (s *stage) moveIn() error {
	for name, value := range s.home.Setenv() {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	for _, name := range s.home.Unsetenv() {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	dir := filepath.Join(s.home.Setenv()["XDG_CONFIG_HOME"], "fyne")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`{"no_animations":true}`), 0o600)
}

// dress gives the accounts their names and what is seen of their limits.
func (s *stage) dress(ctx context.Context) error {
	for _, r := range s.home.Residents {
		if _, err := s.backend.Do(ctx, backend.Action{Kind: backend.ActionRename, Key: r.Key, Label: r.Label}); err != nil {
			return err
		}
	}
	_, err := s.backend.Do(ctx, backend.Action{Kind: backend.ActionUsage, All: true})
	return err
}

func (s *stage) close() error {
	return errors.Join(s.provider.Close(), s.home.Close())
}

// find is the view of a name.
func find(name string) (view, error) {
	all := views()
	i := slices.IndexFunc(all, func(v view) bool { return v.name == name })
	if i < 0 {
		return view{}, fmt.Errorf("there is no view %q", name)
	}
	return all[i], nil
}
