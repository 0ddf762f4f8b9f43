package oauthcore_test

import (
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
)

// What changes between the choice without locks and the locks makes the swap
// choose again.
func TestAChoiceThatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	w.swap(oauthcore.SwapRequest{To: personal})
	ctx := t.Context()
	var first string
	other := w.newCore(w.core.FS)
	core := w.newCore(w.core.FS)
	core.Step = func(step string) {
		if step != "swap.1 account lock" || first != "" {
			return
		}
		next := other.Snapshot(ctx).Next
		if next == nil {
			t.Fatal("there is no next account")
		}
		first = next.Key
		if _, err := other.Limit(ctx, first, w.clock.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
	}
	done, err := core.Swap(ctx, oauthcore.SwapRequest{})
	if err != nil || first == "" || done.To == first {
		t.Errorf("to %q, which was limited meanwhile: %q; %v", done.To, first, err)
	}
}

// A swap notes once that the account is limited, and that the provider did not
// describe it; nothing else.
func TestWhatASwapNotes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key              string // night is limited
		offline          bool
		limited, unnamed int
	}{
		{lab, false, 0, 0},
		{lab, true, 0, 1},
		{night, false, 1, 0},
		{night, true, 1, 1},
	} {
		w := newWorld(t)
		if tt.offline {
			w.offline()
		}
		notes := w.swap(oauthcore.SwapRequest{To: tt.key}).Notes
		limited := strings.Count(strings.Join(notes, "\n"), "is limited until")
		unnamed := strings.Count(strings.Join(notes, "\n"), "did not describe")
		if limited != tt.limited || unnamed != tt.unnamed || len(notes) != tt.limited+tt.unnamed {
			t.Errorf("%s, offline %v: %q", tt.key, tt.offline, notes)
		}
	}
}
