//go:build !js

package local_test

import (
	"errors"
	"slices"
	"testing"

	"baton/app/backend"
	"baton/app/local"
	"baton/oauthcore/view"
)

// A switch of the surroundings is listed beside the core's, says what is, and
// acts when it is set; what does not work is a problem with a way on.
func TestSwitchesOfTheSurroundings(t *testing.T) {
	on, broken := false, error(nil)
	b, err := local.New(local.Config{
		Getenv: func(string) string { return "" },
		Home:   func() (string, error) { return t.TempDir(), nil },
		Switches: []local.Switch{{
			Key: "some.thing", About: "It does something.",
			On:  func() (bool, error) { return on, nil },
			Set: func(to bool) error { on = to; return broken },
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	value := func() string {
		for _, s := range b.Snapshot().Settings {
			if s.Key == "some.thing" {
				return s.Value
			}
		}
		return "missing"
	}
	set := func(key, to string) error {
		_, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionConfigure, Setting: key, Value: to})
		return err
	}
	if value() != "off" {
		t.Errorf("at first it is %s", value())
	}
	if err := set("some.thing", "on"); err != nil || value() != "on" {
		t.Errorf("it is %s (%v)", value(), err)
	}
	for _, wrong := range [][2]string{{"some.thing", "perhaps"}, {"some.other", "on"}} {
		if p := backend.AsProblem(set(wrong[0], wrong[1])); p == nil || p.Code != backend.ProblemUsage || p.Hint == "" {
			t.Errorf("%q: %+v", wrong, p)
		}
	}
	broken = errors.New("no room")
	if p := backend.AsProblem(set("some.thing", "off")); p == nil || p.Code != backend.ProblemFailed || p.Message != "cannot set some.thing: no room" {
		t.Errorf("%+v", p)
	}
	if err := set("swap.auto", "on"); err != nil {
		t.Errorf("the core's switches: %v", err)
	}
}

// Everything the core waits for has its line for people.
func TestWaitsAreKnown(t *testing.T) {
	known := backend.Waits()
	for _, w := range view.Waits() {
		if !slices.Contains(known, backend.Wait(w)) {
			t.Errorf("no words for %q", w)
		}
	}
	if len(known) != len(view.Waits())+1 { // and the person's browser
		t.Errorf("%d waits are told of, the core has %d", len(known), len(view.Waits()))
	}
}
