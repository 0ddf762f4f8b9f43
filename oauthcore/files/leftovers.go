package files

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// Leftovers lists the temp files of writes to path that were cut off.
func Leftovers(fsys FS, path string) ([]string, error) {
	target, err := Target(fsys, path)
	if err != nil {
		return nil, err
	}
	return leftovers(fsys, filepath.Dir(target), func(name string) bool { return name == filepath.Base(target) })
}

// LeftoversIn lists the temp files of every write to a folder that was cut
// off.
func LeftoversIn(fsys FS, dir string) ([]string, error) {
	return leftovers(fsys, dir, func(string) bool { return true })
}

func leftovers(fsys FS, dir string, of func(name string) bool) ([]string, error) {
	entries, err := fsys.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		hidden, dot := strings.CutPrefix(e.Name(), ".")
		name, random, marked := cutLast(hidden, tempMark)
		if dot && marked && strings.HasSuffix(random, ".tmp") && of(name) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, err
}

// cutLast is strings.Cut around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
