package doctor

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// repositories looks for tokens in the work tree of a git repository, as people
// keep their dotfiles in: git add would take them in.
func (x *examination) repositories() {
	if _, err := x.FS.Stat(x.Paths.Vault()); err == nil {
		if _, err := x.FS.Stat(x.Paths.GitIgnore()); err != nil {
			f := Finding{
				ID: "no_gitignore", Severity: SeverityInfo, Path: x.Paths.GitIgnore(),
				Message: "it is missing: it keeps Baton's files out of a git repository",
				Fix:     "baton doctor --fix makes it", repair: repair{opening, x.makeGitIgnore},
			}
			if x.workTree(x.Paths.Own()) != "" {
				f.Severity = SeverityWarning
			}
			x.report(f)
		}
	}
	for _, path := range []string{x.Paths.Credentials(), x.Paths.Pool()} {
		if info, err := x.FS.Stat(path); err != nil || info.IsDir() {
			continue
		}
		top := x.workTree(filepath.Dir(path))
		if top == "" || x.ignored(top, path) {
			continue
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			continue
		}
		x.report(Finding{
			ID: "in_git", Severity: SeverityWarning, Path: path,
			Message: "tokens are in it, and it is in the git repository " + top + ", which does not ignore it",
			Fix:     fmt.Sprintf("add the line /%s to %s", filepath.ToSlash(rel), filepath.Join(top, ".gitignore")),
		})
	}
}

// makeGitIgnore makes the file, which open makes only when it writes the vault.
func (x *examination) makeGitIgnore(ctx context.Context) error {
	if err := x.settle.run(ctx); err != nil && x.stopped != nil {
		return x.stopped
	}
	return x.MakeOwn()
}

// workTree is the top of the git repository that a directory is in, looked for
// up to the person's home; "" for none.
func (x *examination) workTree(dir string) string {
	home := filepath.Clean(x.req.Home)
	for {
		if _, err := x.FS.Stat(filepath.Join(dir, ".git")); err == nil { // a directory, or a file in a linked work tree
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		if rel, err := filepath.Rel(home, up); x.req.Home == "" || err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return ""
		}
		dir = up
	}
}

// ignored says whether git ignores a file of the work tree at top: by a
// .gitignore of its directories, the repository's info/exclude, or the person's
// own list at its usual place.
func (x *examination) ignored(top, path string) bool {
	rel, err := filepath.Rel(top, path)
	if err != nil {
		return false
	}
	var lists []ignoreList
	add := func(file, base string) {
		if doc, err := x.FS.ReadFile(file); err == nil {
			lists = append(lists, ignoreList{filepath.ToSlash(base), parseIgnore(string(doc))})
		}
	}
	// From the weakest to the strongest, as gitignore(5) has them.
	if x.req.Home != "" {
		add(filepath.Join(x.req.Home, ".config", "git", "ignore"), "")
	}
	add(filepath.Join(top, ".git", "info", "exclude"), "")
	base := ""
	parts := strings.Split(filepath.ToSlash(rel), "/")
	for i := range parts {
		add(filepath.Join(top, filepath.FromSlash(base), ".gitignore"), base)
		base = strings.Join(parts[:i+1], "/")
	}
	return ignores(lists, filepath.ToSlash(rel))
}
