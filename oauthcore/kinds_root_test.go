//go:build unix

package oauthcore_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/mirror"
	"baton/oauthcore/setup"
	"baton/oauthcore/signals"
)

// Root in a person's home leaves nothing of its own, whatever is done.
func TestRootLeavesNothing(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not run: needs root")
	}
	const person = 65534
	w := mirrored(t)
	chown := func() {
		err := filepath.WalkDir(filepath.Dir(w.home.Dir), func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				err = os.Lchown(path, person, person)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{"settings", func() error { return w.core.Configure(t.Context(), "swap.auto", "on") }},
		{"import", func() error { _, err := w.core.Import(t.Context()); return err }},
		{"setup", func() error {
			_, err := setup.New(w.core.Store).Apply(t.Context(), setup.Request{Program: "/opt/baton"})
			return err
		}},
		{"push", func() error { _, err := w.copies().Push(t.Context(), mirror.PushRequest{}); return err }},
		{"observe", func() error {
			_, err := w.core.Observe(t.Context(), signals.ParseStatusLine([]byte(`{"rate_limits":{"five_hour":{"used_percentage":61.5,"resets_at":1795440368}}}`)))
			return err
		}},
		{"login", func() error { w.login("new@example.com"); return nil }},
		{"set aside", func() error {
			_, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{To: work, SetAside: true})
			return err
		}},
		{"refresh", func() error { _, err := w.core.Refresh(t.Context(), lab); return err }},
		{"usage", func() error { _, _, err := w.core.CheckUsage(t.Context(), lab); return err }},
		{"remove", func() error { _, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: night}); return err }},
		{"unsetup", func() error {
			_, err := setup.New(w.core.Store).Apply(t.Context(), setup.Request{Remove: true})
			return err
		}},
	}
	for _, s := range steps {
		chown()
		if err := s.do(); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		p := patientOf(w)
		p.setup = setup.New(w.core.Store)
		p.doctor(true)
		_ = filepath.WalkDir(filepath.Dir(w.home.Dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if info, err := e.Info(); err == nil && info.Sys().(*syscall.Stat_t).Uid != person {
				t.Errorf("%s: %s belongs to root", s.name, path)
			}
			return nil
		})
	}
}
