package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore/files"
)

// places finds out whether each directory and file that Baton and Claude Code
// have to write can be written, locked and replaced. Nothing lasting is changed:
// a temp file is made in each directory and removed.
func (x *examination) places(ctx context.Context) {
	x.owners()
	x.dir(x.Paths.Secure, SeverityError)
	for _, dir := range []string{x.Paths.Own(), filepath.Dir(x.Paths.AccountLock("")), x.Paths.Answers(), x.Paths.SetAside()} {
		x.dir(dir, SeverityError)
	}
	x.dir(x.Paths.Config, SeverityError)
	if x.Paths.State != "" {
		x.dir(x.Paths.State, SeverityWarning)
	}
	x.outerLock()
	if x.byFile(ctx) {
		x.file(x.Paths.Credentials(), SeverityError, true)
	}
	x.file(x.config, SeverityError, true)
	x.file(x.Paths.Pool(), SeverityError, false)
	x.file(x.Paths.Vault(), SeverityError, false)
	x.file(x.Paths.Usage(), SeverityError, false)
	x.file(x.Paths.ClaudeSettings(), SeverityWarning, false)
	x.lockFiles()
}

// probeName is the temp file by which a directory is tried; open removes one
// that a crash leaves.
const probeName = ".doctor.baton-*.tmp"

// probe finds out whether a file can be made in dir, or for a directory that is
// missing in the next one above. at is the directory that was tried.
func (x *examination) probe(dir string) (at string, err error) {
	at = dir
	for {
		info, err := x.FS.Stat(at)
		if err == nil && !info.IsDir() {
			return at, &fs.PathError{Op: "open", Path: at, Err: errNotADirectory}
		}
		if err == nil || !errors.Is(err, fs.ErrNotExist) || filepath.Dir(at) == at {
			break
		}
		at = filepath.Dir(at)
	}
	if err, done := x.probed[at]; done {
		return at, err
	}
	f, err := x.FS.CreateTemp(at, probeName)
	if err == nil {
		err = errors.Join(f.Close(), x.FS.Remove(f.Name()))
	}
	x.probed[at] = err
	return at, err
}

// dir reports a directory in which no file can be made.
func (x *examination) dir(dir string, severity Severity) {
	at, err := x.probe(dir)
	if err == nil {
		return
	}
	f := Finding{ID: "not_writable", Severity: severity, Path: at, Message: "no file can be made in it: " + words(err), Fix: fixOf(err, at)}
	if at != dir {
		f.Message = fmt.Sprintf("%s cannot be made in it: %s", dir, words(err))
	}
	x.notWritable(f)
}

// outerLock reports a directory in which the lock beside S cannot be made. No
// program makes it then, and the locks inside S serve.
func (x *examination) outerLock() {
	real, err := files.Target(x.FS, x.Paths.Secure)
	if err != nil {
		return // dir reports it
	}
	at, err := x.probe(filepath.Dir(real))
	switch files.ReasonOf(err) {
	case files.NoReason:
	case files.NotPermitted, files.ReadOnly:
		x.report(Finding{
			ID: "outer_lock", Severity: SeverityInfo, Path: at,
			Message: fmt.Sprintf("%s.lock cannot be made in it: %s; Claude Code cannot make it either, and the locks in %s serve", real, words(err), x.Paths.Secure),
		})
	default:
		x.notWritable(Finding{
			ID: "not_writable", Severity: SeverityError, Path: at,
			Message: fmt.Sprintf("%s.lock cannot be made in it: %s", real, words(err)), Fix: fixOf(err, at),
		})
	}
}

