package doctor

import (
	"path"
	"strings"
)

// ignoreList is one list of patterns, of a directory relative to the top of the
// work tree ("" for the top itself).
type ignoreList struct {
	base     string
	patterns []ignorePattern
}

// ignorePattern is one line of a .gitignore, by gitignore(5).
type ignorePattern struct {
	parts    []string // of the pattern's path
	anchored bool     // it is matched from the list's directory on
	dirOnly  bool
	negated  bool // what an earlier line ignored is not ignored
}

func parseIgnore(doc string) (out []ignorePattern) {
	for line := range strings.Lines(strings.TrimPrefix(doc, string(bom))) {
		line = strings.TrimRight(line, "\r\n")
		if !strings.HasSuffix(line, `\ `) {
			line = strings.TrimRight(line, " ")
		}
		if line == "" || line[0] == '#' {
			continue
		}
		var p ignorePattern
		line, p.negated = strings.CutPrefix(line, "!")
		line, p.dirOnly = strings.CutSuffix(line, "/")
		p.anchored = strings.Contains(line, "/")
		p.parts = strings.Split(strings.TrimPrefix(line, "/"), "/")
		out = append(out, p)
	}
	return out
}

// ignores says whether the lists, the weakest first, ignore a file. A file in an
// ignored directory is ignored whatever else is said of it.
func ignores(lists []ignoreList, file string) bool {
	parts := strings.Split(file, "/")
	for i := range parts {
		if decides(lists, strings.Join(parts[:i+1], "/"), i < len(parts)-1) {
			return true
		}
	}
	return false
}

// decides says what the last pattern that matches says of one file or directory.
func decides(lists []ignoreList, name string, isDir bool) (ignored bool) {
	for _, l := range lists {
		rel := name
		if l.base != "" {
			var inside bool
			if rel, inside = strings.CutPrefix(name, l.base+"/"); !inside {
				continue
			}
		}
		for _, p := range l.patterns {
			if p.matches(rel, isDir) {
				ignored = !p.negated
			}
		}
	}
	return ignored
}

func (p ignorePattern) matches(rel string, isDir bool) bool {
	if p.dirOnly && !isDir {
		return false
	}
	if !p.anchored {
		return matchPart(p.parts[0], path.Base(rel))
	}
	return matchParts(p.parts, strings.Split(rel, "/"))
}

// matchParts matches a pattern's path with a path; "**" stands for any number of
// directories, and at the end for everything inside.
func matchParts(pattern, parts []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			if len(pattern) == 1 {
				return len(parts) > 0
			}
			for i := range parts {
				if matchParts(pattern[1:], parts[i:]) {
					return true
				}
			}
			return false
		}
		if len(parts) == 0 || !matchPart(pattern[0], parts[0]) {
			return false
		}
		pattern, parts = pattern[1:], parts[1:]
	}
	return len(parts) == 0
}

func matchPart(pattern, part string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "[!", "[^"), part)
	return err == nil && ok
}
