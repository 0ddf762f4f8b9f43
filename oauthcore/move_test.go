package oauthcore_test

import (
	"context"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/view"
)

// order is the accounts as they are shown.
func (w *world) order() string {
	w.Helper()
	var keys []string
	for _, a := range w.core.Snapshot(context.Background()).Accounts {
		keys = append(keys, a.Key)
	}
	return strings.Join(keys, " ")
}

func TestMove(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for _, c := range []struct {
		who   string
		place int
		want  []string
	}{
		{lab, 0, []string{lab, personal, work, side, night}},
		{lab, 2, []string{personal, work, lab, side, night}},
		{lab, 2, []string{personal, work, lab, side, night}}, // where it is
		{personal, 4, []string{work, lab, side, night, personal}},
		{work, 99, []string{lab, side, night, personal, work}},
		{night, -3, []string{night, lab, side, personal, work}},
		{side, 1, []string{night, side, lab, personal, work}},
	} {
		key, err := w.core.Move(ctx, c.who, c.place)
		if err != nil || key != c.who {
			t.Fatalf("move %s to %d: %s, %v", c.who, c.place, key, err)
		}
		if got, want := w.order(), strings.Join(c.want, " "); got != want {
			t.Errorf("move %s to %d: %s, want %s", c.who, c.place, got, want)
		}
	}
	// Where it stands already, nothing is written.
	before := string(w.read(w.paths.Vault()))
	if _, err := w.core.Move(ctx, night, 0); err != nil {
		t.Fatal(err)
	}
	if string(w.read(w.paths.Vault())) != before {
		t.Error("a move to the same place wrote the vault")
	}
	if _, err := w.core.Move(ctx, "nobody", 1); err != nil {
		wantCode(t, err, view.CodeNotFound)
	} else {
		t.Error("nobody was moved")
	}
	w.kept(personal, work, side, lab, night)
	w.private()
}

// What was removed takes no place, and what is added comes last.
func TestMoveBesideARemovedAccount(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	if _, err := w.core.Move(ctx, night, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Remove(ctx, oauthcore.RemoveRequest{Name: work}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Move(ctx, personal, 3); err != nil {
		t.Fatal(err)
	}
	if got, want := w.order(), strings.Join([]string{night, side, lab, personal}, " "); got != want {
		t.Errorf("order %s, want %s", got, want)
	}
	w.swap(oauthcore.SwapRequest{To: night})
	if got, want := w.order(), strings.Join([]string{night, side, lab, personal}, " "); got != want {
		t.Errorf("a swap changed the order to %s", got)
	}
}
