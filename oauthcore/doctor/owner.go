package doctor

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"

	"baton/oauthcore/files"
)

// owners reports files in the person's home that belong to another user, as a
// run as root leaves them, and that the person cannot use: one finding for all
// of Baton's own files, and one for each other file.
func (x *examination) owners() {
	me, ok := x.person()
	if !ok {
		return
	}
	if path, uid, n := x.foreignIn(me, x.Paths.Own()); n > 0 {
		f := Finding{
			ID: "owner", Severity: SeverityError, Path: x.Paths.Own(),
			Message: fmt.Sprintf("%s belongs to %s", path, userName(uid)),
			Fix:     fmt.Sprintf("sudo chown -R %d %q", me, x.Paths.Own()),
		}
		if path == x.Paths.Own() {
			f.Message = "it belongs to " + userName(uid)
		}
		if n > 1 {
			f.Message += fmt.Sprintf(", and so do %d more in it", n-1)
		}
		x.report(f)
	}
	others := []string{x.Paths.Secure, x.Paths.Config, x.Paths.Credentials(), x.config, x.Paths.Pool(), x.Paths.ClaudeSettings()}
	if x.Paths.State != "" {
		others = append(others, x.Paths.State, x.Paths.HighWater())
	}
	for _, path := range others {
		if uid, foreign := x.foreign(me, path); foreign {
			x.report(Finding{
				ID: "owner", Severity: SeverityError, Path: path,
				Message: "it belongs to " + userName(uid),
				Fix:     fmt.Sprintf("sudo chown %d %q", me, path),
			})
		}
	}
}

// person is the user whose home this is: the one this process runs as, or if
// that is root the home's owner.
func (x *examination) person() (uid int, ok bool) {
	if uid, ok = x.d.euid(); !ok || uid != 0 {
		return uid, ok
	}
	home := x.req.Home
	if home == "" {
		home = filepath.Dir(x.Paths.Secure)
	}
	info, err := x.FS.Stat(home)
	if err != nil {
		return 0, false
	}
	return ownerOf(info)
}

// foreignIn counts the foreign files in a directory of Baton's and gives the
// first of them.
func (x *examination) foreignIn(me int, dir string) (path string, uid, n int) {
	add := func(p string) {
		if of, foreign := x.foreign(me, p); foreign {
			if n++; n == 1 {
				path, uid = p, of
			}
		}
	}
	add(dir)
	entries, err := x.FS.ReadDir(dir)
	if err != nil {
		return path, uid, n
	}
	for _, e := range entries {
		p := filepath.Join(dir, e.Name())
		if !e.IsDir() {
			add(p)
			continue
		}
		first, of, more := x.foreignIn(me, p)
		if n == 0 {
			path, uid = first, of
		}
		n += more
	}
	return path, uid, n
}

// foreign says that a file belongs to another user than me, who cannot use it
// for that reason. Symbolic links are not followed.
func (x *examination) foreign(me int, path string) (uid int, foreign bool) {
	info, err := x.FS.Stat(path)
	if err != nil || x.isLink(path) {
		return 0, false
	}
	uid, ok := ownerOf(info)
	if !ok || uid == me {
		return uid, false
	}
	return uid, !x.usableBy(me, path, info)
}

// usableBy says whether the person can use another user's file all the same, as
// in a container by its group. What root can do says nothing of the person.
func (x *examination) usableBy(me int, path string, info fs.FileInfo) bool {
	if euid, _ := x.d.euid(); euid == 0 && me != 0 {
		return false
	}
	if !info.IsDir() {
		return files.ReasonOf(x.FS.Writable(path)) != files.NotPermitted
	}
	_, err := x.probe(path)
	return files.ReasonOf(err) != files.NotPermitted
}

// userName is what to call a user.
func userName(uid int) string {
	if uid == 0 {
		return "root"
	}
	return "the user " + strconv.Itoa(uid)
}
