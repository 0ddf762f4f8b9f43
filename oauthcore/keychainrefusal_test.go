package oauthcore_test

import (
	"context"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/view"
)

// refusals are the ways in which a Keychain does not do as asked.
func refusals() map[string]struct {
	exit int // of security; 0: it hangs
	code view.Code
	says string
} {
	return map[string]struct {
		exit int
		code view.Code
		says string
	}{
		"locked":    {36, view.CodeFailed, "is locked"},
		"denied":    {51, view.CodeFailed, "refused access"},
		"dismissed": {128, view.CodeFailed, "was told no"},
		"broken":    {1, view.CodeFailed, "status 1"},
		"hanging":   {0, view.CodeBusy, "did not answer in time"},
	}
}

func TestAKeychainThatCannotBeRead(t *testing.T) {
	for name, tt := range refusals() {
		t.Run(name, func(t *testing.T) {
			w := newMac(t)
			w.security.exit = func(string) int { return tt.exit }
			w.security.hangs = func(string) bool { return tt.exit == 0 }
			e := w.untouched(tt.code, w.swapping(work))
			if !strings.Contains(e.Message, tt.says) {
				t.Errorf("message %q", e.Message)
			}
			// What only shows says so once, and does not have macOS ask again.
			v := w.core.Snapshot(context.Background())
			asked := w.security.asked("find-generic-password")
			again := w.core.Snapshot(context.Background())
			if v.Live.Reason != "unreadable" || again.Live.Reason != "unreadable" || len(again.Problems) != 1 || len(again.Accounts) != 5 {
				t.Errorf("shown: %+v, %v", again.Live, again.Problems)
			}
			if n := w.security.asked("find-generic-password") - asked; tt.exit != 1 && n != 0 {
				t.Errorf("asked %d times more by what only shows", n)
			}
			// What a person starts asks again, and then all is shown again.
			w.security.exit, w.security.hangs = nil, nil
			w.swap(oauthcore.SwapRequest{To: work})
			w.live(work)
			if v := w.core.Snapshot(context.Background()); v.Active != work || len(v.Problems) != 0 {
				t.Errorf("shown: %+v, %v", v.Live, v.Problems)
			}
		})
	}
}

func TestAKeychainThatCannotBeWritten(t *testing.T) {
	for name, tt := range refusals() {
		t.Run(name, func(t *testing.T) {
			w := newMac(t)
			w.security.exit = func(command string) int {
				if command == "add-generic-password" {
					return tt.exit
				}
				return 0
			}
			w.security.hangs = func(command string) bool { return command == "add-generic-password" && tt.exit == 0 }
			e := w.untouched(tt.code, w.swapping(work))
			if !strings.Contains(e.Message, tt.says) {
				t.Errorf("message %q", e.Message)
			}
			if n := w.security.asked("add-generic-password"); n != 1 {
				t.Errorf("written %d times", n)
			}
			w.security.exit, w.security.hangs = nil, nil
			w.swap(oauthcore.SwapRequest{To: work})
			w.live(work)
			w.kept(personal, work)
		})
	}
}
