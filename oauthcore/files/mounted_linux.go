package files

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// mounted asks statx (since Linux 5.8), else /proc/self/mountinfo.
func mounted(name string) bool {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, name, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_TYPE, &st)
	if err == nil && st.Attributes_mask&unix.STATX_ATTR_MOUNT_ROOT != 0 {
		return st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return false
	}
	table, err := os.ReadFile("/proc/self/mountinfo")
	return err == nil && inMountinfo(table, abs)
}

// inMountinfo looks a mount point up. It is the fifth field of a line, with
// space, tab, newline and backslash as three octal digits (proc_pid_mountinfo(5)).
func inMountinfo(table []byte, abs string) bool {
	for line := range bytes.Lines(table) {
		if fields := bytes.Fields(line); len(fields) > 4 && unescapeOctal(string(fields[4])) == abs {
			return true
		}
	}
	return false
}

func unescapeOctal(s string) string {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+4 <= len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				out = append(out, byte(n))
				i += 3
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
