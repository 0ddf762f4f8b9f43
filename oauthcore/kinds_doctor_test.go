package oauthcore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/setup"
)

// The fix for a damaged .credentials.json, followed to the letter for the account
// Claude Code was using, must not present a refresh token Claude Code used up.
func TestFixOfADamagedLiveFile(t *testing.T) {
	p := newPatient(t) // work is live
	p.clientRefreshes()
	doc := p.read(p.paths.Credentials())
	p.write(p.paths.Credentials(), string(doc[:len(doc)-2])) // cut off: the newest token stands in it
	f := p.findingOf("damaged", p.paths.Credentials())
	t.Logf("fix: %s", f.Fix)
	if !strings.Contains(f.Fix, "move it away") || !strings.Contains(f.Fix, "baton swap ACCOUNT") {
		return // another fix
	}
	if err := os.Rename(p.paths.Credentials(), filepath.Join(p.home.Dir, "away")); err != nil {
		t.Fatal(err)
	}
	p.core = p.newCore(files.OS{})
	_, err := p.core.Swap(t.Context(), oauthcore.SwapRequest{To: work})
	t.Logf("swap: %v", err)
	if v := p.provider.Violations(); len(v) > 0 {
		p.expected = len(v)
		t.Errorf("following the fix ended the login: %q", v)
	}
}

// What `baton doctor` says of a damaged setup.json.
func TestDoctorSeesADamagedNote(t *testing.T) {
	p := newPatient(t)
	p.write(p.paths.Setup(), "{")
	p.setup = setup.New(p.core.Store)
	for _, f := range p.doctor(false) {
		if f.Path == p.paths.Setup() {
			return
		}
	}
	t.Errorf("nothing about %s, which stops baton setup and drops the earlier status line", filepath.Base(p.paths.Setup()))
}
