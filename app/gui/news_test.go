//go:build cgo || js

package gui

import (
	"strings"
	"testing"
	"time"

	"baton/app/backend"
)

func TestFoot(t *testing.T) {
	now := tuesday()
	swap := func(ago time.Duration) *backend.LastSwap {
		return &backend.LastSwap{From: workKey, To: personal, At: now.Add(-ago)}
	}
	for _, c := range []struct {
		name        string
		swap        *backend.LastSwap
		last        *happened
		sessions    int
		right, more string
		undo        string
	}{
		{name: "nothing"},
		{name: "a swap by a command", swap: swap(12 * time.Minute), right: "Swapped from Work to Personal 12 min ago", undo: workKey},
		{name: "sessions follow at first", swap: swap(time.Minute), sessions: 1, right: "Swapped from Work to Personal 1 min ago", more: "1 session follows", undo: workKey},
		{name: "and have followed later", swap: swap(10 * time.Minute), sessions: 1, right: "Swapped from Work to Personal 10 min ago", undo: workKey},
		{name: "an old swap is no news", swap: swap(24 * time.Hour)},
		{name: "what was done since is", swap: swap(time.Hour), last: &happened{text: "Refreshed Lab", at: now}, right: "Refreshed Lab just now"},
		{name: "a swap since is", swap: swap(0), last: &happened{text: "Refreshed Lab", at: now.Add(-time.Minute)}, right: "Swapped from Work to Personal just now", undo: workKey},
		{
			name: "our own keeps its notes", swap: swap(0), last: &happened{text: "x", at: now, to: personal, more: "the unknown login is kept"}, sessions: 2,
			right: "Swapped from Work to Personal just now", more: "the unknown login is kept", undo: workKey,
		},
		{name: "an account that is gone", swap: &backend.LastSwap{From: "gone@example.com", To: personal, At: now}},
		{name: "under way", last: &happened{text: "Checking usage…"}, right: "Checking usage…"},
	} {
		s := fiveAccounts()
		s.LastSwap, s.Sessions = c.swap, make([]backend.Session, c.sessions)
		v, undo := footView(s, c.last, now)
		if v.Right != c.right || !strings.HasPrefix(v.More, c.more) || (c.more == "") != (v.More == "") || undo != c.undo || (v.Link == "") != (undo == "") {
			t.Errorf("%s: %+v, undo %q", c.name, v, undo)
		}
	}
}

// TestUndoOutlivesTheWindow: a swap from before the window was opened can be
// undone, and its age goes on.
func TestUndoOutlivesTheWindow(t *testing.T) {
	s := fiveAccounts()
	s.LastSwap = &backend.LastSwap{From: workKey, To: personal, At: tuesday().Add(-30 * time.Second)}
	drive(t, s, func(d *driver) {
		d.pass(2 * time.Minute)
		if got := d.foot.View().Right; !strings.HasSuffix(got, "2 min ago") {
			t.Errorf("two minutes later the foot says %q", got)
		}
		d.foot.OnLink()
		d.settle()
		if got := d.calls(); got != "swap "+workKey {
			t.Errorf("calls: %s", got)
		}
	})
}

func TestCheckUsageOfAll(t *testing.T) {
	drive(t, fiveAccounts(), func(d *driver) {
		d.f.gate = make(chan struct{})
		d.checkUsageOfAll()
		d.checkUsageOfAll()
		d.settle()
		if got := d.foot.View().Right; got != tr(textAskingUsage) {
			t.Errorf("meanwhile the foot says %q", got)
		}
		close(d.f.gate)
		d.settle()
		calls := d.f.called()
		if len(calls) != 1 || !calls[0].All || calls[0].Kind != backend.ActionUsage {
			t.Errorf("calls %+v", calls)
		}
		if got := d.foot.View().Right; got != "Checked usage of 5 accounts just now" {
			t.Errorf("foot %q", got)
		}
		d.f.gate = nil
		d.f.refuse[backend.ActionUsage] = &backend.Problem{Code: backend.ProblemOffline, Message: "the provider could not be reached", Hint: "try again later"}
		d.checkUsageOfAll()
		d.settle()
		if v := d.foot.View(); !strings.HasPrefix(v.Right, "The provider could not be reached") || v.More != "try again later" {
			t.Errorf("foot %+v", v)
		}
	})
}

func TestEmptyWindowAdoptsTheLoginInUse(t *testing.T) {
	drive(t, backend.Snapshot{Live: backend.Live{Present: true, Email: "someone@example.net", Reason: backend.LiveUnknown}}, func(d *driver) {
		d.see("someone@example.net")
		d.tap(tr(textImport))
		if d.calls() != "import " || d.entries["someone@example.net"] == nil {
			t.Errorf("calls: %s", d.calls())
		}
	})
}
