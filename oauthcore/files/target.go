package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// maxLinks is how many symbolic links are followed for one path, as in Linux.
const maxLinks = 40

// Target resolves every symbolic link in path, part by part as the kernel
// does: a relative link starts at the resolved folder that holds it, and ".."
// leaves the folder a link led to. The last parts may be missing, also behind
// a dangling link: the result is then the file that a write would create.
//
// The error is an *fs.PathError: ELOOP if there are more than 40 links or a
// loop, ENOENT or ENOTDIR if ".." follows something that is no folder, or
// that of Readlink.
func Target(fsys FS, path string) (string, error) {
	done, rest := splitRoot(path)
	for links := 0; rest != ""; {
		var part string
		part, rest = splitPart(rest)
		if part == "" || part == "." {
			continue
		}
		if part == ".." {
			up, err := parent(fsys, done)
			if err != nil {
				return "", err
			}
			done = up
			continue
		}
		next := filepath.Join(done, part)
		to, err := fsys.Readlink(next)
		if err != nil {
			if !notALink(err) {
				return "", err
			}
			done = next
			continue
		}
		if links++; links > maxLinks {
			return "", &fs.PathError{Op: "resolve", Path: path, Err: syscall.ELOOP}
		}
		root, tail := splitRoot(to)
		switch {
		case root == string(filepath.Separator):
			done = filepath.VolumeName(done) + root // without a drive letter: the same drive
		case root != "":
			done = root
		}
		rest = tail + string(filepath.Separator) + rest
	}
	if done == "" {
		done = "."
	}
	return done, nil
}

// parent is the folder that holds done, whose links are resolved already.
func parent(fsys FS, done string) (string, error) {
	if done == "" || filepath.Base(done) == ".." {
		return filepath.Join(done, ".."), nil
	}
	info, err := fsys.Stat(done)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", &fs.PathError{Op: "resolve", Path: done, Err: syscall.ENOTDIR}
	}
	if done = filepath.Dir(done); done == "." {
		return "", nil
	}
	return done, nil
}

// splitRoot cuts off the volume and the root folder; root is "" for a relative
// path.
func splitRoot(path string) (root, rest string) {
	volume := filepath.VolumeName(path)
	rest = path[len(volume):]
	if rest != "" && os.IsPathSeparator(rest[0]) {
		return volume + string(filepath.Separator), rest[1:]
	}
	return volume, rest
}

func splitPart(path string) (part, rest string) {
	for i := range len(path) {
		if os.IsPathSeparator(path[i]) {
			return path[:i], path[i+1:]
		}
	}
	return path, ""
}
