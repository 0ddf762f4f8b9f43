//go:build !js

package local

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// spot is one name in a folder at which a change matters.
type spot struct{ dir, name string }

// mostLinks is how many links a path may go through, as the kernel has it.
const mostLinks = 40

// trail lists the spots by which a change to what lies at path is noticed: the
// path itself, each symbolic link on the way to it, the folder it is in, since
// that may be replaced whole, and where something is missing the name that
// would have to appear. Folders are real ones, without links. path is absolute.
func trail(path string) []spot {
	var out []spot
	links := 0
	rest := split(path)
	at := filepath.VolumeName(path) + string(filepath.Separator)
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		here := filepath.Join(at, name)
		info, err := os.Lstat(here)
		switch {
		case err != nil:
			return append(out, spot{at, name})
		case info.Mode().Type() == fs.ModeSymlink:
			out = append(out, spot{at, name})
			to, err := os.Readlink(here)
			if links++; err != nil || links > mostLinks {
				return out
			}
			if filepath.IsAbs(to) {
				at = filepath.VolumeName(to) + string(filepath.Separator)
			}
			rest = append(split(to), rest...)
			continue
		case len(rest) <= 1 && name != "..":
			out = append(out, spot{at, name})
		}
		at = here
	}
	return out
}

// split gives a path's names. What .. means is left to the walk: behind a
// symbolic link it is not the folder the link lies in.
func split(path string) []string {
	path = strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(filepath.VolumeName(path)))
	return slices.DeleteFunc(strings.Split(path, "/"), func(name string) bool { return name == "" || name == "." })
}
