//go:build unix

package doctor

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore/files/filestest"
)

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
			d, paths := emptyHome(t, &filestest.FS{Info: func(name string, info fs.FileInfo) fs.FileInfo {
				if name == own {
					return filestest.OwnedBy(info, tt.own)
				}
				return filestest.OwnedBy(info, tt.home)
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
