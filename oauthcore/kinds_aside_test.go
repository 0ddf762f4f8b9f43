package oauthcore_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"baton/oauthcore/files"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"
)

// What lies in set-aside and cannot be read may be an account's newest login: an
// unsure token is then not presented by Baton itself.
func TestWhatCannotBeReadInSetAsideMayBeTheNewest(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{"cut off": `{"claudeAiOauth":{"accessTok`, "not of that form": `{"claudeAiOauth":[1]}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := patientOf(newWorld(t))
			p.settled()
			p.doubt(night)
			p.write(filepath.Join(p.paths.SetAside(), "login-20261101T000000Z-1.json"), doc)
			before := p.provider.State().Calls[providertest.EndpointRefresh]
			found := p.doctor(true)
			if p.provider.State().Calls[providertest.EndpointRefresh] != before {
				t.Errorf("an unsure token was presented: %+v", found)
			}
			p.kept(night)
		})
	}
}

// noDirFS cannot list one directory.
type noDirFS struct {
	files.OS
	path string
}

func (f noDirFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == f.path {
		return nil, &os.PathError{Op: "open", Path: name, Err: syscall.EACCES}
	}
	return f.OS.ReadDir(name)
}

// Which logins were set aside has to be known before anything is changed.
func TestSetAsideCannotBeListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settled()
	core := w.newCore(noDirFS{path: w.paths.SetAside()})
	err := core.Settle(context.Background())
	if view.CodeOf(err) != view.CodeFailed || !strings.Contains(err.Error(), w.paths.SetAside()) {
		t.Errorf("%v, want an error that names the directory", err)
	}
	if s := core.Snapshot(context.Background()); len(s.Accounts) == 0 {
		t.Error("the accounts are not shown")
	}
}
