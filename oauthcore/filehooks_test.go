package oauthcore_test

import (
	"path/filepath"
	"strings"

	"baton/oauthcore/files/filestest"
)

// plain is a file's name, also while it is being written under another.
func plain(path string) string {
	name := filepath.Base(path)
	if real, _, ok := strings.Cut(name, ".baton-"); ok {
		name = strings.TrimPrefix(real, ".")
	}
	if filepath.Base(filepath.Dir(path)) == "answers" {
		return "answer" // its name is a fingerprint
	}
	return name
}

// once acts before the first temp file of a path is made.
func once(path string, act func()) filestest.Hook {
	done := false
	return filestest.On("temp", func(temp string) error {
		if !done && filepath.Dir(temp) == filepath.Dir(path) && plain(temp) == filepath.Base(path) {
			done = true
			act()
		}
		return nil
	})
}

// reads is how often a file was read so far.
func reads(f *filestest.FS, path string) int { return f.Count("read", path) + f.Count("open", path) }
