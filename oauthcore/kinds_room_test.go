package oauthcore_test

import (
	"context"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/files/filestest"
)

// The disk fills up while the provider answers. The room for the answer was made
// before, in the journal and beside the live login: a file that goes on holding
// the token that was presented would end the login when Claude Code presents it.
func TestTheDiskFillsUpWhileTheProviderAnswers(t *testing.T) {
	t.Parallel()
	for _, mounted := range []bool{false, true} {
		t.Run(map[bool]string{false: "replaced", true: "written in place"}[mounted], func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.settled()
			was := w.credential().Fingerprint()
			full := &faultFS{mode: faultFull, at: never}
			w.newCore(&filestest.FS{Under: full, Mount: func(path string) bool { return mounted && path == w.paths.Credentials() }})
			w.env.Step = func(name string) {
				if name == "refresh.send" {
					full.mu.Lock()
					full.at = 0
					full.mu.Unlock()
				}
			}
			_, err := oauthcore.New(w.env).Refresh(context.Background(), personal)
			if err == nil {
				t.Error("the vault was written on a full disk")
			}
			if got := w.credential().Fingerprint(); got == was {
				t.Errorf("the live login is the one that was presented: %v", full.failed)
			}
			w.nothingLost()
			w.settled()
			w.kept(personal)
			w.live(personal)
			w.refreshAll()
		})
	}
}

// never is a step that does not come.
const never = 1 << 30
