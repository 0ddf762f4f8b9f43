//go:build !js

package local_test

import (
	"context"
	"testing"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
)

// One listener that leaves must not take the watching with it: what another
// process changes still reaches the one that stays.
func TestWatchingOutlivesItsFirstListener(t *testing.T) {
	p := demo.NewProvider(demo.Options{})
	if _, err := p.Start(""); err != nil {
		t.Fatal(err)
	}
	home, err := demo.NewHome(t.TempDir(), p, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	set := home.Setenv()
	open := func() *local.Backend {
		b, err := local.New(local.Config{
			Getenv: func(name string) string { return set[name] },
			Home:   func() (string, error) { return home.Dir, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	watching, other := open(), open()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	early, leave := context.WithCancel(ctx)
	first, second := watching.Events(early), watching.Events(ctx)
	leave()
	for range first { // until it closes
	}
	rename := backend.Action{Kind: backend.ActionRename, Key: "ada@corp.example", Label: "Work"}
	if _, err := other.Do(ctx, rename); err != nil {
		t.Fatal(err)
	}
	wait, giveUp := context.WithTimeout(ctx, 10*time.Second)
	defer giveUp()
	for {
		if a, ok := watching.Snapshot().Find("ada@corp.example"); ok && a.Label == "Work" {
			return
		}
		select {
		case <-second:
		case <-wait.Done():
			t.Fatal("the listener that stayed was never told")
		}
	}
}