// file reports a file that cannot be replaced as a whole. inPlace says that
// Baton then writes it in place, as Claude Code does.
func (x *examination) file(path string, severity Severity, inPlace bool) {
	target, err := files.Target(x.FS, path)
	if err != nil {
		x.notWritable(Finding{ID: "not_writable", Severity: severity, Path: path, Message: "it cannot be written: " + words(err), Fix: fixOf(err, path)})
		return
	}
	at, dirErr := x.probe(filepath.Dir(target))
	if info, err := x.FS.Stat(target); err != nil || !info.Mode().IsRegular() {
		if dirErr != nil {
			x.notWritable(Finding{
				ID: "not_writable", Severity: severity, Path: at,
				Message: fmt.Sprintf("%s cannot be made in it: %s", target, words(dirErr)) + linked(target, path), Fix: fixOf(dirErr, at),
			})
		}
		return
	}
	writeErr := x.FS.Writable(target)
	mounted := x.FS.Mounted(target)
	if dirErr == nil && !mounted && files.ReasonOf(writeErr) != files.InUse {
		return // it can be replaced
	}
	f := Finding{ID: "not_writable", Severity: severity, Path: target}
	switch {
	case writeErr != nil && files.ReasonOf(writeErr) == files.InUse:
		f.ID, f.Severity = "in_use", SeverityWarning
		f.Message, f.Fix = "it cannot be replaced: "+words(writeErr), fixOf(writeErr, target)
	case inPlace && writeErr == nil && mounted:
		f.ID, f.Severity = "in_place", SeverityWarning
		f.Message = "it is mounted by itself as a single file, so it is written in place: a crash in between damages it until Baton's next start"
		f.Fix = fmt.Sprintf("mount the directory %s and not the single file", filepath.Dir(target))
	case inPlace && writeErr == nil:
		f.ID, f.Severity = "in_place", SeverityWarning
		f.Message = fmt.Sprintf("no file can be made in %s (%s), so it is written in place: a crash in between damages it until Baton's next start", at, words(dirErr))
		f.Fix = fixOf(dirErr, at)
	case mounted && (!inPlace || writeErr == nil):
		f.Message = "it cannot be replaced: it is mounted by itself as a single file"
		f.Fix = fmt.Sprintf("mount the directory %s and not the single file", filepath.Dir(target))
	case inPlace:
		f.Message, f.Fix = "it cannot be written: "+words(writeErr), fixOf(writeErr, target)
	default:
		f.Path = at
		f.Message, f.Fix = fmt.Sprintf("%s cannot be replaced in it: %s", target, words(dirErr)), fixOf(dirErr, at)
	}
	f.Message += linked(target, path)
	x.notWritable(f)
}

// notWritable reports what cannot be written, unless its owner is reported
// already as the reason.
func (x *examination) notWritable(f Finding) {
	for _, have := range x.found {
		if have.ID == "owner" && (have.Path == f.Path || strings.HasPrefix(f.Path, have.Path+string(filepath.Separator))) {
			return
		}
	}
	x.report(f)
}

// lockFiles tries each of Baton's own locks that exists already, and where none
// does a temp file beside their places.
func (x *examination) lockFiles() {
	paths := []string{x.Paths.ClientLock(), x.Paths.StoreLock()}
	locks := filepath.Dir(x.Paths.AccountLock(""))
	if entries, err := x.FS.ReadDir(locks); err == nil {
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".lock") {
				paths = append(paths, filepath.Join(locks, e.Name()))
			}
		}
	}
	tried := false
	for _, path := range paths {
		if _, err := x.FS.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		tried = true
		x.tryLock(path, path)
	}
	if at, err := x.probe(x.Paths.Own()); !tried && err == nil {
		if f, err := x.FS.CreateTemp(at, probeName); err == nil {
			if f.Close() == nil {
				x.tryLock(f.Name(), at)
			}
			_ = x.FS.Remove(f.Name()) // open removes it later
		}
	}
}

// tryLock takes a lock and gives it back, and reports about at that it cannot be
// had. That another program holds it is no trouble.
func (x *examination) tryLock(path, at string) {
	ctx, cancel := context.WithDeadline(context.Background(), time.Now()) // one try
	defer cancel()
	release, err := x.d.lock(ctx, path)
	if err == nil {
		release()
		return
	}
	if errors.Is(err, files.ErrBusy) || errors.Is(err, files.ErrLost) {
		return
	}
	x.notWritable(Finding{ID: "no_lock", Severity: SeverityError, Path: at, Message: "it cannot be locked: " + words(err), Fix: fixOf(err, at)})
}
