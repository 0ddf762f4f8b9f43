//go:build unix

package doctor

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"baton/oauthcore/files"
)

// ownersFS has other owners than the real ones.
type ownersFS struct {
	files.OS
	of func(name string) uint32
}

func (o ownersFS) Stat(name string) (fs.FileInfo, error) {
	info, err := o.OS.Stat(name)
	if err != nil {
		return nil, err
	}
	st := *info.Sys().(*syscall.Stat_t)
	st.Uid = o.of(name)
	return owned{info, &st}, nil
}

type owned struct {
	fs.FileInfo
	sys *syscall.Stat_t
}

func (o owned) Sys() any { return o.sys }

// Root in a person's home can use every file, which says nothing of the person.
func TestOwnersAsRoot(t *testing.T) {
	for _, tt := range []struct {
		home, own uint32
		want      bool
	}{
		{1000, 1000, false},
		{1000, 0, true}, // as a run by sudo leaves it
		{1000, 1001, true},
		{0, 0, false},
		{0, 1000, false}, // root uses root's own home
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			own := ""
			d, paths := emptyHome(t, ownersFS{of: func(name string) uint32 {
				if name == own {
					return tt.own
				}
				return tt.home
			}})
			own = paths.Own()
			d.euid = func() (int, bool) { return 0, true }
			for _, home := range []string{"", filepath.Dir(paths.Secure)} {
				found := examine(t, d, Request{Home: home})
				if got := len(found) == 1 && found[0].ID == "owner"; got != tt.want || len(found) > 1 {
					t.Errorf("%+v", found)
				}
				if tt.want && !strings.Contains(found[0].Fix, fmt.Sprintf("chown -R %d %q", tt.home, own)) {
					t.Errorf("%+v", found)
				}
			}
		})
	}
}
